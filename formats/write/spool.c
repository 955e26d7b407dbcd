#include "formats/write/spool.h"

#include <string.h>

#include "base/io_open.h"
#include "base/io_rw.h"
#include "base/lang.h"

#define FILE_BUFFER ((size_t)256 << 10) /* what fits in here needs no file */
#define PART ((size_t)64 << 10)         /* read at once */

static size_t buffer_size(const struct w_spool *s)
{
    return s->store != NULL ? W_STORE_BLOCK : FILE_BUFFER;
}

static size_t part_size(const struct w_spool *s)
{
    return s->store != NULL ? W_STORE_BLOCK : PART;
}

void w_spool_open(struct w_spool *s, int directory, struct w_store *store)
{
    *s = (struct w_spool) { .directory = directory, .store = store, .fd = -1 };
}

static void set_waiting(struct w_spool *s, size_t len)
{
    if (s->store != NULL)
        s->store->waiting += len - s->waiting_len;
    s->waiting_len = len;
}

static void drop_blocks(struct w_spool *s)
{
    for (struct w_block *b = s->first, *next; b != NULL; b = next) {
        next = b->next;
        w_store_drop(s->store, b);
    }
    s->first = s->last = NULL;
}

void w_spool_close(struct w_spool *s)
{
    io_close(&s->fd);
    drop_blocks(s);
    set_waiting(s, 0);
    w_store_give(s->store, s->waiting, buffer_size(s));
    s->waiting = NULL;
}

static int to_file(struct w_spool *s, struct hz_error *err)
{
    int rc = s->fd < 0 ? io_create_spool(s->directory, &s->fd, err) : HZ_OK;
    if (rc == HZ_OK)
        rc = io_write(s->fd, s->waiting, s->waiting_len, err);
    return rc == HZ_OK ? rc : hz_error_context(err, "%s", _("temporary file"));
}

static int to_store(struct w_spool *s, struct hz_error *err)
{
    struct w_block *b = NULL;
    int rc = w_store_pack(s->store, s->waiting, s->waiting_len, &b, err);
    if (rc != HZ_OK)
        return rc;
    if (s->last != NULL)
        s->last->next = b;
    else
        s->first = b;
    s->last = b;
    return HZ_OK;
}

static int move_on(struct w_spool *s, struct hz_error *err)
{
    int rc = s->store != NULL ? to_store(s, err) : to_file(s, err);
    if (rc != HZ_OK)
        return rc;
    s->stored += s->waiting_len;
    set_waiting(s, 0);
    return HZ_OK;
}

static int check_room(struct w_spool *s, size_t len, struct hz_error *err)
{
    size_t more = s->waiting != NULL ? len : len + buffer_size(s);
    if (!w_store_fits(s->store, more))
        return hz_error_set(err, HZ_E_LIMIT, _("no room for more rows in the %zu bytes of memory they may take"),
                            s->store->limit);
    if (s->waiting == NULL)
        s->waiting = w_store_take(s->store, buffer_size(s), err);
    return s->waiting != NULL ? HZ_OK : HZ_E_NOMEM;
}

int w_spool_put(struct w_spool *s, const void *bytes, size_t len, struct hz_error *err)
{
    const unsigned char *p = bytes;
    int rc = check_room(s, len, err);
    while (rc == HZ_OK && len > 0) {
        size_t room = buffer_size(s) - s->waiting_len, part = len < room ? len : room;
        memcpy(s->waiting + s->waiting_len, p, part);
        set_waiting(s, s->waiting_len + part);
        s->total += part;
        p += part;
        len -= part;
        if (part == room)
            rc = move_on(s, err);
    }
    return rc;
}

int w_spool_reset(struct w_spool *s, struct hz_error *err)
{
    int rc = s->fd >= 0 ? io_rewind(s->fd, err) : HZ_OK;
    drop_blocks(s);
    set_waiting(s, 0);
    s->total = s->stored = 0;
    return rc == HZ_OK ? rc : hz_error_context(err, "%s", _("temporary file"));
}

int w_spool_reader_open(struct w_spool_reader *r, struct w_spool *s, struct hz_error *err)
{
    *r = (struct w_spool_reader) { .spool = s, .block = s->first };
    r->buffer = w_store_take(NULL, part_size(s), err);
    return r->buffer != NULL ? HZ_OK : HZ_E_NOMEM;
}

void w_spool_reader_close(struct w_spool_reader *r)
{
    w_store_give(NULL, r->buffer, 0);
    r->buffer = NULL;
}

static int from_file(struct w_spool_reader *r, size_t *len, struct hz_error *err)
{
    uint64_t rest = r->spool->stored - r->at;
    size_t want = rest < PART ? (size_t)rest : PART, got = 0;
    int rc = io_read_at(r->spool->fd, r->at, r->buffer, want, &got, err);
    if (rc == HZ_OK && got != want)
        rc = hz_error_set(err, HZ_E_IO, "%s", _("the file became shorter while it was used"));
    *len = got;
    return rc == HZ_OK ? rc : hz_error_context(err, "%s", _("temporary file"));
}

static int from_store(struct w_spool_reader *r, size_t *len, struct hz_error *err)
{
    int rc = w_store_unpack(r->spool->store, r->block, r->buffer, err);
    *len = r->block->len;
    r->block = r->block->next;
    return rc;
}

/* Makes r->bytes and r->left the next part; nothing left at the end. */
static int next_part(struct w_spool_reader *r, struct hz_error *err)
{
    const struct w_spool *s = r->spool;
    size_t len = 0;
    int rc = HZ_OK;
    r->bytes = r->buffer;
    if (r->at < s->stored) {
        rc = s->store != NULL ? from_store(r, &len, err) : from_file(r, &len, err);
    } else if (r->at < s->total) {
        r->bytes = s->waiting;
        len = s->waiting_len;
    }
    r->left = rc == HZ_OK ? len : 0;
    r->at += r->left;
    return rc;
}

int w_spool_next(struct w_spool_reader *r, const void **bytes, size_t *len, struct hz_error *err)
{
    int rc = r->left == 0 ? next_part(r, err) : HZ_OK;
    *bytes = r->bytes;
    *len = r->left;
    r->left = 0;
    return rc;
}

static int need_bytes(struct w_spool_reader *r, struct hz_error *err)
{
    int rc = r->left == 0 ? next_part(r, err) : HZ_OK;
    if (rc == HZ_OK && r->left == 0)
        rc = hz_error_set(err, HZ_E_FORMAT, "%s", _("the rows end too early"));
    return rc;
}

static void advance(struct w_spool_reader *r, size_t len)
{
    r->bytes += len;
    r->left -= len;
}

int w_spool_take(struct w_spool_reader *r, void *to, size_t len, struct hz_error *err)
{
    unsigned char *p = to;
    int rc = HZ_OK;
    while (len > 0 && (rc = need_bytes(r, err)) == HZ_OK) {
        size_t part = len < r->left ? len : r->left;
        memcpy(p, r->bytes, part);
        advance(r, part);
        p += part;
        len -= part;
    }
    return rc;
}

int w_spool_take_until(struct w_spool_reader *r, char end, struct buf *out, struct hz_error *err)
{
    for (;;) {
        int rc = need_bytes(r, err);
        if (rc != HZ_OK)
            return rc;
        const unsigned char *at = memchr(r->bytes, end, r->left);
        size_t part = at != NULL ? (size_t)(at - r->bytes) : r->left;
        buf_put(out, r->bytes, part);
        advance(r, at != NULL ? part + 1 : part);
        if (at != NULL)
            return buf_check(out, err);
    }
}
