#include "custody/project_witness.h"

#include <string.h>

#include "base/lang.h"
#include "base/text.h"
#include "formats/read/brought.h"
#include "formats/read/ledger.h"
#include "formats/read/prooffile.h"

/* A checkpoint of another ledger, with signatures that hold. */
struct kept {
    const struct r_checkpoint *stated;
    const char *text;
    const struct r_signatures *signatures;
    const struct r_ledger_signers *signers;
};

static int insert(struct store *s, const struct kept *k, size_t i, uint64_t sequence, struct hz_error *err)
{
    HZ_CLEANUP(query_close) struct query q;

    query_open(&q, s, "INSERT INTO witness VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING");
    query_text(&q, 1, k->stated->ledger);
    query_int(&q, 2, k->stated->size);
    query_text(&q, 3, k->text);
    query_text(&q, 4, k->signers->key[i].keyid);
    query_text(&q, 5, k->signatures->armour[i]);
    query_int(&q, 6, sequence);
    return query_run(&q, err);
}

static int keep(struct store *s, const struct kept *k, uint64_t sequence, struct hz_error *err)
{
    int rc = HZ_OK;

    for (size_t i = 0; rc == HZ_OK && i < k->signers->count; i++)
        rc = insert(s, k, i, sequence, err);
    return rc;
}

static int keep_offered(struct store *s, const struct r_statement *intake, uint64_t sequence, struct hz_error *err)
{
    HZ_CLEANUP(r_brought_free) struct r_brought b = { 0 };
    int rc = r_brought_check(intake, &b, err);

    if (rc != HZ_OK)
        return rc;
    return keep(s,
                &(struct kept) { &b.offer.checkpoint, b.offer.checkpoint_text, &b.offer.checkpoint_signatures,
                                 &b.checkpoint_signers },
                sequence, err);
}

/* A proof from a log of a size that is known must be from that very log. */
static int check_joined(struct store *s, const struct r_prooffile *p, struct hz_error *err)
{
    HZ_CLEANUP(query_close) struct query q;
    bool row = true, known = false, joined = false;
    int rc = HZ_OK;

    if (!p->since.present)
        return HZ_OK;
    query_open(&q, s, "SELECT DISTINCT text FROM witness WHERE ledger = ?1 AND size = ?2");
    query_text(&q, 1, p->head.checkpoint.ledger);
    query_int(&q, 2, p->since.from);
    for (rc = query_row(&q, &row, err); rc == HZ_OK && row; rc = query_row(&q, &row, err)) {
        struct r_checkpoint earlier;
        const char *text = query_get_text(&q, 0);
        rc = r_checkpoint_parse(&earlier, text, strlen(text), err);
        if (rc != HZ_OK)
            return rc;
        known = true;
        joined = joined || r_travel_continues(&p->head.checkpoint, &p->since, &earlier);
    }
    if (rc == HZ_OK && known && !joined)
        return hz_error_set(err, HZ_E_INVALID,
                            _("the proof inside does not join the checkpoint of %llu entries that is known here"),
                            (unsigned long long)p->since.from);
    return rc;
}

static int keep_proof(struct store *s, const struct r_statement *st, uint64_t sequence, struct hz_error *err)
{
    HZ_CLEANUP(r_prooffile_free) struct r_prooffile p = { 0 };
    struct r_ledger_signers signers;
    int rc = r_prooffile_parse(&p, st->body.proof.data, st->body.proof.len, err);

    if (rc == HZ_OK)
        rc = r_ledger_verify(p.head.text, strlen(p.head.text), &p.head.signatures, &signers, err);
    if (rc == HZ_OK && text_equal(p.head.checkpoint.ledger, st->ledger))
        return hz_error_set(err, HZ_E_INVALID, _("the checkpoint is one of this ledger itself"));
    if (rc == HZ_OK)
        rc = check_joined(s, &p, err);
    if (rc != HZ_OK)
        return rc;
    return keep(s, &(struct kept) { &p.head.checkpoint, p.head.text, &p.head.signatures, &signers }, sequence, err);
}

int project_witness(struct store *s, const struct r_statement *st, uint64_t sequence, const char **code,
                    struct hz_error *err)
{
    int rc = HZ_OK;

    if (st->type == R_STATEMENT_INTAKE && st->body.offer.len > 0)
        rc = keep_offered(s, st, sequence, err);
    else if (st->type == R_STATEMENT_WITNESS)
        rc = keep_proof(s, st, sequence, err);
    if (rc != HZ_E_FORMAT && rc != HZ_E_UNSUPPORTED && rc != HZ_E_INVALID)
        return rc;
    *code = "record-altered";
    err->code = HZ_E_DENIED;
    return HZ_E_DENIED;
}
