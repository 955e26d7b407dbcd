#include "verify/sorted.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/io_open.h"
#include "base/io_rw.h"
#include "base/lang.h"
#include "verify/spool.h"

/* A row as bytes: two lengths, kind, name, value */
#define HEAD (2 * sizeof(uint32_t) + 1)
#define LEAST_ROW 32 /* so many bytes of memory have room for the place of one row */
#define WRITE_SIZE ((size_t)256 * 1024)

struct sorted_run {
    uint64_t begin, end, at; /* in the spool; at: of what is not read yet */
    unsigned char *bytes;    /* owned */
    size_t pos, len, room;
    struct sorted_row head;
    size_t head_size;
};

static int no_memory(struct hz_error *err)
{
    return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
}

int sorted_open(struct sorted *s, size_t memory, struct hz_error *err)
{
    *s = (struct sorted) { .memory = memory, .spool = -1 };
    s->arena = malloc(memory);
    s->at = malloc(memory / LEAST_ROW * sizeof *s->at);
    if (s->arena && s->at)
        return HZ_OK;
    sorted_close(s);
    return no_memory(err);
}

void sorted_close(struct sorted *s)
{
    for (size_t i = 0; i < s->run_count; i++)
        free(s->runs[i].bytes);
    free(s->runs);
    free(s->heap);
    free(s->arena);
    free(s->at);
    if (s->spool >= 0 && s->memory)
        io_close(&s->spool);
    *s = (struct sorted) { .spool = -1 };
}

static size_t row_size(const struct sorted_row *row)
{
    return HEAD + row->name_len + row->value_len;
}

static void write_row(unsigned char *to, const struct sorted_row *row)
{
    uint32_t lengths[2] = { (uint32_t)row->name_len, (uint32_t)row->value_len };

    memcpy(to, lengths, sizeof lengths);
    to[HEAD - 1] = row->kind;
    memcpy(to + HEAD, row->name, row->name_len);
    memcpy(to + HEAD + row->name_len, row->value, row->value_len);
}

static size_t read_row(const unsigned char *from, struct sorted_row *out)
{
    uint32_t lengths[2];

    memcpy(lengths, from, sizeof lengths);
    *out = (struct sorted_row) { .kind = from[HEAD - 1],
                                 .name = from + HEAD,
                                 .name_len = lengths[0],
                                 .value = from + HEAD + lengths[0],
                                 .value_len = lengths[1] };
    return row_size(out);
}

static int compare_bytes(const unsigned char *a, size_t a_len, const unsigned char *b, size_t b_len)
{
    size_t n = a_len < b_len ? a_len : b_len;
    int order = n ? memcmp(a, b, n) : 0;

    return order ? order : (a_len > b_len) - (a_len < b_len);
}

int sorted_compare(const struct sorted_row *a, const struct sorted_row *b)
{
    return a->kind != b->kind ? a->kind - b->kind : compare_bytes(a->name, a->name_len, b->name, b->name_len);
}

static int compare_all(const struct sorted_row *a, const struct sorted_row *b)
{
    int order = sorted_compare(a, b);

    return order ? order : compare_bytes(a->value, a->value_len, b->value, b->value_len);
}

static int compare_places(const void *a, const void *b, void *arena)
{
    struct sorted_row x, y;

    read_row((unsigned char *)arena + *(const uint32_t *)a, &x);
    read_row((unsigned char *)arena + *(const uint32_t *)b, &y);
    return compare_all(&x, &y);
}

static void sort(struct sorted *s)
{
    qsort_r(s->at, s->count, sizeof *s->at, compare_places, s->arena);
}

static int put_out(struct sorted *s, struct buf *out, struct hz_error *err)
{
    int code = buf_check(out, err);

    if (!code)
        code = spool_write(s->spool, s->end, out->data, out->len, err);
    s->end += out->len;
    buf_reset(out);
    return code;
}

static int add_run(struct sorted *s, struct hz_error *err)
{
    struct sorted_run *grown;

    if (s->run_count == SORTED_RUNS)
        return hz_error_set(err, HZ_E_LIMIT, _("the bundle lists more than can be compared"));
    grown = realloc(s->runs, (s->run_count + 1) * sizeof *grown);
    if (!grown)
        return no_memory(err);
    s->runs = grown;
    s->runs[s->run_count++] = (struct sorted_run) { .begin = s->end };
    return s->spool < 0 ? spool_open(&s->spool, err) : HZ_OK;
}

/* What is in memory becomes a run */
static int spill(struct sorted *s, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf out = BUF_INIT(WRITE_SIZE + s->memory);
    int code = add_run(s, err);

    sort(s);
    for (size_t i = 0; i < s->count && !code; i++) {
        struct sorted_row row;
        size_t size = read_row(s->arena + s->at[i], &row);

        buf_put(&out, s->arena + s->at[i], size);
        if (out.len >= WRITE_SIZE || i + 1 == s->count)
            code = put_out(s, &out, err);
    }
    if (!code)
        s->runs[s->run_count - 1].end = s->end;
    s->used = s->count = 0;
    return code;
}

int sorted_add(struct sorted *s, const struct sorted_row *row, struct hz_error *err)
{
    size_t size = row_size(row);

    if (size > s->memory / 2)
        return hz_error_set(err, HZ_E_LIMIT, _("the bundle lists more than can be compared"));
    if (size > s->memory - s->used || s->count == s->memory / LEAST_ROW) {
        int code = spill(s, err);

        if (code)
            return code;
    }
    write_row(s->arena + s->used, row);
    s->at[s->count++] = (uint32_t)s->used;
    s->used += size;
    return HZ_OK;
}

int sorted_finish(struct sorted *s, struct hz_error *err)
{
    int code = HZ_OK;

    if (!s->run_count) {
        sort(s);
        return HZ_OK;
    }
    if (s->count)
        code = spill(s, err);
    free(s->arena);
    free(s->at);
    s->arena = NULL;
    s->at = NULL;
    s->heap = calloc(s->run_count, sizeof *s->heap);
    return code ? code : s->heap ? HZ_OK : no_memory(err);
}

static int make_room(struct sorted_run *r, size_t wanted, struct hz_error *err)
{
    unsigned char *grown = wanted > r->room ? realloc(r->bytes, wanted) : r->bytes;

    if (!grown)
        return no_memory(err);
    r->room = wanted > r->room ? wanted : r->room;
    r->bytes = grown;
    return HZ_OK;
}

/* Has so many bytes of the run at r->pos */
static int need(struct sorted *s, struct sorted_run *r, size_t wanted, struct hz_error *err)
{
    size_t least = SORTED_MERGE / s->run_count, got = 0, ask;
    int code;

    if (r->len - r->pos >= wanted)
        return HZ_OK;
    code = make_room(r, wanted > least ? wanted : least, err);
    if (code)
        return code;
    memmove(r->bytes, r->bytes + r->pos, r->len - r->pos);
    r->len -= r->pos;
    r->pos = 0;
    ask = r->end - r->at < r->room - r->len ? (size_t)(r->end - r->at) : r->room - r->len;
    code = io_read_at(s->spool, r->at, r->bytes + r->len, ask, &got, err);
    r->at += got;
    r->len += got;
    if (!code && r->len < wanted)
        return hz_error_set(err, HZ_E_IO, _("a temporary file is shorter than it was"));
    return code;
}

/* Makes head the row that comes next; the run has one */
static int load(struct sorted *s, struct sorted_run *r, struct hz_error *err)
{
    int code = need(s, r, HEAD, err);

    if (!code)
        code = need(s, r, read_row(r->bytes + r->pos, &r->head), err);
    if (!code)
        r->head_size = read_row(r->bytes + r->pos, &r->head);
    return code;
}

static bool less(const struct sorted *s, size_t a, size_t b)
{
    return compare_all(&s->runs[s->heap[a]].head, &s->runs[s->heap[b]].head) < 0;
}

static void sink(struct sorted *s, size_t i)
{
    size_t child;

    while ((child = 2 * i + 1) < s->heads) {
        uint32_t moved = s->heap[i];

        if (child + 1 < s->heads && less(s, child + 1, child))
            child++;
        if (!less(s, child, i))
            return;
        s->heap[i] = s->heap[child];
        s->heap[child] = moved;
        i = child;
    }
}

static int begin(struct sorted *s, struct hz_error *err)
{
    int code = HZ_OK;

    s->reading = true;
    for (s->heads = 0; s->heads < s->run_count && !code; s->heads++) {
        struct sorted_run *r = &s->runs[s->heads];

        r->at = r->begin;
        r->pos = r->len = 0;
        s->heap[s->heads] = (uint32_t)s->heads;
        code = load(s, r, err);
    }
    for (size_t i = s->heads / 2; i-- > 0 && !code;)
        sink(s, i);
    return code;
}

/* The row given out goes, the next of its run takes its place */
static int step(struct sorted *s, struct hz_error *err)
{
    struct sorted_run *r = &s->runs[s->heap[0]];
    int code = HZ_OK;

    r->pos += r->head_size;
    if (r->pos == r->len && r->at == r->end)
        s->heap[0] = s->heap[--s->heads];
    else
        code = load(s, r, err);
    if (!code)
        sink(s, 0);
    return code;
}

int sorted_next(struct sorted *s, struct sorted_row *out, bool *more, struct hz_error *err)
{
    int code = HZ_OK;

    if (!s->run_count) {
        *more = s->next < s->count;
        if (*more)
            read_row(s->arena + s->at[s->next++], out);
        return HZ_OK;
    }
    if (!s->reading)
        code = begin(s, err);
    else if (s->taken)
        code = step(s, err);
    if (code)
        return code;
    *more = s->taken = s->heads > 0;
    if (*more)
        *out = s->runs[s->heap[0]].head;
    return HZ_OK;
}

void sorted_rewind(struct sorted *s)
{
    s->next = 0;
    s->reading = s->taken = false;
}
