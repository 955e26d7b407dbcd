#include "collector/sheet_pack.h"

#include <stdint.h>
#include <string.h>

static int open_packer(struct sheet_packer *p, struct hz_error *err)
{
    if (p->open)
        return HZ_OK;
    p->open = true; /* also half: closing is legal then */
    return w_store_open(&p->store, SIZE_MAX, err);
}

static int pack_one(struct sheet_packer *p, struct sheet_packed *to, const void *bytes, size_t len,
                    struct hz_error *err)
{
    struct w_block *block;
    int rc = w_store_pack(&p->store, bytes, len, &block, err);
    if (rc != HZ_OK)
        return rc;
    if (to->last == NULL)
        to->first = block;
    else
        to->last->next = block;
    to->last = block;
    to->len += len;
    return HZ_OK;
}

int sheet_pack(struct sheet_packer *p, struct sheet_packed *to, struct buf *from, size_t len, struct hz_error *err)
{
    int rc = open_packer(p, err);
    for (size_t at = 0; rc == HZ_OK && at < len;) {
        size_t step = len - at < W_STORE_BLOCK ? len - at : W_STORE_BLOCK;
        rc = pack_one(p, to, from->data + at, step, err);
        at += step;
    }
    if (rc != HZ_OK)
        return rc;
    memmove(from->data, from->data + len, from->len - len);
    from->len -= len;
    from->limit -= len;
    return HZ_OK;
}

static struct w_block *take_first(struct sheet_packed *from)
{
    struct w_block *block = from->first;
    from->first = block->next;
    if (from->first == NULL)
        from->last = NULL;
    return block;
}

int sheet_pack_give(struct sheet_packer *p, struct sheet_packed *from, struct product *to, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf room = BUF_INIT(W_STORE_BLOCK);
    int rc = HZ_OK;
    while (rc == HZ_OK && from->first != NULL) {
        struct w_block *block = take_first(from);
        buf_reset(&room);
        unsigned char *bytes = buf_grow(&room, block->len);
        rc = bytes == NULL ? buf_check(&room, err) : w_store_unpack(&p->store, block, bytes, err);
        if (rc == HZ_OK)
            rc = product_put(to, bytes, block->len, err);
        w_store_drop(&p->store, block);
    }
    return rc;
}

void sheet_pack_drop(struct sheet_packer *p, struct sheet_packed *from)
{
    while (from->first != NULL)
        w_store_drop(&p->store, take_first(from));
}

void sheet_packer_close(struct sheet_packer *p)
{
    if (p->open)
        w_store_close(&p->store);
    p->open = false;
}
