#include "collector/bounds.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/io_rw.h"
#include "base/lang.h"
#include "base/text.h"

void bounds_free(struct bounds *b)
{
    for (size_t i = 0; i < b->count; i++)
        free(b->texts[i]);
    memset(b, 0, sizeof *b);
}

/* One SEQUENCE of DER that ends with the file */
static bool is_token(const struct buf *file)
{
    const unsigned char *p = file->data;
    if (file->len < 4 || p[0] != 0x30)
        return false;
    if (p[1] < 0x80)
        return file->len == 2 + (size_t)p[1];
    if (p[1] == 0x81)
        return file->len == 3 + (size_t)p[2];
    return p[1] == 0x82 && file->len == 4 + ((size_t)p[2] << 8 | p[3]);
}

static bool is_checkpoint(const struct buf *file)
{
    static const char begin[] = "hozen-ledger/";
    return file->len > sizeof begin && file->len <= 256 && memcmp(file->data, begin, sizeof begin - 1) == 0 &&
           file->data[file->len - 1] == '\n';
}

static int add(struct bounds *out, const char *path, size_t *sum, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf file = BUF_INIT(BOUNDS_FILE_MAX);
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(2 * BOUNDS_FILE_MAX);
    int rc = io_read_file(path, &file, err);
    if (rc != HZ_OK && rc != HZ_E_LIMIT)
        return rc;
    bool token = rc == HZ_OK && is_token(&file);
    if (rc == HZ_E_LIMIT || (!token && !is_checkpoint(&file)))
        return hz_error_set(err, HZ_E_FORMAT,
                            _("%s: --not-before takes a time stamp (.tsr) or a checkpoint of a ledger, and this is "
                              "neither"),
                            path);
    *sum += file.len;
    if (*sum > BOUNDS_SUM_MAX)
        return hz_error_set(err, HZ_E_USAGE, _("the files of --not-before have more than %zu bytes together"),
                            BOUNDS_SUM_MAX);
    buf_puts(&text, token ? "timestamp:" : "checkpoint:");
    text_base64(&text, file.data, file.len);
    out->texts[out->count] = text_copy(buf_text(&text));
    if (out->texts[out->count] == NULL)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    out->count++;
    return HZ_OK;
}

int bounds_load(struct bounds *out, const char *const *paths, size_t count, struct hz_error *err)
{
    size_t sum = 0;
    int rc = HZ_OK;
    if (count > BOUNDS_MAX)
        return hz_error_set(err, HZ_E_USAGE, _("--not-before is given more than %d times"), BOUNDS_MAX);
    for (size_t i = 0; rc == HZ_OK && i < count; i++)
        rc = add(out, paths[i], &sum, err);
    return rc;
}
