#include "collector/deferred.h"

#include <stdio.h>
#include <string.h>

#include "base/io_open.h"
#include "base/io_rw.h"
#include "base/lang.h"
#include "formats/write/digest.h"

struct place { /* of a path in the spool: what a name of the sorter has as its raw name */
    uint64_t offset, len;
};

void deferred_init(struct deferred *d, int directory)
{
    *d = (struct deferred) { .directory = directory, .spool = -1 };
    sorter_store_open(&d->store, directory, SORTER_MEMORY);
    sorter_init(&d->order, &d->store);
}

void deferred_free(struct deferred *d)
{
    io_close(&d->spool);
    sorter_free(&d->order);
    sorter_store_close(&d->store);
    deferred_init(d, -1);
}

static int no_room(struct hz_error *err)
{
    return hz_error_set(err, HZ_E_LIMIT, "%s", _("more long names than there is room for"));
}

static int spool(struct deferred *d, const void *path, size_t len, struct hz_error *err)
{
    if (d->directory < 0 && d->end + len > DEFERRED_MEMORY)
        return no_room(err);
    int rc = d->spool >= 0      ? HZ_OK
             : d->directory < 0 ? io_create_memory(&d->spool, err)
                                : io_create_spool(d->directory, &d->spool, err);
    if (rc == HZ_OK)
        rc = io_write_at(d->spool, d->end, path, len, err);
    if (rc == HZ_E_IO && hz_errno_is_full(err->sys_errno))
        return no_room(err);
    return rc == HZ_OK ? HZ_OK : hz_error_context(err, "%s", _("temporary file"));
}

int deferred_add(struct deferred *d, const char *source, const void *path, size_t len, bool named, struct hz_error *err)
{
    const struct place place = { d->end, len };
    char digest[W_DIGEST_HEX], key[sizeof((struct deferred_row *)0)->source + W_DIGEST_HEX];
    int rc = w_digest_hex_of(path, len, digest, err);
    if (rc == HZ_OK)
        rc = spool(d, path, len, err);
    if (rc != HZ_OK)
        return rc;
    snprintf(key, sizeof key, "%s/%s", source, digest);
    const struct name name = {
        .raw = (const char *)&place, .raw_len = sizeof place, .mapped = key, .mapped_len = strlen(key), .member = named
    };
    rc = sorter_add(&d->order, &name, err);
    if (rc == HZ_OK) {
        d->end += len;
        d->count++;
    }
    return rc;
}

int deferred_end(struct deferred *d, struct hz_error *err)
{
    return sorter_end(&d->order, err);
}

static int read_path(const struct deferred *d, const struct place *place, struct buf *out, struct hz_error *err)
{
    size_t got = 0;
    buf_reset(out);
    unsigned char *room = buf_grow(out, place->len);
    if (room == NULL || buf_text(out) == NULL)
        return buf_check(out, err);
    int rc = io_read_at(d->spool, place->offset, out->data, place->len, &got, err);
    if (rc == HZ_OK && got != place->len)
        rc = hz_error_set(err, HZ_E_IO, _("a temporary file lost its end"));
    return rc;
}

int deferred_next(struct deferred *d, struct deferred_row *out, struct buf *path, bool *more, struct hz_error *err)
{
    struct name name;
    struct place place;
    int rc = sorter_next(&d->order, &name, more, err);
    if (rc != HZ_OK || !*more)
        return rc;
    memcpy(&place, name.raw, sizeof place);
    rc = read_path(d, &place, path, err);
    if (rc == HZ_OK) {
        *out = (struct deferred_row) { .named = name.member };
        memcpy(out->source, name.mapped, strcspn(name.mapped, "/"));
    }
    return rc;
}
