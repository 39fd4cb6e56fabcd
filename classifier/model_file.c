/* SPDX-License-Identifier: Apache-2.0 */
#include "classifier/model_image.h"

gboolean model_save(const Model *model, const char *path, GError **error)
{
    g_autoptr(GError) problem = NULL;
    gsize size;
    const char *bytes = g_bytes_get_data(model->image, &size);
    if (g_file_set_contents_full(path, bytes, (gssize)size,
                                 G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600,
                                 &problem))
        return TRUE;
    g_set_error(error, MODEL_ERROR, MODEL_ERROR_IO, "%s", problem->message);
    return FALSE;
}

Model *model_load(const char *path, GError **error)
{
    g_autoptr(GError) problem = NULL;
    g_autoptr(GMappedFile) file = g_mapped_file_new(path, FALSE, &problem);
    if (!file) {
        g_set_error(error, MODEL_ERROR, MODEL_ERROR_IO, "%s", problem->message);
        return NULL;
    }
    g_autoptr(GBytes) image = g_mapped_file_get_bytes(file);
    return image_open(image, path, error);
}
