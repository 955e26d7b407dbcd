#include "collector/deferred.h"

#include <stdlib.h>
#include <string.h>

#include "base/io_open.h"
#include "base/io_rw.h"
#include "base/lang.h"
#include "formats/write/name.h"

void deferred_init(struct deferred *d, int directory)
{
    *d = (struct deferred) { .directory = directory, .spool = -1 };
}

void deferred_free(struct deferred *d)
{
    io_close(&d->spool);
    free(d->rows);
    deferred_init(d, -1);
}

static int make_room(struct deferred *d, struct hz_error *err)
{
    if (d->count < d->room)
        return HZ_OK;
    size_t room = d->room == 0 ? 64 : d->room * 2;
    struct deferred_row *grown = realloc(d->rows, room * sizeof *grown);
    if (grown == NULL)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    d->rows = grown;
    d->room = room;
    return HZ_OK;
}

int deferred_add(struct deferred *d, const char *source, const void *path, size_t len, bool named, struct hz_error *err)
{
    if (d->directory < 0 && d->end + len > DEFERRED_MEMORY)
        return hz_error_set(err, HZ_E_LIMIT, _("more long names than fit in memory"));
    int rc = d->spool >= 0      ? HZ_OK
             : d->directory < 0 ? io_create_memory(&d->spool, err)
                                : io_create_spool(d->directory, &d->spool, err);
    if (rc == HZ_OK)
        rc = make_room(d, err);
    if (rc != HZ_OK)
        return rc;
    struct deferred_row row = { .source = source, .offset = d->end, .len = (uint32_t)len, .named = named };
    rc = w_digest_of(path, len, row.digest, err);
    if (rc == HZ_OK)
        rc = io_write(d->spool, path, len, err);
    if (rc != HZ_OK)
        return hz_error_context(err, "%s", _("temporary file"));
    d->end += len;
    d->rows[d->count++] = row;
    return HZ_OK;
}

static int compare(const void *a, const void *b)
{
    const struct deferred_row *x = a, *y = b;
    int order = w_name_compare(x->source, strlen(x->source), y->source, strlen(y->source));
    return order != 0 ? order : memcmp(x->digest, y->digest, sizeof x->digest);
}

void deferred_sort(struct deferred *d)
{
    if (d->count > 1)
        qsort(d->rows, d->count, sizeof *d->rows, compare);
}

int deferred_path(const struct deferred *d, size_t i, struct buf *out, struct hz_error *err)
{
    size_t len = d->rows[i].len, got = 0;
    buf_reset(out);
    unsigned char *room = buf_grow(out, len);
    if (room == NULL || buf_text(out) == NULL)
        return buf_check(out, err);
    int rc = io_read_at(d->spool, d->rows[i].offset, out->data, len, &got, err);
    if (rc == HZ_OK && got != len)
        rc = hz_error_set(err, HZ_E_IO, _("a temporary file lost its end"));
    return rc;
}
