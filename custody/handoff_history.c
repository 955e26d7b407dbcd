#include <inttypes.h>
#include <string.h>

#include "base/lang.h"
#include "custody/handoff.h"
#include "custody/project_node.h"

static int contradiction(const struct handoff *h, uint64_t size, struct hz_error *err)
{
    return hz_error_set(err, HZ_E_INVALID,
                        _("the offer's checkpoint contradicts what is known of ledger %.16s... at size %" PRIu64
                          ": its history was changed. Keep both, and do not accept"),
                        h->offer.checkpoint.ledger, size);
}

/* The offering ledger is here: its log decides. */
static int check_same(const struct handoff *h, struct store *s, const struct head *head, struct hz_error *err)
{
    struct w_proof_tree tree = project_tree(s);
    unsigned char root[W_DIGEST_SIZE];
    int rc;

    if (h->offer.checkpoint.size > head->size)
        return contradiction(h, head->size, err);
    rc = w_proof_root(&tree, h->offer.checkpoint.size, root, err);
    if (rc == HZ_OK && memcmp(root, h->offer.checkpoint.root, sizeof root) != 0)
        return contradiction(h, h->offer.checkpoint.size, err);
    return rc;
}

/* Is a known checkpoint one that the offer can be held against? */
static bool comparable(const struct r_offer *o, const struct r_checkpoint *known)
{
    return known->size == o->checkpoint.size || (o->since.present && known->size == o->since.from);
}

static int check_other(const struct handoff *h, struct store *s, struct handoff_history *out, struct hz_error *err)
{
    HZ_CLEANUP(query_close) struct query q;
    bool row = true;
    int rc;

    query_open(&q, s, "SELECT DISTINCT text FROM witness WHERE ledger = ?1 ORDER BY size");
    query_text(&q, 1, h->offer.checkpoint.ledger);
    for (rc = query_row(&q, &row, err); rc == HZ_OK && row; rc = query_row(&q, &row, err)) {
        struct r_checkpoint known;
        const char *text = query_get_text(&q, 0);
        rc = r_checkpoint_parse(&known, text, strlen(text), err);
        if (rc != HZ_OK)
            return rc;
        out->known = known.size;
        if (comparable(&h->offer, &known)) {
            if (!r_ledger_offer_continues(&h->offer, &known))
                return contradiction(h, known.size, err);
            out->verified = true;
        }
    }
    return rc;
}

int handoff_check_history(const struct handoff *h, struct store *s, struct handoff_history *out, struct hz_error *err)
{
    struct handoff_history found = { 0 };
    struct head head;
    int rc;

    *out = found;
    if (s == NULL)
        return HZ_OK;
    rc = append_head(s, &head, err);
    if (rc != HZ_OK)
        return rc;
    found.ledger = strcmp(head.ledger, h->offer.checkpoint.ledger) == 0 ? HANDOFF_SAME : HANDOFF_OTHER;
    found.verified = found.ledger == HANDOFF_SAME;
    rc = found.ledger == HANDOFF_SAME ? check_same(h, s, &head, err) : check_other(h, s, &found, err);
    if (rc == HZ_OK)
        *out = found;
    return rc;
}
