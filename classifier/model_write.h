/* SPDX-License-Identifier: Apache-2.0 */
/* From what training found to the image of a model. For this folder only. */
#pragma once

#include "classifier/model_image.h"
#include "classifier/promise.h"
#include "classifier/svm.h"

/* A sealed image. TEXTS are those that the corpus was read from. HEADER holds what was learned
 * about them (pool, confidence, report, bound); the sizes are filled in. */
GBytes *model_write(const Bayes *bayes, const Svm *svm, const Promise *promise,
                    const ModelText *texts, ImageHeader *header);
