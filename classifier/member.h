/* SPDX-License-Identifier: Apache-2.0 */
/* The members of the pool: two that count (bayes.h), one that separates (svm.h). */
#pragma once

enum { MEMBER_MNB, MEMBER_CNB, N_BAYES, MEMBER_SVM = N_BAYES, N_MEMBERS };
