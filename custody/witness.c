#include "custody/witness.h"

#include <string.h>

#include "base/lang.h"

const char *witness_word(enum witness_standing standing)
{
    static const char *const words[] = { "first-seen", "verified", "unproved", "contradicts" };

    return words[standing];
}

static bool is_by(const struct outside *o, const char *keyid)
{
    for (size_t i = 0; i < o->signers.count; i++)
        if (strcmp(o->signers.key[i].keyid, keyid) == 0)
            return true;
    return false;
}

/* One kept checkpoint. A contradiction outweighs everything. */
static int compare_one(const struct outside *o, const struct query *q, struct witness_known *known,
                       struct hz_error *err)
{
    const char *text = query_get_text(q, 0);
    struct r_checkpoint kept;
    int rc = r_checkpoint_parse(&kept, text, strlen(text), err);

    if (rc != HZ_OK)
        return rc;
    if (kept.size > known->size)
        known->size = kept.size;
    known->same_signer = known->same_signer || is_by(o, query_get_text(q, 1));
    if (known->standing == WITNESS_CONTRADICTS)
        return HZ_OK;
    if (kept.size == o->stated.size && memcmp(kept.root, o->stated.root, sizeof kept.root) != 0) {
        known->standing = WITNESS_CONTRADICTS;
        known->entry = query_get_int(q, 2);
    } else if (r_travel_continues(&o->stated, &o->since, &kept)) {
        known->standing = WITNESS_VERIFIED;
    } else if (known->standing == WITNESS_FIRST) {
        known->standing = WITNESS_UNPROVED;
    }
    return HZ_OK;
}

int witness_compare(struct store *s, const struct outside *o, struct witness_known *out, struct hz_error *err)
{
    HZ_CLEANUP(query_close) struct query q;
    struct witness_known known = { .standing = WITNESS_FIRST };
    bool row = true;
    int rc;

    query_open(&q, s, "SELECT text, keyid, entry FROM witness WHERE ledger = ?1 ORDER BY size, entry");
    query_text(&q, 1, o->stated.ledger);
    for (rc = query_row(&q, &row, err); rc == HZ_OK && row; rc = query_row(&q, &row, err)) {
        rc = compare_one(o, &q, &known, err);
        if (rc != HZ_OK)
            return rc;
    }
    if (rc == HZ_OK)
        *out = known;
    return rc;
}

int witness_file(const struct outside *o, struct buf *out, struct hz_error *err)
{
    const char *armour[R_ENTRY_SIGNATURES];
    struct w_proof proof;
    struct w_offer_head head = outside_head(o, armour);
    struct w_offer_since since = outside_since(o, &proof);

    if (head.signature_count == 0)
        return hz_error_set(err, HZ_E_FORMAT, _("%s: no signature (%s.<keyid>.sshsig) lies beside it"), o->path,
                            o->path);
    return w_offer_proof_build(&head, &since, out, err);
}
