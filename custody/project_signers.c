#include "custody/project_signers.h"

#include <string.h>

#include "custody/known.h"
#include "custody/project_policy.h"
#include "formats/read/ledger_rule.h"

/* A receiver signs elsewhere: when that is recorded is not the signer's doing. */
static bool is_outside(const struct project_record *r, const struct known_key *k)
{
    bool answer = r->statement->type == R_STATEMENT_ACCEPTANCE || r->statement->type == R_STATEMENT_DECLINE;
    struct stamp times[2] = { r->statement->time, r->entry->recorded_at };

    for (int i = 0; i < (answer ? 1 : 2); i++)
        if ((k->has_from && stamp_compare(times[i], k->from) < 0) ||
            (k->has_until && stamp_compare(times[i], k->until) > 0))
            return true;
    return false;
}

static int look(struct store *s, const struct project_record *r, const char *key, struct r_ledger_signer *out,
                struct hz_error *err)
{
    const struct known_key *found = NULL;
    int rc = known_key(s, key, &found, err);

    if (rc != HZ_OK)
        return rc;
    *out = (struct r_ledger_signer) { .known = found->known,
                                      .checkpoint_signer = found->checkpoint_signer,
                                      .ended = found->ended,
                                      .outside = found->known && is_outside(r, found) };
    memcpy(out->key, found->key, sizeof out->key);
    return HZ_OK;
}

static int ask(struct store *s, const char *sql, const char *key, bool *row, struct hz_error *err)
{
    HZ_CLEANUP(query_close) struct query q;

    query_open(&q, s, sql);
    query_text(&q, 1, key);
    return query_row(&q, row, err);
}

int project_signers_revoked(struct store *s, const char *key, bool *revoked, struct hz_error *err)
{
    return ask(s, "SELECT 1 FROM ended WHERE key = ?1 AND reason <> 'rotated'", key, revoked, err);
}

int project_signers_known(struct store *s, const char *key, bool *known, struct hz_error *err)
{
    return ask(s, "SELECT 1 FROM person WHERE key = ?1 AND key NOT IN (SELECT key FROM ended)", key, known, err);
}

/* The key that a person, rotation or revocation is about. */
static const char *named_key(const struct r_statement *st)
{
    switch (st->type) {
    case R_STATEMENT_PERSON:
    case R_STATEMENT_ROTATION:
        return st->body.person.key;
    case R_STATEMENT_REVOCATION:
        return st->body.key;
    default:
        return NULL;
    }
}

static int look_named(struct store *s, const struct project_record *r, struct r_ledger_signing *g, struct hz_error *err)
{
    const char *key = named_key(r->statement);
    bool others;
    int rc;

    if (key == NULL)
        return HZ_OK;
    rc = look(s, r, key, &g->named, err);
    if (rc == HZ_OK)
        rc = ask(s,
                 "SELECT 1 FROM person WHERE checkpoint_signer = 1 AND key <> ?1"
                 " AND key NOT IN (SELECT key FROM ended)",
                 key, &others, err);
    if (rc == HZ_OK)
        g->last_checkpoint_signer = !others;
    return rc;
}

int project_signers_check(struct store *s, const struct project_record *r, const char **code, struct hz_error *err)
{
    struct r_ledger_signing g = { .count = r->signers->count };
    int rc = HZ_OK;

    for (size_t i = 0; rc == HZ_OK && i < g.count; i++)
        rc = look(s, r, r->signers->key[i].fingerprint, &g.by[i], err);
    if (rc == HZ_OK)
        rc = look_named(s, r, &g, err);
    if (rc == HZ_OK)
        rc = r_ledger_rule_check(r->statement, &g, code, err);
    if (rc != HZ_OK)
        return rc;
    *code = "policy-violated";
    return project_policy_check(s, r->statement, &g, err);
}

int project_signers_insert(struct store *s, const struct project_record *r, struct hz_error *err)
{
    HZ_CLEANUP(query_close) struct query q = { 0 };
    int rc = HZ_OK;

    if (r->signers->count < 2)
        return HZ_OK;
    query_open(&q, s, "INSERT INTO cosigner VALUES (?1, ?2)");
    for (size_t i = 0; rc == HZ_OK && i < r->signers->count; i++) {
        if (strcmp(r->signers->key[i].fingerprint, r->statement->actor.key) == 0)
            continue;
        query_int(&q, 1, r->entry->sequence);
        query_text(&q, 2, r->signers->key[i].fingerprint);
        rc = query_run(&q, err);
    }
    return rc;
}
