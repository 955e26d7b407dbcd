#include "collector/persistence/pkg_sqlite.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/io_rw.h"
#include "base/lang.h"

#define DEPTH_MAX 20
#define HEADER 100 /* of the first page */

enum { INTERIOR_TABLE = 5, LEAF_TABLE = 13 };

struct base {
    int fd;
    size_t page_size, usable;
    uint64_t pages, visits;
    struct buf payload;
    bool passed; /* a row was passed over that does not hold together, or is too long */
};

struct page {
    unsigned char *bytes; /* owned */
    size_t header;        /* where the header of the b-tree page begins */
    unsigned cells;
};

struct walk { /* what is done with each row */
    int (*row)(void *context, const unsigned char *payload, size_t len, struct hz_error *err);
    void *context;
};

static void page_free(struct page *p)
{
    free(p->bytes);
}

static int damaged(struct hz_error *err)
{
    return hz_error_set(err, HZ_E_FORMAT, "%s", _("the database is damaged, or not one of SQLite"));
}

static uint32_t number(const unsigned char *p, size_t bytes)
{
    uint32_t n = 0;
    for (size_t i = 0; i < bytes; i++)
        n = n << 8 | p[i];
    return n;
}

/* A varint of at most nine bytes; 0: it does not end before `end`. */
static size_t varint(const unsigned char *p, const unsigned char *end, uint64_t *out)
{
    uint64_t n = 0;
    for (size_t i = 0; i < 9 && p + i < end; i++) {
        if (i == 8) {
            *out = n << 8 | p[i];
            return 9;
        }
        n = n << 7 | (p[i] & 0x7F);
        if ((p[i] & 0x80) == 0) {
            *out = n;
            return i + 1;
        }
    }
    return 0;
}

static int read_page(struct base *b, uint32_t index, unsigned char *out, struct hz_error *err)
{
    size_t got = 0;
    if (index == 0 || index > b->pages || ++b->visits > 4 * b->pages)
        return damaged(err);
    int rc = io_read_at(b->fd, (uint64_t)(index - 1) * b->page_size, out, b->page_size, &got, err);
    return rc == HZ_OK && got != b->page_size ? damaged(err) : rc;
}

static int open_base(struct base *b, struct hz_error *err)
{
    unsigned char h[HEADER];
    size_t got = 0;
    int rc = io_read_at(b->fd, 0, h, sizeof h, &got, err);
    if (rc != HZ_OK)
        return rc;
    if (got != sizeof h || memcmp(h, "SQLite format 3", 16) != 0)
        return damaged(err);
    b->page_size = number(h + 16, 2) == 1 ? 65536 : number(h + 16, 2);
    b->usable = b->page_size - h[20];
    b->pages = number(h + 28, 4);
    bool power = b->page_size >= 512 && (b->page_size & (b->page_size - 1)) == 0;
    return !power || b->usable < 480 || b->pages == 0 ? damaged(err) : HZ_OK;
}

static int get_page(struct base *b, uint32_t index, struct page *p, struct hz_error *err)
{
    p->bytes = malloc(b->page_size);
    if (p->bytes == NULL)
        return hz_error_set(err, HZ_E_NOMEM, "%s", _("out of memory"));
    int rc = read_page(b, index, p->bytes, err);
    if (rc != HZ_OK)
        return rc;
    p->header = index == 1 ? HEADER : 0;
    p->cells = number(p->bytes + p->header + 3, 2);
    size_t length = p->bytes[p->header] == INTERIOR_TABLE ? 12 : 8;
    return p->header + length + 2 * (size_t)p->cells > b->usable ? damaged(err) : HZ_OK;
}

/* Of a table's leaf: what lies in the page itself, section 1.6. */
static size_t local_length(const struct base *b, uint64_t len)
{
    size_t most = b->usable - 35, least = (b->usable - 12) * 32 / 255 - 23;
    if (len <= most)
        return (size_t)len;
    size_t fits = least + (size_t)((len - least) % (b->usable - 4));
    return fits <= most ? fits : least;
}

static int add_overflow(struct base *b, uint32_t next, uint64_t left, struct hz_error *err)
{
    unsigned char *bytes = malloc(b->page_size);
    int rc = bytes == NULL ? hz_error_set(err, HZ_E_NOMEM, "%s", _("out of memory")) : HZ_OK;
    while (rc == HZ_OK && left > 0) {
        rc = read_page(b, next, bytes, err);
        if (rc != HZ_OK)
            break;
        size_t some = left < b->usable - 4 ? (size_t)left : b->usable - 4;
        buf_put(&b->payload, bytes + 4, some);
        next = number(bytes, 4);
        left -= some;
    }
    free(bytes);
    return rc == HZ_OK ? buf_check(&b->payload, err) : rc;
}

static int take_cell(struct base *b, const struct page *p, size_t at, const struct walk *w, struct hz_error *err)
{
    const unsigned char *cell = p->bytes + at, *end = p->bytes + b->usable;
    uint64_t len, row;
    size_t first = varint(cell, end, &len), second = first == 0 ? 0 : varint(cell + first, end, &row);
    if (second == 0)
        return damaged(err);
    cell += first + second;
    size_t local = local_length(b, len);
    if (local > (size_t)(end - cell) || (local < len && (size_t)(end - cell) - local < 4))
        return damaged(err);
    b->passed |= len > PKG_SQLITE_ROW_MAX;
    if (len > PKG_SQLITE_ROW_MAX)
        return HZ_OK;
    buf_reset(&b->payload);
    buf_put(&b->payload, cell, local);
    int rc = local < len ? add_overflow(b, number(cell + local, 4), len - local, err) : buf_check(&b->payload, err);
    return rc == HZ_OK ? w->row(w->context, b->payload.data, b->payload.len, err) : rc;
}

static int walk_page(struct base *b, uint32_t index, unsigned depth, const struct walk *w, struct hz_error *err)
{
    HZ_CLEANUP(page_free) struct page p = { 0 };
    int rc = depth > DEPTH_MAX ? damaged(err) : get_page(b, index, &p, err);
    if (rc != HZ_OK)
        return rc;
    unsigned char type = p.bytes[p.header];
    if (type != INTERIOR_TABLE && type != LEAF_TABLE)
        return damaged(err);
    const unsigned char *pointers = p.bytes + p.header + (type == INTERIOR_TABLE ? 12 : 8);
    for (unsigned i = 0; rc == HZ_OK && i < p.cells; i++) {
        size_t at = number(pointers + 2 * (size_t)i, 2);
        if (at + 4 > b->usable)
            rc = damaged(err);
        else if (type == LEAF_TABLE)
            rc = take_cell(b, &p, at, w, err);
        else
            rc = walk_page(b, number(p.bytes + at, 4), depth + 1, w, err);
    }
    return rc == HZ_OK && type == INTERIOR_TABLE ? walk_page(b, number(p.bytes + p.header + 8, 4), depth + 1, w, err)
                                                 : rc;
}

struct column {
    uint64_t type;
    const unsigned char *at;
    size_t len;
};

static size_t length_of(uint64_t type)
{
    static const size_t fixed[] = { 0, 1, 2, 3, 4, 6, 8, 8, 0, 0, 0, 0 };
    uint64_t len = type < 12 ? fixed[type] : (type - 12) / 2;
    return len > PKG_SQLITE_ROW_MAX ? PKG_SQLITE_ROW_MAX + 1 : (size_t)len;
}

/* The columns of a record, at most `most`; section 2.1. false: it does not hold together. */
static bool read_record(const unsigned char *payload, size_t len, struct column *out, size_t most, size_t *count)
{
    uint64_t header;
    size_t at = varint(payload, payload + len, &header), from;
    if (at == 0 || header > len)
        return false;
    *count = 0;
    for (from = (size_t)header; at < header && *count < most; ++*count) {
        struct column *c = &out[*count];
        size_t step = varint(payload + at, payload + header, &c->type);
        c->len = step == 0 ? 0 : length_of(c->type);
        if (step == 0 || c->len > len - from)
            return false;
        c->at = payload + from;
        from += c->len;
        at += step;
    }
    return true;
}

struct search {
    const char *table;
    uint32_t root; /* 0: not found */
};

/* type, name, tbl_name, rootpage, sql */
static int find_table(void *context, const unsigned char *payload, size_t len, struct hz_error *err)
{
    struct search *s = context;
    struct column c[5];
    size_t count;
    (void)err;
    if (!read_record(payload, len, c, 5, &count) || count < 4 || c[0].len != 5 || memcmp(c[0].at, "table", 5) != 0)
        return HZ_OK;
    bool same = c[1].len == strlen(s->table) && memcmp(c[1].at, s->table, c[1].len) == 0;
    if (same && c[3].type == 9)
        s->root = 1;
    else if (same && c[3].len > 0 && c[3].len <= 4)
        s->root = number(c[3].at, c[3].len);
    return HZ_OK;
}

struct giving {
    pkg_sqlite_each *each;
    void *context;
    bool passed;
};

static int give_row(void *context, const unsigned char *payload, size_t len, struct hz_error *err)
{
    struct giving *g = context;
    struct column c[8];
    size_t count;
    if (!read_record(payload, len, c, sizeof c / sizeof c[0], &count) || count == 0 || c[count - 1].type < 12) {
        g->passed = true;
        return HZ_OK;
    }
    return g->each(g->context, c[count - 1].at, c[count - 1].len, err);
}

int pkg_sqlite_rows(int fd, const char *table, pkg_sqlite_each *each, void *context, struct hz_error *err)
{
    struct base b = { .fd = fd, .payload = BUF_INIT(PKG_SQLITE_ROW_MAX) };
    struct search search = { .table = table };
    struct giving giving = { each, context, false };
    const struct walk find = { find_table, &search }, give = { give_row, &giving };
    int rc = open_base(&b, err);
    if (rc == HZ_OK)
        rc = walk_page(&b, 1, 0, &find, err);
    if (rc == HZ_OK)
        rc = search.root == 0 ? damaged(err) : walk_page(&b, search.root, 0, &give, err);
    if (rc == HZ_OK && (giving.passed || b.passed))
        rc = damaged(err);
    buf_free(&b.payload);
    return rc;
}
