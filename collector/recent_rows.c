#include "collector/recent_rows.h"

#include <stdlib.h>
#include <string.h>

#include "base/io_open.h"
#include "base/io_rw.h"
#include "base/lang.h"
#include "collector/recent_pass.h"
#include "formats/write/name.h"

#define KEY_MAX ((size_t)1 << 20) /* of a path of W_NAME_ORIGIN_MAX bytes, each of them escaped, twice */

void recent_rows_init(struct recent_rows *r, int directory)
{
    *r = (struct recent_rows) { .directory = directory, .spool = -1 };
    r->room = directory >= 0 ? RECENT_ROWS_SPOOLED : RECENT_ROWS_KEPT;
    r->most = UINT64_MAX;
    buf_init(&r->bytes, r->room + RECENT_PACKED_MAX);
    buf_init(&r->index, r->room);
}

void recent_rows_bound(struct recent_rows *r, uint64_t most, bool packed)
{
    r->packed = packed;
    if (most < RECENT_ROWS_LEAST)
        most = RECENT_ROWS_LEAST;
    r->most = most;
    if (r->room > most)
        r->room = (size_t)most;
}

void recent_rows_free(struct recent_rows *r)
{
    io_close(&r->spool);
    buf_free(&r->bytes);
    buf_free(&r->index);
    free(r->runs);
    recent_rows_init(r, r->directory);
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* mapped: one component. */
static void put_component(struct buf *out, const char *mapped, size_t len)
{
    bool other = false;
    for (size_t i = 0; i < len; i++) {
        buf_putc(out, lower(mapped[i]));
        other |= lower(mapped[i]) != mapped[i];
    }
    if (other) {
        buf_putc(out, RECENT_KEY_CASE);
        buf_put(out, mapped, len);
    }
}

int recent_rows_key(struct buf *out, struct w_bytes origin, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf mapped = BUF_INIT(KEY_MAX);
    const char *raw = origin.data, *end = raw + origin.len;
    for (const char *at = raw + 1; at < end;) {
        const char *slash = memchr(at, '/', (size_t)(end - at));
        const char *stop = slash == NULL ? end : slash;
        buf_reset(&mapped);
        int rc = w_name_component(&mapped, at, (size_t)(stop - at), err);
        if (rc != HZ_OK)
            return rc;
        put_component(out, (const char *)mapped.data, mapped.len);
        buf_putc(out, RECENT_KEY_NEXT);
        at = stop + 1;
    }
    return buf_check(out, err);
}

/* Packed: the row, its key, path and lines. Only this process reads it. */
int recent_rows_pack(struct buf *out, const struct recent_row *row, struct hz_error *err)
{
    struct recent_packed head;
    size_t start = out->len;
    memset(&head, 0, sizeof head);
    head.row = *row;
    if (buf_grow(out, sizeof head) == NULL)
        return buf_check(out, err);
    int rc = recent_rows_key(out, row->origin, err);
    if (rc != HZ_OK)
        return rc;
    head.row.key = (struct w_bytes) { NULL, out->len - start - sizeof head };
    buf_put(out, row->origin.data, row->origin.len);
    buf_put(out, row->body.data, row->body.len);
    buf_put(out, row->json.data, row->json.len);
    while (out->len % _Alignof(struct recent_packed) != 0)
        buf_putc(out, '\0');
    rc = buf_check(out, err);
    if (rc != HZ_OK)
        return rc;
    head.len = out->len - start;
    memcpy(out->data + start, &head, sizeof head);
    return HZ_OK;
}

void recent_packed_read(const unsigned char *packed, struct recent_row *row)
{
    const struct recent_packed *head = (const void *)packed; /* aligned: each length is a multiple of its alignment */
    const unsigned char *at = packed + sizeof *head;
    *row = head->row;
    row->key.data = at;
    at += row->key.len;
    row->origin.data = at;
    at += row->origin.len;
    row->body.data = at;
    at += row->body.len;
    row->json.data = at;
}

int recent_packed_compare(const struct recent_row *a, const struct recent_row *b)
{
    int order = w_name_raw_compare(a->key.data, a->key.len, b->key.data, b->key.len);
    if (order != 0 || a->absent != b->absent)
        return order != 0 ? order : (int)a->absent - (int)b->absent;
    if (!a->absent)
        return 0;
    order = (int)a->absence.status - (int)b->absence.status;
    return order != 0 ? order : a->absence.sys_errno - b->absence.sys_errno;
}

/* The keys alone decide nearly always. */
static int order_packed(const void *a, const void *b, void *bytes)
{
    const size_t *i = a, *j = b;
    const unsigned char *x = (const unsigned char *)bytes + *i, *y = (const unsigned char *)bytes + *j;
    const struct recent_packed *p = (const void *)x, *q = (const void *)y;
    int order = w_name_raw_compare(x + sizeof *p, p->row.key.len, y + sizeof *q, q->row.key.len);
    if (order != 0)
        return order;
    struct recent_row r, s;
    recent_packed_read(x, &r);
    recent_packed_read(y, &s);
    return recent_packed_compare(&r, &s);
}

void recent_rows_sort(struct recent_rows *r)
{
    size_t count = r->index.len / sizeof(size_t);
    if (count > 1)
        qsort_r(r->index.data, count, sizeof(size_t), order_packed, r->bytes.data);
}

static int note_run(struct recent_rows *r, uint64_t offset, struct hz_error *err)
{
    if (r->run_count == r->run_room) {
        size_t room = r->run_room == 0 ? 16 : r->run_room * 2;
        struct recent_run *grown = realloc(r->runs, room * sizeof *grown);
        if (grown == NULL)
            return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
        r->runs = grown;
        r->run_room = room;
    }
    r->runs[r->run_count++] = (struct recent_run) { offset, r->end - offset };
    return HZ_OK;
}

/* In order, a piece at a time. */
static int write_rows(struct recent_rows *r, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf piece = BUF_INIT(((size_t)256 << 10) + RECENT_PACKED_MAX);
    const size_t *index = (const size_t *)(const void *)r->index.data;
    int rc = HZ_OK;
    for (size_t i = 0, count = r->index.len / sizeof(size_t); rc == HZ_OK && i < count; i++) {
        const unsigned char *packed = r->bytes.data + index[i];
        struct recent_packed head;
        memcpy(&head, packed, sizeof head);
        buf_put(&piece, packed, head.len);
        rc = buf_check(&piece, err);
        if (rc == HZ_OK && (piece.len >= (size_t)256 << 10 || i + 1 == count)) {
            rc = io_write(r->spool, piece.data, piece.len, err);
            r->end += piece.len;
            buf_reset(&piece);
        }
    }
    return rc;
}

/* May what waits go into the spool? The medium is for the bundle, too, in which the same rows will stand: their lines
 * are about half of what is here, and packed less than a third, even where names are noise. */
static bool has_room(const struct recent_rows *r)
{
    uint64_t space, more = r->bytes.len;
    struct hz_error ignored;
    if (r->directory < 0 || r->end + more > r->most)
        return false;
    return io_free_space(r->directory, &space, &ignored) != HZ_OK ||
           (space >= more && space - more >= (r->end + more + r->room) / 8 * (r->packed ? 3 : 5));
}

static int spool_rows(struct recent_rows *r, struct hz_error *err)
{
    uint64_t offset = r->end;
    if (!has_room(r))
        return hz_error_set(err, HZ_E_LIMIT, _("more names than there is room for"));
    int rc = r->spool >= 0 ? HZ_OK : io_create_spool(r->directory, &r->spool, err);
    recent_rows_sort(r);
    if (rc == HZ_OK)
        rc = write_rows(r, err);
    if (rc == HZ_OK)
        rc = note_run(r, offset, err);
    buf_reset(&r->bytes);
    buf_reset(&r->index);
    return rc;
}

static int add_one(struct recent_rows *r, const unsigned char *packed, size_t len, struct hz_error *err)
{
    size_t at = r->bytes.len;
    if (at + len > r->room) {
        int rc = spool_rows(r, err);
        if (rc != HZ_OK)
            return rc;
        at = 0;
    }
    buf_put(&r->bytes, packed, len);
    buf_put(&r->index, &at, sizeof at);
    int rc = buf_check(&r->bytes, err);
    return rc == HZ_OK ? buf_check(&r->index, err) : rc;
}

int recent_rows_add(struct recent_rows *r, const void *packed, size_t len, struct hz_error *err)
{
    const unsigned char *bytes = packed;
    int rc = HZ_OK;
    for (size_t at = 0, step; rc == HZ_OK && at < len; at += step) {
        struct recent_packed head;
        memcpy(&head, bytes + at, sizeof head);
        step = head.len;
        rc = add_one(r, bytes + at, step, err);
    }
    return rc;
}
