#include "collector/recent_pass.h"

#include <stdlib.h>
#include <string.h>

#include "base/io_rw.h"
#include "base/lang.h"

#define BUFFERS ((size_t)12 << 20) /* for all runs together */
#define BUFFER_LEAST ((size_t)4 << 10)
#define BUFFER_MOST ((size_t)1 << 20)

struct source {             /* one run; the one in memory has no buffer */
    struct recent_run left; /* not read yet */
    struct buf bytes;
    size_t at; /* of the first row not given out: in bytes, or in the index */
    bool memory, ended;
    struct recent_row row;
};

struct recent_pass {
    struct recent_rows *rows;
    struct source *sources;
    struct source **heap; /* those that have not ended; the least row first */
    size_t count, heap_count;
    size_t buffer;
    bool begun;
    struct recent_row last; /* given out before; only what tells it from others holds */
    struct buf key;         /* its key */
};

/* Keeps what is left in the buffer and reads on behind it, at least `need` bytes in all. */
static int refill(struct recent_pass *p, struct source *s, size_t need, struct hz_error *err)
{
    size_t have = s->bytes.len - s->at, want = need > p->buffer ? need : p->buffer, got;
    if (have > 0)
        memmove(s->bytes.data, s->bytes.data + s->at, have);
    s->bytes.len = have;
    s->at = 0;
    if (want - have > s->left.len)
        want = have + (size_t)s->left.len;
    unsigned char *room = buf_grow(&s->bytes, want - have);
    if (room == NULL)
        return buf_check(&s->bytes, err);
    int rc = io_read_at(p->rows->spool, s->left.offset, room, want - have, &got, err);
    if (rc == HZ_OK && got < want - have)
        rc = hz_error_set(err, HZ_E_IO, _("a spool file is shorter than what was written to it"));
    s->left.offset += want - have;
    s->left.len -= want - have;
    return rc;
}

static int step_spooled(struct recent_pass *p, struct source *s, struct hz_error *err)
{
    struct recent_packed head;
    int rc = HZ_OK;
    s->ended = s->at == s->bytes.len && s->left.len == 0;
    if (s->ended)
        return HZ_OK;
    if (s->bytes.len - s->at < sizeof head)
        rc = refill(p, s, sizeof head, err);
    if (rc != HZ_OK)
        return rc;
    memcpy(&head, s->bytes.data + s->at, sizeof head);
    if (s->bytes.len - s->at < head.len)
        rc = refill(p, s, head.len, err);
    if (rc != HZ_OK)
        return rc;
    recent_packed_read(s->bytes.data + s->at, &s->row);
    s->at += head.len;
    return HZ_OK;
}

static int step(struct recent_pass *p, struct source *s, struct hz_error *err)
{
    if (!s->memory)
        return step_spooled(p, s, err);
    const struct recent_rows *r = p->rows;
    s->ended = s->at * sizeof(size_t) == r->pile.index.len;
    if (!s->ended)
        recent_packed_read(r->pile.bytes.data + ((const size_t *)(const void *)r->pile.index.data)[s->at++], &s->row);
    return HZ_OK;
}

static bool less(const struct source *a, const struct source *b)
{
    return recent_packed_compare(&a->row, &b->row) < 0;
}

static void sink(struct recent_pass *p, size_t i)
{
    for (size_t child; (child = 2 * i + 1) < p->heap_count; i = child) {
        if (child + 1 < p->heap_count && less(p->heap[child + 1], p->heap[child]))
            child++;
        if (!less(p->heap[child], p->heap[i]))
            return;
        struct source *s = p->heap[i];
        p->heap[i] = p->heap[child];
        p->heap[child] = s;
    }
}

static int begin_sources(struct recent_pass *p, struct hz_error *err)
{
    const struct recent_rows *r = p->rows;
    int rc = HZ_OK;
    for (size_t i = 0; rc == HZ_OK && i < p->count; i++) {
        struct source *s = &p->sources[i];
        s->memory = i == r->run_count;
        buf_init(&s->bytes, BUFFER_MOST + RECENT_PACKED_MAX);
        if (!s->memory)
            s->left = r->runs[i];
        rc = step(p, s, err);
        if (rc == HZ_OK && !s->ended)
            p->heap[p->heap_count++] = s;
    }
    for (size_t i = p->heap_count / 2; rc == HZ_OK && i-- > 0;)
        sink(p, i);
    return rc;
}

void recent_pass_end(struct recent_pass **pass)
{
    struct recent_pass *p = *pass;
    if (p == NULL)
        return;
    for (size_t i = 0; p->sources != NULL && i < p->count; i++)
        buf_free(&p->sources[i].bytes);
    free(p->sources);
    free(p->heap);
    buf_free(&p->key);
    free(p);
    *pass = NULL;
}

int recent_pass_begin(struct recent_rows *r, struct recent_pass **out, struct hz_error *err)
{
    HZ_CLEANUP(recent_pass_end) struct recent_pass *p = calloc(1, sizeof *p);
    if (p == NULL)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    p->rows = r;
    p->count = r->run_count + 1;
    p->buffer = BUFFERS / p->count;
    p->buffer = p->buffer < BUFFER_LEAST ? BUFFER_LEAST : p->buffer > BUFFER_MOST ? BUFFER_MOST : p->buffer;
    buf_init(&p->key, RECENT_PACKED_MAX);
    p->sources = calloc(p->count, sizeof *p->sources);
    p->heap = calloc(p->count, sizeof(struct source *));
    if (p->sources == NULL || p->heap == NULL)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    recent_pile_sort(&r->pile);
    int rc = begin_sources(p, err);
    if (rc == HZ_OK) {
        *out = p;
        p = NULL;
    }
    return rc;
}

/* What tells rows apart, of the row given out last: its source is about to move on. */
static int remember(struct recent_pass *p, const struct recent_row *row, struct hz_error *err)
{
    buf_reset(&p->key);
    buf_put(&p->key, row->key.data, row->key.len);
    p->last = *row;
    p->last.key.data = p->key.data;
    return buf_check(&p->key, err);
}

static int move_on(struct recent_pass *p, struct hz_error *err)
{
    struct source *s = p->heap[0];
    int rc = remember(p, &s->row, err);
    if (rc == HZ_OK)
        rc = step(p, s, err);
    if (rc == HZ_OK && s->ended)
        p->heap[0] = p->heap[--p->heap_count];
    if (rc == HZ_OK)
        sink(p, 0);
    return rc;
}

int recent_pass_next(struct recent_pass *p, const struct recent_row **row, struct hz_error *err)
{
    do {
        int rc = p->begun && p->heap_count > 0 ? move_on(p, err) : HZ_OK;
        if (rc != HZ_OK)
            return rc;
    } while (p->begun && p->heap_count > 0 && recent_packed_compare(&p->heap[0]->row, &p->last) == 0);
    p->begun = true;
    *row = p->heap_count > 0 ? &p->heap[0]->row : NULL;
    return HZ_OK;
}
