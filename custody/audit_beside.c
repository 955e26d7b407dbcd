#include "custody/audit_beside.h"

#include <stdio.h>
#include <string.h>

int audit_beside_begin(struct audit_beside *b, struct store *ledger, struct hz_error *err)
{
    int rc;

    memset(b, 0, sizeof *b);
    b->store = ledger;
    query_open(&b->statement, ledger, "SELECT * FROM statement NOT INDEXED ORDER BY entry");
    query_open(&b->cosigner, ledger, "SELECT entry, key FROM cosigner ORDER BY entry, key");
    rc = query_row(&b->cosigner, &b->cosigner_row, err);
    return rc == HZ_OK ? audit_indexes_begin(&b->indexes, err) : rc;
}

void audit_beside_end(struct audit_beside *b)
{
    for (unsigned i = 0; i < b->levels; i++)
        query_close(&b->node[i]);
    query_close(&b->cosigner);
    query_close(&b->statement);
}

static int compare_statement(struct audit_beside *b, const struct project_record *r, bool *same, struct hz_error *err)
{
    const struct r_statement *st = r->statement;
    const char *const texts[] = { st->digest,
                                  r_statement_type_name(st->type),
                                  st->actor.key,
                                  st->time_text,
                                  r->entry->recorded_at_text,
                                  st->item,
                                  st->previous,
                                  st->case_id,
                                  st->content_id,
                                  st->file_sha256 };
    int rc = query_row(&b->statement, same, err);

    if (rc != HZ_OK || !*same)
        return rc;
    *same = query_is_int(&b->statement, 0, r->entry->sequence);
    for (int i = 0; *same && i < 10; i++)
        *same = query_is_text(&b->statement, i + 1, texts[i]);
    audit_indexes_statement(&b->indexes, st, r->entry->sequence);
    return HZ_OK;
}

/* Signers stand by ascending keyid, rows by fingerprint: two orders. Each row is looked for among the signers, and
 * rows are as many as signers. */
static int compare_cosigners(struct audit_beside *b, const struct project_record *r, bool *same, struct hz_error *err)
{
    size_t want = 0, met = 0;
    int rc = HZ_OK;

    b->last[0] = '\0';
    for (size_t i = 0; i < r->signers->count; i++)
        want += strcmp(r->signers->key[i].fingerprint, r->statement->actor.key) != 0;
    while (rc == HZ_OK && *same && b->cosigner_row && query_is_int(&b->cosigner, 0, r->entry->sequence)) {
        const char *key = query_get_text(&b->cosigner, 1);
        *same = strcmp(key, b->last) > 0 && strcmp(key, r->statement->actor.key) != 0 &&
                r_ledger_signed_by(r->signers, key);
        snprintf(b->last, sizeof b->last, "%s", key);
        audit_indexes_cosigner(&b->indexes, key, r->entry->sequence);
        met++;
        rc = query_row(&b->cosigner, &b->cosigner_row, err);
    }
    *same = *same && met == want;
    return rc;
}

static int compare_node(struct audit_beside *b, unsigned level, uint64_t sequence, const unsigned char *root,
                        bool *same, struct hz_error *err)
{
    struct query *q = &b->node[level];
    int rc;

    if (level == b->levels) { /* its first one */
        query_open(q, b->store, "SELECT position, hash, entry FROM node WHERE level = ?1 ORDER BY position");
        query_int(q, 1, level + 1);
        b->levels++;
    }
    rc = query_row(q, same, err);
    if (rc != HZ_OK || !*same)
        return rc;
    *same = query_is_int(q, 0, sequence >> (level + 1)) && query_is_int(q, 2, sequence) &&
            query_is_blob(q, 1, root, R_SHA256_SIZE);
    return HZ_OK;
}

int audit_beside_entry(struct audit_beside *b, const struct project_record *r,
                       unsigned char made[AUDIT_LEVELS][R_SHA256_SIZE], size_t made_count, bool *same,
                       struct hz_error *err)
{
    int rc = compare_statement(b, r, same, err);

    if (rc == HZ_OK && *same)
        rc = compare_cosigners(b, r, same, err);
    for (unsigned i = 0; rc == HZ_OK && *same && i < made_count; i++)
        rc = compare_node(b, i, r->entry->sequence, made[i], same, err);
    return rc;
}

static int no_more(struct query *q, bool *same, struct hz_error *err)
{
    bool row = false;
    int rc = query_row(q, &row, err);

    *same = *same && !row;
    return rc;
}

int audit_beside_rest(struct audit_beside *b, bool *same, struct hz_error *err)
{
    HZ_CLEANUP(query_close) struct query other;
    int rc;

    *same = !b->cosigner_row;
    rc = no_more(&b->statement, same, err);
    for (unsigned i = 0; rc == HZ_OK && i < b->levels; i++)
        rc = no_more(&b->node[i], same, err);
    query_open(&other, b->store, "SELECT 1 FROM node WHERE level NOT BETWEEN 1 AND ?1 LIMIT 1");
    query_int(&other, 1, b->levels);
    if (rc == HZ_OK)
        rc = no_more(&other, same, err);
    return rc;
}
