/* SPDX-License-Identifier: Apache-2.0 */
#include "classifier/model_image.h"

gboolean model_save(const Model *model, const char *path, GError **error)
{
    g_autoptr(GError) problem = NULL;
    if (g_file_set_contents_full(path, (const char *)model->image, (gssize)model->header->size,
                                 G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600,
                                 &problem))
        return TRUE;
    g_set_error(error, MODEL_ERROR, MODEL_ERROR_IO, "%s", problem->message);
    return FALSE;
}

Model *model_load(const char *path, GError **error)
{
    g_autoptr(GError) problem = NULL;
    char *bytes = NULL;
    gsize size = 0;
    if (!g_file_get_contents(path, &bytes, &size, &problem)) {
        g_set_error(error, MODEL_ERROR, MODEL_ERROR_IO, "%s", problem->message);
        return NULL;
    }
    return image_open((guint8 *)bytes, size, path, error);
}
