#include "custody/audit_ahead.h"

#include <stdlib.h>
#include <string.h>

#include "base/lang.h"
#include "formats/read/proof.h"

#define ROWS 32
#define BATCHES 12
#define BATCH_BYTES ((size_t)256 << 10) /* after which no row is added */
#define BATCH_LIMIT (BATCH_BYTES + R_ENTRY_MAX + ROWS * R_SHA256_SIZE)

struct batch {
    struct r_job job;
    struct r_pool *pool;
    bool done; /* under the pool's lock */
    struct buf bytes;
    size_t count;
    struct r_keys keys; /* of those who signed them */
    struct audit_row rows[ROWS];
};

struct audit_ahead {
    struct r_pool *pool;
    struct query query;
    bool ended; /* no more is read */
    int rc;     /* why, with the error */
    struct hz_error err;
    unsigned first, used; /* of the ring */
    size_t at;            /* in the first batch */
    struct batch batches[BATCHES];
};

/* What the row held before is given back here and not by the caller's thread, which has most to do. */
static void check_row(struct audit_row *r, struct r_keys *keys)
{
    int rc;

    r_entry_free(&r->entry);
    r_statement_free(&r->statement);
    r->read = false;
    r->verified = HZ_OK;
    r->signers.count = 0;
    rc = r_proof_leaf(r->bytes, r->len, r->real_leaf, &r->err);

    if (rc == HZ_OK)
        rc = r_entry_parse(&r->entry, r->bytes, r->len, &r->err);
    r->read = rc == HZ_OK;
    if (rc == HZ_OK)
        rc = r_statement_parse(&r->statement, r->entry.statement.data, r->entry.statement.len, &r->err);
    r->parsed = rc;
    if (rc == HZ_OK)
        r->verified = r_ledger_verify_by(keys, r->entry.statement.data, r->entry.statement.len, &r->entry.signatures,
                                         &r->signers, &r->err);
    if (r->verified != HZ_OK)
        r->signers.count = 0;
}

static void run(struct r_job *job, struct r_decoder *decoder)
{
    struct batch *b = (struct batch *)job;

    (void)decoder;
    for (size_t i = 0; i < b->count; i++)
        if (b->rows[i].sequence <= AUDIT_SEQUENCE_MAX)
            check_row(&b->rows[i], &b->keys);
}

static void done(struct r_job *job)
{
    struct batch *b = (struct batch *)job;

    b->done = true;
    r_pool_wake(b->pool, R_POOL_OWNER);
}

static void free_batch(struct batch *b)
{
    for (size_t i = 0; i < ROWS; i++) {
        r_entry_free(&b->rows[i].entry);
        r_statement_free(&b->rows[i].statement);
    }
    r_keys_free(&b->keys);
    buf_free(&b->bytes);
}

static void put_row(struct batch *b, const struct query *q)
{
    struct audit_row *r = &b->rows[b->count++];
    const void *bytes, *leaf;

    r->sequence = query_get_int(q, 0);
    r->read = false;
    bytes = query_get_blob(q, 1, &r->len);
    buf_put(&b->bytes, bytes, r->len);
    leaf = query_get_blob(q, 2, &r->leaf_len);
    buf_put(&b->bytes, leaf, r->leaf_len);
}

/* Only now does the buffer stay where it is. */
static void place(struct batch *b)
{
    const unsigned char *at = b->bytes.data != NULL ? b->bytes.data : (const unsigned char *)"";

    for (size_t i = 0; i < b->count; i++) {
        struct audit_row *r = &b->rows[i];
        r->bytes = at;
        r->leaf = at + r->len;
        at += r->len + r->leaf_len;
    }
}

static void fill(struct audit_ahead *h, struct batch *b)
{
    bool row = true;

    while (!h->ended && b->count < ROWS && b->bytes.len < BATCH_BYTES) {
        h->rc = query_row(&h->query, &row, &h->err);
        h->ended = h->rc != HZ_OK || !row;
        if (h->ended)
            break;
        put_row(b, &h->query);
        h->ended = b->rows[b->count - 1].sequence > AUDIT_SEQUENCE_MAX;
    }
    if (b->bytes.failed != HZ_OK) {
        h->rc = buf_check(&b->bytes, &h->err);
        h->ended = true;
        b->count = 0;
    }
    place(b);
}

static void read_ahead(struct audit_ahead *h)
{
    while (!h->ended && h->used < BATCHES) {
        struct batch *b = &h->batches[(h->first + h->used) % BATCHES];
        fill(h, b);
        if (b->count == 0)
            return;
        h->used++;
        b->done = false;
        r_pool_put(h->pool, &b->job);
    }
}

static void wait_for(struct batch *b)
{
    r_pool_lock(b->pool);
    while (!b->done)
        r_pool_wait(b->pool, R_POOL_OWNER);
    r_pool_unlock(b->pool);
}

int audit_ahead_next(struct audit_ahead *h, const struct audit_row **row, struct hz_error *err)
{
    struct batch *b = &h->batches[h->first];

    *row = NULL;
    if (h->used > 0 && h->at == b->count) {
        b->count = 0;
        buf_reset(&b->bytes);
        h->first = (h->first + 1) % BATCHES;
        h->used--;
        h->at = 0;
        b = &h->batches[h->first];
    }
    if (h->at == 0) {
        read_ahead(h);
        if (h->used == 0) {
            if (h->rc != HZ_OK)
                *err = h->err;
            return h->rc;
        }
        wait_for(b);
    }
    *row = &b->rows[h->at++];
    return HZ_OK;
}

void audit_ahead_end(struct audit_ahead *h)
{
    if (h == NULL)
        return;
    for (unsigned i = 0; i < h->used; i++)
        wait_for(&h->batches[(h->first + i) % BATCHES]);
    r_pool_stop(h->pool);
    for (unsigned i = 0; i < BATCHES; i++)
        free_batch(&h->batches[i]);
    query_close(&h->query);
    free(h);
}

struct r_pool *audit_ahead_pool(struct audit_ahead *h)
{
    return h->pool;
}

int audit_ahead_begin(struct audit_ahead **out, struct store *s, struct hz_error *err)
{
    struct audit_ahead *h = calloc(1, sizeof *h);
    int rc;

    if (h == NULL)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    rc = r_pool_start(&h->pool, r_pool_processors(), err);
    if (rc == HZ_E_IO) /* where no thread can be had it takes longer */
        rc = r_pool_start(&h->pool, 0, err);
    for (unsigned i = 0; i < BATCHES; i++) {
        h->batches[i].pool = h->pool;
        h->batches[i].job = (struct r_job) { .run = run, .done = done };
        buf_init(&h->batches[i].bytes, BATCH_LIMIT);
    }
    if (rc != HZ_OK) {
        audit_ahead_end(h);
        return rc;
    }
    /* What is larger than any entry or leaf is not even read. */
    query_open(&h->query, s,
               "SELECT sequence, CASE WHEN length(bytes) <= 1048576 THEN bytes END,"
               " CASE WHEN length(leaf) = 32 THEN leaf END FROM entry NOT INDEXED ORDER BY sequence");
    *out = h;
    return HZ_OK;
}
