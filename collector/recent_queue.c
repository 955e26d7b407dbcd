#include "collector/recent_queue.h"

#include <stdlib.h>
#include <string.h>

#include "base/io_open.h"
#include "base/io_rw.h"
#include "base/lang.h"

/* An item is read from its end: the path, then this. */
struct tail {
    uint32_t root, len;
};

void recent_queue_init(struct recent_queue *q, int directory)
{
    *q = (struct recent_queue) { .directory = directory, .spool = -1 };
    buf_init(&q->bytes, 2 * RECENT_QUEUE_MEMORY);
}

void recent_queue_free(struct recent_queue *q)
{
    io_close(&q->spool);
    buf_free(&q->bytes);
    free(q->blocks);
}

bool recent_queue_is_empty(const struct recent_queue *q)
{
    return q->bytes.len == 0 && q->block_count == 0;
}

int recent_queue_pack(struct buf *out, uint32_t root, const void *path, size_t len)
{
    const struct tail tail = { root, (uint32_t)len };
    buf_put(out, path, len);
    return buf_put(out, &tail, sizeof tail);
}

int recent_queue_pack_entry(struct buf *out, const struct recent_folder *folder, const void *name, size_t len)
{
    const struct buf *path = &folder->path;
    size_t begin = path->len > 0 ? path->len + 1 : 0;
    const struct tail tail = { folder->root, (uint32_t)(begin + len) };
    char *at = buf_room(out, begin + len + sizeof tail);
    if (at == NULL)
        return out->failed;
    if (begin > 0) {
        at = mempcpy(at, path->data, path->len);
        *at++ = '/';
    }
    at = mempcpy(at, name, len);
    memcpy(at, &tail, sizeof tail);
    out->len += begin + len + sizeof tail;
    return HZ_OK;
}

static int note_block(struct recent_queue *q, size_t len, struct hz_error *err)
{
    if (q->block_count == q->block_room) {
        size_t room = q->block_room == 0 ? 16 : q->block_room * 2;
        struct recent_queue_block *grown = realloc(q->blocks, room * sizeof *grown);
        if (grown == NULL)
            return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
        q->blocks = grown;
        q->block_room = room;
    }
    q->blocks[q->block_count++] = (struct recent_queue_block) { q->end, len };
    q->end += len;
    return HZ_OK;
}

/* Where the younger half begins. */
static size_t find_half(const struct recent_queue *q)
{
    size_t at = q->bytes.len;
    while (at > q->bytes.len / 2) {
        struct tail tail;
        memcpy(&tail, q->bytes.data + at - sizeof tail, sizeof tail);
        at -= sizeof tail + tail.len;
    }
    return at;
}

/* The older half: were all of it written, a walk up and down at the bound would write and read it for each folder. */
static int spill(struct recent_queue *q, struct hz_error *err)
{
    size_t half = find_half(q);
    int rc = q->spool >= 0 ? HZ_OK : io_create_spool(q->directory, &q->spool, err);
    if (rc == HZ_OK)
        rc = io_write(q->spool, q->bytes.data, half, err);
    if (rc != HZ_OK && hz_errno_is_full(err->sys_errno))
        return err->code = HZ_E_LIMIT;
    if (rc == HZ_OK)
        rc = note_block(q, half, err);
    if (rc != HZ_OK)
        return rc;
    q->bytes.len -= half;
    memmove(q->bytes.data, q->bytes.data + half, q->bytes.len);
    return HZ_OK;
}

int recent_queue_push(struct recent_queue *q, const void *packed, size_t len, struct hz_error *err)
{
    int rc = HZ_OK;
    if (q->bytes.len > RECENT_QUEUE_MEMORY)
        rc = q->directory < 0 ? hz_error_set(err, HZ_E_LIMIT, _("more names than fit in memory")) : spill(q, err);
    if (rc != HZ_OK)
        return rc;
    buf_put(&q->bytes, packed, len);
    return buf_check(&q->bytes, err);
}

static int load(struct recent_queue *q, struct hz_error *err)
{
    const struct recent_queue_block block = q->blocks[--q->block_count];
    size_t got;
    unsigned char *room = buf_grow(&q->bytes, block.len);
    if (room == NULL)
        return buf_check(&q->bytes, err);
    int rc = io_read_at(q->spool, block.offset, room, block.len, &got, err);
    if (rc == HZ_OK && got < block.len)
        rc = hz_error_set(err, HZ_E_IO, _("a spool file is shorter than what was written to it"));
    return rc;
}

int recent_queue_pop(struct recent_queue *q, struct recent_folder *folder, struct hz_error *err)
{
    struct tail tail;
    int rc = q->bytes.len > 0 ? HZ_OK : load(q, err);
    if (rc != HZ_OK)
        return rc;
    memcpy(&tail, q->bytes.data + q->bytes.len - sizeof tail, sizeof tail);
    q->bytes.len -= sizeof tail + tail.len;
    buf_reset(&folder->path);
    buf_put(&folder->path, q->bytes.data + q->bytes.len, tail.len);
    folder->root = tail.root;
    return buf_text(&folder->path) == NULL ? buf_check(&folder->path, err) : HZ_OK;
}
