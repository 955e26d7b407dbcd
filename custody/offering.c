#include "custody/offering.h"

#include <string.h>

#include "base/lang.h"
#include "custody/checkpoint.h"
#include "custody/project_node.h"
#include "formats/write/offer.h"

void offering_entry_free(struct offering_entry *e)
{
    buf_free(&e->bytes);
    r_entry_free(&e->entry);
    r_statement_free(&e->statement);
    memset(e, 0, sizeof *e);
}

static int take(const struct query *q, struct offering_entry *e, struct hz_error *err)
{
    size_t len;
    const void *bytes = query_get_blob(q, 1, &len);
    int rc;

    e->sequence = query_get_int(q, 0);
    buf_init(&e->bytes, R_ENTRY_MAX);
    buf_put(&e->bytes, bytes, len);
    rc = buf_check(&e->bytes, err);
    if (rc == HZ_OK)
        rc = r_entry_parse(&e->entry, e->bytes.data, e->bytes.len, err);
    if (rc == HZ_OK)
        rc = r_statement_parse(&e->statement, e->entry.statement.data, e->entry.statement.len, err);
    return rc;
}

static int find(struct store *s, const char *sql, const char *key, struct offering_entry *out, bool *found,
                struct hz_error *err)
{
    HZ_CLEANUP(offering_entry_free) struct offering_entry e = { 0 };
    HZ_CLEANUP(query_close) struct query q;
    bool row;
    int rc;

    query_open(&q, s, sql);
    query_text(&q, 1, key);
    rc = query_row(&q, &row, err);
    if (rc == HZ_OK && row)
        rc = take(&q, &e, err);
    if (rc != HZ_OK)
        return rc;
    *found = row;
    *out = e;
    memset(&e, 0, sizeof e);
    return HZ_OK;
}

int offering_find(struct store *s, const char *digest, struct offering_entry *out, bool *found, struct hz_error *err)
{
    return find(s, "SELECT sequence, bytes FROM statement JOIN entry ON sequence = entry WHERE digest = ?1", digest,
                out, found, err);
}

int offering_at(struct store *s, uint64_t sequence, struct offering_entry *out, struct hz_error *err)
{
    HZ_CLEANUP(offering_entry_free) struct offering_entry e = { 0 };
    HZ_CLEANUP(query_close) struct query q;
    bool row;
    int rc;

    query_open(&q, s, "SELECT sequence, bytes FROM entry WHERE sequence = ?1");
    query_int(&q, 1, sequence);
    rc = query_row(&q, &row, err);
    if (rc == HZ_OK && !row)
        return hz_error_set(err, HZ_E_FORMAT, _("entry %llu cannot be read; run hozen custody audit"),
                            (unsigned long long)sequence);
    if (rc == HZ_OK)
        rc = take(&q, &e, err);
    if (rc != HZ_OK)
        return rc;
    *out = e;
    memset(&e, 0, sizeof e);
    return HZ_OK;
}

/* The size that the receiver's latest receipt in this ledger saw, 0 for none. */
static int last_seen(struct store *s, const char *receiver, uint64_t *size, struct hz_error *err)
{
    HZ_CLEANUP(offering_entry_free) struct offering_entry e = { 0 };
    bool found;
    int rc = find(s,
                  "SELECT sequence, bytes FROM statement JOIN entry ON sequence = entry WHERE actor = ?1"
                  " AND type = 'acceptance' ORDER BY sequence DESC LIMIT 1",
                  receiver, &e, &found, err);

    if (rc == HZ_OK)
        *size = found ? e.statement.body.checkpoint.size : 0;
    return rc;
}

static int build(struct store *s, const struct offering_entry *e, const struct checkpoint *c, struct buf *out,
                 struct hz_error *err)
{
    const char *armour[R_ENTRY_SIGNATURES];
    struct w_proof_tree tree = project_tree(s);
    struct w_proof inclusion, consistency;
    struct w_offer offer = { .entry = &e->bytes, .head = checkpoint_head(c, armour), .inclusion = &inclusion };
    int rc = w_proof_inclusion(&tree, e->sequence, c->size, &inclusion, err);

    offer.content.statement = &e->entry.statement;
    offer.content.signature_count = e->entry.signatures.count;
    for (size_t i = 0; i < e->entry.signatures.count; i++)
        offer.content.signatures[i] = e->entry.signatures.armour[i];
    if (rc == HZ_OK)
        rc = last_seen(s, e->statement.body.to.key, &offer.since.from, err);
    if (rc == HZ_OK && offer.since.from > 0 && offer.since.from <= c->size) {
        rc = w_proof_consistency(&tree, offer.since.from, c->size, &consistency, err);
        offer.since.proof = &consistency;
    }
    return rc == HZ_OK ? w_offer_build(&offer, out, err) : rc;
}

int offering_build(struct store *s, const struct offering_entry *e, struct buf *out, bool *covered,
                   struct hz_error *err)
{
    HZ_CLEANUP(checkpoint_free) struct checkpoint c = { 0 };
    bool found;
    int rc = checkpoint_find(s, e->sequence + 1, &c, &found, err);

    if (rc == HZ_OK && found)
        rc = build(s, e, &c, out, err);
    if (rc == HZ_OK)
        *covered = found;
    return rc;
}
