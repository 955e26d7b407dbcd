#include <inttypes.h>
#include <string.h>

#include "base/lang.h"
#include "base/text.h"
#include "custody/audit_part.h"
#include "custody/person.h"
#include "formats/read/ledger.h"

/* What a stored row says, checked by itself. */
struct stored {
    uint64_t size;
    struct r_checkpoint stated;
    struct r_ledger_signers signer;
};

/* HZ_E_INVALID or HZ_E_FORMAT: the row does not hold. */
static int read_stored(struct audit *a, const struct query *q, struct stored *s, struct hz_error *err)
{
    const char *text = query_get_text(q, 1);
    bool known = false;
    int rc = r_checkpoint_parse(&s->stated, text, strlen(text), err);

    s->size = query_get_int(q, 0);
    if (rc == HZ_OK)
        rc = r_ledger_verify_one(text, strlen(text), query_get_text(q, 3), &s->signer, err);
    if (rc != HZ_OK)
        return rc;
    if (s->stated.size != s->size || strcmp(s->stated.ledger, a->ledger) != 0 ||
        strcmp(s->signer.key[0].keyid, query_get_text(q, 2)) != 0)
        return hz_error_set(err, HZ_E_INVALID, _("its columns are not what its text and signature say"));
    rc = audit_signer_known(a, s->signer.key[0].fingerprint, s->size, &known, err);
    if (rc == HZ_OK && !known && !a->broken) /* behind a break nobody knows who was added */
        return hz_error_set(err, HZ_E_INVALID, _("it is signed by %s, who may not"), s->signer.key[0].fingerprint);
    return rc;
}

int audit_signer_known(struct audit *a, const char *fingerprint, uint64_t size, bool *known, struct hz_error *err)
{
    HZ_CLEANUP(query_close) struct query q;

    /* The entry that ends a key is the last one that it may seal. */
    query_open(&q, a->scratch,
               "SELECT 1 FROM person WHERE key = ?1 AND checkpoint_signer = 1 AND entry < ?2"
               " AND NOT EXISTS (SELECT 1 FROM ended WHERE ended.key = ?1 AND ended.entry + 1 < ?2)");
    query_text(&q, 1, fingerprint);
    query_int(&q, 2, size);
    return query_row(&q, known, err);
}

int audit_walk_begin(struct audit *a, struct audit_walk *w, struct hz_error *err)
{
    int rc = r_hash_open(&w->hash, R_SHA256, err);

    r_merkle_begin(&w->tree);
    query_open(&w->rows, a->store, "SELECT size, text, keyid, signature FROM checkpoint ORDER BY size, keyid");
    return rc == HZ_OK ? query_row(&w->rows, &w->row, err) : rc;
}

void audit_walk_end(struct audit_walk *w)
{
    query_close(&w->rows);
    r_hash_close(&w->hash);
}

static void good(struct audit *a, uint64_t size)
{
    a->checkpoints++;
    a->covered = size;
    for (size_t i = 0; i < a->outside_count; i++)
        if (a->outside[i].known.stated.size == size)
            a->outside[i].twin = true;
}

uint64_t audit_suspect(const struct audit *a, uint64_t good, uint64_t size)
{
    uint64_t first = good;
    bool found = false;

    for (size_t i = 0; i < a->finding_count; i++) {
        const struct audit_finding *f = &a->findings[i];
        if (f->has_entry && f->entry >= good && f->entry < size && (!found || f->entry < first)) {
            first = f->entry;
            found = true;
        }
    }
    return first;
}

/* The present row is about a size that the log has reached. */
static int judge(struct audit *a, const struct audit_walk *w, const unsigned char *root, struct hz_error *err)
{
    struct stored s;
    int rc = read_stored(a, &w->rows, &s, err);

    if (rc == HZ_OK && memcmp(s.stated.root, root, sizeof s.stated.root) == 0) {
        good(a, s.size);
        return HZ_OK;
    }
    if (rc == HZ_OK) {
        audit_find(a, "checkpoint-inconsistent", audit_suspect(a, a->covered, s.size),
                   _("the log is not the one that %s signed at size %" PRIu64), s.signer.key[0].fingerprint, s.size);
        return HZ_OK;
    }
    if (rc != HZ_E_INVALID && rc != HZ_E_FORMAT)
        return rc;
    audit_find(a, "checkpoint-inconsistent", a->covered, _("the checkpoint of size %" PRIu64 " does not hold: %s"),
               query_get_int(&w->rows, 0), err->text);
    return HZ_OK;
}

static void reach_outside(struct audit *a, const unsigned char *root)
{
    for (size_t i = 0; i < a->outside_count; i++)
        if (a->outside[i].known.stated.size == a->size) {
            a->outside[i].reached = true;
            memcpy(a->outside[i].root, root, sizeof a->outside[i].root);
        }
}

static bool outside_waits(const struct audit *a)
{
    for (size_t i = 0; i < a->outside_count; i++)
        if (a->outside[i].known.stated.size == a->size)
            return true;
    return false;
}

/* A damaged page among the checkpoints ends them. */
static int next(struct audit *a, struct audit_walk *w, struct hz_error *err)
{
    int rc = query_row(&w->rows, &w->row, err);

    if (rc != HZ_E_FORMAT)
        return rc;
    w->row = false;
    audit_find(a, "checkpoint-inconsistent", a->covered, "%s", err->text);
    return HZ_OK;
}

int audit_walk_at(struct audit *a, struct audit_walk *w, struct hz_error *err)
{
    unsigned char root[R_SHA256_SIZE];
    int rc = HZ_OK;

    /* Behind a gap the tree is not the log's; and a gap is a finding already. */
    if (a->gap || !((w->row && query_get_int(&w->rows, 0) <= a->size) || outside_waits(a)))
        return HZ_OK;
    r_merkle_root(&w->tree, &w->hash, root);
    reach_outside(a, root);
    while (rc == HZ_OK && w->row && query_get_int(&w->rows, 0) <= a->size) {
        rc = judge(a, w, root, err);
        if (rc == HZ_OK)
            rc = next(a, w, err);
    }
    return rc;
}

static int judge_larger(struct audit *a, struct audit_walk *w, struct hz_error *err)
{
    struct stored s;
    int rc = read_stored(a, &w->rows, &s, err);

    if (rc == HZ_OK)
        audit_find(a, "rollback", a->size, _("%s signed a log of %" PRIu64 " entries; it has %" PRIu64 " now"),
                   s.signer.key[0].fingerprint, s.size, a->size);
    else if (rc == HZ_E_INVALID || rc == HZ_E_FORMAT)
        audit_find(a, "checkpoint-inconsistent", a->covered, _("the checkpoint of size %" PRIu64 " does not hold: %s"),
                   query_get_int(&w->rows, 0), err->text);
    else
        return rc;
    return next(a, w, err);
}

int audit_walk_rest(struct audit *a, struct audit_walk *w, struct hz_error *err)
{
    int rc = HZ_OK;

    while (rc == HZ_OK && w->row && !a->gap)
        rc = judge_larger(a, w, err);
    return rc == HZ_OK ? audit_outside_judge(a, err) : rc;
}
