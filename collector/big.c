#include "collector/big.h"

#include <stdlib.h>

#include "base/io_open.h"
#include "base/lang.h"
#include "collector/slot.h"
#include "formats/write/tarhead.h"

int big_new(struct big **out, int *fd, const struct statx *st, const char *name, bool sha512, struct hz_error *err)
{
    struct big *b = calloc(1, sizeof *b);
    if (b == NULL)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    atomic_init(&b->refs, 1);
    meta_init(&b->meta);
    b->fd = -1;
    b->before = *st;
    b->size = st->stx_size;
    b->head_len = w_tarhead_length(name, b->size);
    size_t first = SLOT_BYTES - b->head_len;
    uint64_t behind = b->size > first ? b->size - first : 0;
    b->chunks = 1 + behind / SLOT_BYTES + (behind % SLOT_BYTES != 0);
    int rc = sha512 ? w_digest_new_both(&b->digest, err) : w_digest_new(&b->digest, err);
    if (rc == HZ_OK)
        rc = w_digest_start(b->digest, err);
    if (rc != HZ_OK) {
        big_release(b);
        return rc;
    }
    b->fd = *fd;
    *fd = -1;
    *out = b;
    return HZ_OK;
}

void big_hold(struct big *b)
{
    atomic_fetch_add(&b->refs, 1);
}

void big_release(struct big *b)
{
    if (b == NULL || atomic_fetch_sub(&b->refs, 1) != 1)
        return;
    io_close(&b->fd);
    w_digest_free(b->digest);
    meta_free(&b->meta);
    free(b);
}

uint64_t big_offset(const struct big *b, uint64_t i)
{
    return i == 0 ? 0 : i * SLOT_BYTES - b->head_len;
}

size_t big_length(const struct big *b, uint64_t i)
{
    size_t room = i == 0 ? SLOT_BYTES - b->head_len : SLOT_BYTES;
    uint64_t left = b->size - big_offset(b, i);
    return left < room ? (size_t)left : room;
}
