#include "custody/project.h"

#include <string.h>

#include "base/lang.h"
#include "custody/item.h"
#include "custody/person.h"
#include "custody/project_node.h"
#include "custody/project_witness.h"

static int deny(const char **code, const char *which, struct hz_error *err, const char *why)
{
    *code = which;
    return hz_error_set(err, HZ_E_DENIED, "%s", why);
}

static int known(struct store *s, const char *key, bool *found, bool *signer, struct hz_error *err)
{
    HZ_CLEANUP(person_free) struct person p = { 0 };
    int rc = person_find(s, key, &p, found, err);

    if (rc == HZ_OK)
        *signer = *found && p.checkpoint_signer;
    return rc;
}

/* A checkpoint signer needs a second person: one whom the ledger knows, or the one added. */
static int second_person(struct store *s, const struct project_record *r, bool *there, struct hz_error *err)
{
    const struct r_statement *st = r->statement;

    *there = false;
    for (size_t i = 0; i < r->signers->count && !*there; i++) {
        const char *key = r->signers->key[i].fingerprint;
        bool found, signer;
        int rc = known(s, key, &found, &signer, err);
        if (rc != HZ_OK)
            return rc;
        *there = strcmp(key, st->actor.key) != 0 && (found || strcmp(key, st->body.person.key) == 0);
    }
    return HZ_OK;
}

static int check_person(struct store *s, const struct project_record *r, const char **code, struct hz_error *err)
{
    bool found, signer, second = true;
    int rc = known(s, r->statement->actor.key, &found, &signer, err);

    if (rc == HZ_OK && !signer)
        return deny(code, "record-signature-invalid", err,
                    _("only a checkpoint signer of the ledger can add a person"));
    if (rc == HZ_OK && r->statement->body.person.checkpoint_signer)
        rc = second_person(s, r, &second, err);
    if (rc == HZ_OK && !second)
        return deny(code, "record-signature-invalid", err,
                    _("adding a checkpoint signer needs the signature of a second person"));
    if (rc == HZ_OK)
        rc = known(s, r->statement->body.person.key, &found, &signer, err);
    if (rc == HZ_OK && found)
        return deny(code, "record-altered", err, _("the person's key is in the ledger already"));
    return rc;
}

static bool is_followed(enum r_statement_type type)
{
    return type == R_STATEMENT_GENESIS || type == R_STATEMENT_INTAKE || type == R_STATEMENT_OFFER ||
           type == R_STATEMENT_ACCEPTANCE || type == R_STATEMENT_DECLINE || type == R_STATEMENT_WITNESS;
}

static int check_author(struct store *s, const struct project_record *r, const char **code, struct hz_error *err)
{
    const struct r_statement *st = r->statement;
    bool found = true, signer;
    int rc = HZ_OK;

    if (!r_ledger_signed_by(r->signers, st->actor.key))
        return deny(code, "record-signature-invalid", err, _("the statement is not signed by the person it names"));
    if ((st->type == R_STATEMENT_GENESIS) != (r->entry->sequence == 0))
        return deny(code, "record-altered", err, _("a ledger begins with its genesis statement and has no other"));
    if (st->type == R_STATEMENT_GENESIS && strcmp(st->actor.key, st->body.person.key) != 0)
        return deny(code, "record-altered", err, _("a ledger begins with the person who signs its genesis statement"));
    if (st->type == R_STATEMENT_PERSON)
        return check_person(s, r, code, err);
    if (!is_followed(st->type))
        return deny(code, "record-altered", err, _("statements of this type are not recorded yet"));
    if (st->type == R_STATEMENT_INTAKE || st->type == R_STATEMENT_WITNESS)
        rc = known(s, st->actor.key, &found, &signer, err);
    if (rc == HZ_OK && !found)
        return deny(code, "record-signature-invalid", err, _("the ledger does not know the person who signed"));
    return rc;
}

static int check_new(struct store *s, const struct r_statement *st, const char **code, struct hz_error *err)
{
    HZ_CLEANUP(query_close) struct query q;
    bool row;
    int rc;

    query_open(&q, s, "SELECT entry FROM statement WHERE digest = ?1");
    query_text(&q, 1, st->digest);
    rc = query_row(&q, &row, err);
    if (rc != HZ_OK || !row)
        return rc;
    *code = "record-altered";
    return hz_error_set(err, HZ_E_DENIED, _("the statement is recorded already, in entry %llu"),
                        (unsigned long long)query_get_int(&q, 0));
}

static int insert_statement(struct store *s, const struct r_entry *e, const struct r_statement *st,
                            struct hz_error *err)
{
    HZ_CLEANUP(query_close) struct query q;

    query_open(&q, s, "INSERT INTO statement VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)");
    query_int(&q, 1, e->sequence);
    query_text(&q, 2, st->digest);
    query_text(&q, 3, r_statement_type_name(st->type));
    query_text(&q, 4, st->actor.key);
    query_text(&q, 5, st->time_text);
    query_text(&q, 6, e->recorded_at_text);
    query_text(&q, 7, st->item);
    query_text(&q, 8, st->previous);
    query_text(&q, 9, st->case_id);
    query_text(&q, 10, st->content_id);
    query_text(&q, 11, st->file_sha256);
    return query_run(&q, err);
}

static int apply_content(struct store *s, const struct project_record *r, const char **code, struct hz_error *err)
{
    const struct r_statement *st = r->statement;
    int rc;

    if (st->type == R_STATEMENT_GENESIS || st->type == R_STATEMENT_PERSON)
        return person_insert(s, &st->body.person, r->entry->sequence, err);
    rc = project_witness(s, st, r->entry->sequence, code, err);
    if (rc != HZ_OK || st->item == NULL)
        return rc;
    *code = "custody-gap";
    return item_apply(s, st, r->entry->sequence, r->entry->recorded_at, err);
}

int project_apply(struct store *s, const struct project_record *r, const char **code, struct hz_error *err)
{
    int rc = check_new(s, r->statement, code, err);

    if (rc == HZ_OK)
        rc = check_author(s, r, code, err);
    if (rc == HZ_OK)
        rc = apply_content(s, r, code, err);
    if (rc == HZ_OK)
        rc = insert_statement(s, r->entry, r->statement, err);
    return rc == HZ_OK ? project_node(s, r->entry->sequence, r->leaf, r->left, err) : rc;
}
