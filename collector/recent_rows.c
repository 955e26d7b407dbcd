#include "collector/recent_rows.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/io_open.h"
#include "base/io_rw.h"
#include "base/lang.h"
#include "collector/recent_pass.h"
#include "formats/write/name.h"

#define WEIGHT_OF_LOAD (3 * (uint64_t)RECENT_ROWS_SPOOLED) /* lines are some two and a half times as long as rows */

static void init_pile(struct recent_pile *pile)
{
    buf_init(&pile->bytes, RECENT_ROWS_KEPT + RECENT_PACKED_MAX);
    buf_init(&pile->index, RECENT_ROWS_KEPT);
}

static void free_pile(struct recent_pile *pile)
{
    buf_free(&pile->bytes);
    buf_free(&pile->index);
}

void recent_rows_init(struct recent_rows *r, int directory)
{
    *r = (struct recent_rows) { .directory = directory, .spool = -1 };
    r->room = directory >= 0 ? RECENT_ROWS_SPOOLED : RECENT_ROWS_KEPT;
    r->most = UINT64_MAX;
    init_pile(&r->pile);
}

void recent_rows_bound(struct recent_rows *r, uint64_t most, bool packed)
{
    r->packed = packed;
    r->most = most < RECENT_ROWS_LEAST ? RECENT_ROWS_LEAST : most;
}

void recent_rows_free(struct recent_rows *r)
{
    io_close(&r->spool);
    free_pile(&r->pile);
    free(r->runs);
    recent_rows_init(r, r->directory);
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

int recent_rows_key_name(struct buf *out, const void *name, size_t len, struct hz_error *err)
{
    char mapped[W_NAME_COMPONENT_MAX];
    size_t start = out->len;
    bool other = false;
    int rc = w_name_component(out, name, len, err);
    if (rc != HZ_OK)
        return rc;
    size_t mapped_len = out->len - start;
    memcpy(mapped, out->data + start, mapped_len);
    for (size_t i = 0; i < mapped_len; i++) {
        out->data[start + i] = (unsigned char)lower(mapped[i]);
        other |= lower(mapped[i]) != mapped[i];
    }
    if (other) {
        buf_putc(out, RECENT_KEY_CASE);
        buf_put(out, mapped, mapped_len);
    }
    buf_putc(out, RECENT_KEY_NEXT);
    return buf_check(out, err);
}

int recent_rows_key(struct buf *out, struct w_bytes origin, struct hz_error *err)
{
    const char *raw = origin.data, *end = raw + origin.len;
    for (const char *at = raw + 1; at < end;) {
        const char *slash = memchr(at, '/', (size_t)(end - at));
        const char *stop = slash == NULL ? end : slash;
        int rc = recent_rows_key_name(out, at, (size_t)(stop - at), err);
        if (rc != HZ_OK)
            return rc;
        at = stop + 1;
    }
    return buf_check(out, err);
}

static uint32_t length(struct w_bytes bytes)
{
    return (uint32_t)bytes.len; /* each far below RECENT_PACKED_MAX */
}

int recent_rows_pack(struct buf *out, const struct recent_row *row, struct hz_error *err)
{
    const struct walk_absence *a = &row->absence;
    struct recent_packed head = { .origin = length(row->origin),
                                  .kept = length(row->kept),
                                  .body = row->body,
                                  .json = row->json,
                                  .sys_errno = a->sys_errno,
                                  .reason = a->reason,
                                  .status = (uint8_t)a->status,
                                  .absent = row->absent,
                                  .regular = row->regular,
                                  .failure = a->failure,
                                  .mount_point = a->mount_point };
    static const char zeros[_Alignof(struct recent_packed)];
    size_t start = out->len;
    buf_put(out, &head, sizeof head);
    int rc = HZ_OK;
    if (row->key.data != NULL)
        buf_put(out, row->key.data, row->key.len);
    else
        rc = recent_rows_key(out, row->origin, err);
    if (rc != HZ_OK)
        return rc;
    head.key = (uint32_t)(out->len - start - sizeof head);
    buf_put(out, row->origin.data, row->origin.len);
    buf_put(out, row->kept.data, row->kept.len);
    buf_put(out, zeros, -(out->len - start) % sizeof zeros);
    rc = buf_check(out, err);
    if (rc != HZ_OK)
        return rc;
    head.len = (uint32_t)(out->len - start);
    memcpy(out->data + start, &head, sizeof head);
    return HZ_OK;
}

static struct w_bytes take_bytes(const unsigned char **at, uint32_t len)
{
    const struct w_bytes bytes = { *at, len };
    *at += len;
    return bytes;
}

void recent_packed_read(const unsigned char *packed, struct recent_row *row)
{
    const struct recent_packed *head = (const void *)packed; /* aligned: each length is a multiple of its alignment */
    const unsigned char *at = packed + sizeof *head;
    row->absent = head->absent;
    row->regular = head->regular;
    row->key = take_bytes(&at, head->key);
    row->origin = take_bytes(&at, head->origin);
    row->kept = take_bytes(&at, head->kept);
    row->body = head->body;
    row->json = head->json;
    row->absence = (struct walk_absence) { .status = head->status,
                                           .reason = head->reason,
                                           .sys_errno = head->sys_errno,
                                           .failure = head->failure,
                                           .mount_point = head->mount_point };
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
    int order = w_name_raw_compare(x + sizeof *p, p->key, y + sizeof *q, q->key);
    if (order != 0)
        return order;
    struct recent_row r, s;
    recent_packed_read(x, &r);
    recent_packed_read(y, &s);
    return recent_packed_compare(&r, &s);
}

void recent_pile_sort(struct recent_pile *pile)
{
    size_t count = pile->index.len / sizeof(size_t);
    if (count > 1 && !pile->sorted)
        qsort_r(pile->index.data, count, sizeof(size_t), order_packed, pile->bytes.data);
    pile->sorted = true;
}

void recent_load_init(struct recent_load *load)
{
    *load = (struct recent_load) { .spool = -1 };
    init_pile(&load->pile);
}

void recent_load_free(struct recent_load *load)
{
    io_close(&load->spool);
    free_pile(&load->pile);
}

/* In order, a piece at a time. */
static int write_rows(const struct recent_load *load, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf piece = BUF_INIT(((size_t)256 << 10) + RECENT_PACKED_MAX);
    const size_t *index = (const size_t *)(const void *)load->pile.index.data;
    uint64_t offset = load->offset;
    int rc = HZ_OK;
    for (size_t i = 0, count = load->pile.index.len / sizeof(size_t); rc == HZ_OK && i < count; i++) {
        const unsigned char *packed = load->pile.bytes.data + index[i];
        struct recent_packed head;
        memcpy(&head, packed, sizeof head);
        buf_put(&piece, packed, head.len);
        rc = buf_check(&piece, err);
        if (rc == HZ_OK && (piece.len >= (size_t)256 << 10 || i + 1 == count)) {
            rc = io_write_at(load->spool, offset, piece.data, piece.len, err);
            offset += piece.len;
            buf_reset(&piece);
        }
    }
    return rc;
}

int recent_load_write(struct recent_load *load, struct hz_error *err)
{
    if (load->spool < 0)
        return HZ_OK;
    recent_pile_sort(&load->pile);
    int rc = write_rows(load, err);
    io_close(&load->spool);
    buf_reset(&load->pile.bytes);
    buf_reset(&load->pile.index);
    return rc;
}

static int note_run(struct recent_rows *r, uint64_t len, struct hz_error *err)
{
    if (r->run_count == r->run_room) {
        size_t room = r->run_room == 0 ? 16 : r->run_room * 2;
        struct recent_run *grown = realloc(r->runs, room * sizeof *grown);
        if (grown == NULL)
            return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
        r->runs = grown;
        r->run_room = room;
    }
    r->runs[r->run_count++] = (struct recent_run) { r->end, len };
    r->end += len;
    return HZ_OK;
}

/* May what waits go into the spool? The medium is for the bundle, too, in which the rows will stand, and those of the
 * next load: packed in less than half, even where names are noise. */
static bool has_room(const struct recent_rows *r)
{
    uint64_t space, more = r->pile.bytes.len, lines = r->weight + WEIGHT_OF_LOAD;
    struct hz_error ignored;
    if (r->directory < 0)
        return false;
    return io_free_space(r->directory, &space, &ignored) != HZ_OK ||
           (space >= more && space - more >= (r->packed ? lines / 2 : lines));
}

/* The pile becomes the load's, which has its place in the spool. */
static int hand_out(struct recent_rows *r, struct recent_load *load, struct hz_error *err)
{
    if (!has_room(r))
        return hz_error_set(err, HZ_E_LIMIT, _("more names than there is room for"));
    int rc = r->spool >= 0 ? HZ_OK : io_create_spool(r->directory, &r->spool, err);
    if (rc != HZ_OK)
        return rc;
    load->spool = fcntl(r->spool, F_DUPFD_CLOEXEC, 3);
    if (load->spool < 0)
        return hz_error_sys(err, HZ_E_IO, errno, "%s", _("a spool file"));
    load->offset = r->end;
    rc = note_run(r, r->pile.bytes.len, err);
    const struct recent_pile empty = load->pile;
    load->pile = r->pile;
    r->pile = empty;
    return rc;
}

static int put_one(struct recent_rows *r, const unsigned char *packed, const struct recent_packed *head,
                   struct hz_error *err)
{
    size_t at = r->pile.bytes.len;
    uint64_t weight = r->weight + (head->absent ? head->len : (uint64_t)head->body + head->json);
    if (weight > r->most)
        return hz_error_set(err, HZ_E_LIMIT, _("more names than there is room for"));
    r->weight = weight;
    r->pile.sorted = false;
    buf_put(&r->pile.bytes, packed, head->len);
    buf_put(&r->pile.index, &at, sizeof at);
    int rc = buf_check(&r->pile.bytes, err);
    return rc == HZ_OK ? buf_check(&r->pile.index, err) : rc;
}

int recent_rows_put(struct recent_rows *r, const void *packed, size_t len, size_t *used, struct recent_load *load,
                    struct hz_error *err)
{
    const unsigned char *bytes = packed;
    size_t at = 0;
    int rc = HZ_OK;
    while (rc == HZ_OK && load->spool < 0 && at < len) {
        struct recent_packed head;
        memcpy(&head, bytes + at, sizeof head);
        if (r->pile.bytes.len > 0 && r->pile.bytes.len + head.len > r->room)
            rc = hand_out(r, load, err);
        if (rc == HZ_OK) {
            rc = put_one(r, bytes + at, &head, err);
            at += head.len;
        }
    }
    *used = at;
    return rc;
}

int recent_rows_add(struct recent_rows *r, const void *packed, size_t len, struct hz_error *err)
{
    HZ_CLEANUP(recent_load_free) struct recent_load load;
    const unsigned char *bytes = packed;
    int rc = HZ_OK;
    recent_load_init(&load);
    for (size_t at = 0, used; rc == HZ_OK && at < len; at += used) {
        rc = recent_rows_put(r, bytes + at, len - at, &used, &load, err);
        if (rc == HZ_OK)
            rc = recent_load_write(&load, err);
    }
    return rc;
}
