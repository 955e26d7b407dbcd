#include "formats/read/window.h"

#include <stdlib.h>
#include <string.h>

#include "base/lang.h"
#include "formats/read/name.h"

int r_window_open(struct r_window *w, struct hz_error *err)
{
    memset(w, 0, sizeof *w);
    buf_init(&w->names, R_WINDOW_FILES * R_NAME_PATH_MAX);
    w->files = reallocarray(NULL, R_WINDOW_FILES, sizeof *w->files);
    return w->files ? HZ_OK : hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
}

void r_window_close(struct r_window *w)
{
    free(w->files);
    w->files = NULL;
    buf_free(&w->names);
}

void r_window_clear(struct r_window *w)
{
    w->count = w->next = 0;
    w->overflow = 0;
    buf_reset(&w->names);
}

int r_window_add(struct r_window *w, const char *path, size_t len, uint64_t size, uint64_t offset, bool left,
                 struct hz_error *err)
{
    struct r_window_file *f = &w->files[w->count];

    if (w->count == R_WINDOW_FILES) {
        w->overflow++;
        return HZ_OK;
    }
    f->name_at = w->names.len;
    f->name_len = len;
    f->size = size;
    f->offset = offset;
    f->listed = false;
    f->left = left;
    buf_put(&w->names, path, len);
    if (buf_check(&w->names, err))
        return HZ_E_NOMEM;
    w->count++;
    return HZ_OK;
}

struct r_window_file *r_window_next(struct r_window *w)
{
    return w->count < R_WINDOW_FILES ? &w->files[w->count] : NULL;
}

static bool is_path(const struct r_window *w, size_t i, const char *path, size_t len)
{
    const struct r_window_file *f = &w->files[i];

    return f->name_len == len && memcmp(w->names.data + f->name_at, path, len) == 0;
}

struct r_window_file *r_window_find(struct r_window *w, const char *path, size_t len, size_t *at)
{
    size_t i;

    for (i = w->next; i < w->count; i++)
        if (w->hasty || is_path(w, i, path, len))
            break;
    if (i == w->count && !w->hasty)
        for (i = 0; i < w->next; i++)
            if (is_path(w, i, path, len))
                break;
    if (i >= w->count || !is_path(w, i, path, len))
        return NULL;
    *at = i;
    return &w->files[i];
}

void r_window_path(const struct r_window *w, const struct r_window_file *f, char *out, size_t size)
{
    size_t n = f->name_len < size ? f->name_len : size - 1;

    memcpy(out, w->names.data + f->name_at, n);
    out[n] = 0;
}
