#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/lang.h"
#include "custody/audit_part.h"
#include "custody/offering.h"
#include "custody/person.h"

/* By ascending size; takes what was loaded over. */
static void insert(struct audit *a, const struct outside *loaded)
{
    size_t at = a->outside_count++;

    for (; at > 0 && a->outside[at - 1].known.stated.size > loaded->stated.size; at--)
        a->outside[at] = a->outside[at - 1];
    a->outside[at] = (struct audit_outside) { .known = *loaded };
}

static int load(struct audit *a, const char *const *paths, size_t count, bool offers, struct hz_error *err)
{
    for (size_t i = 0; i < count; i++) {
        struct outside loaded;
        int rc = outside_load(&loaded, paths[i], err);
        if (rc != HZ_OK)
            return rc;
        if (offers && loaded.offer[0] == '\0') {
            outside_free(&loaded);
            return hz_error_set(err, HZ_E_FORMAT, _("%s: is neither an offer nor the receipt for one"), paths[i]);
        }
        insert(a, &loaded);
    }
    return HZ_OK;
}

int audit_outside_load(struct audit *a, const struct audit_order *order, struct hz_error *err)
{
    size_t count = order->checkpoint_count + order->offer_count;
    int rc;

    if (count == 0)
        return HZ_OK;
    a->outside = calloc(count, sizeof *a->outside);
    if (a->outside == NULL)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    rc = load(a, order->checkpoints, order->checkpoint_count, false, err);
    return rc == HZ_OK ? load(a, order->offers, order->offer_count, true, err) : rc;
}

/* Is one of its signatures by a checkpoint signer whom the entries name? */
static int is_signed(struct audit *a, const struct outside *o, bool *found, struct hz_error *err)
{
    int rc = HZ_OK;

    *found = false;
    for (size_t i = 0; rc == HZ_OK && i < o->signers.count && !*found; i++)
        rc = audit_signer_known(a, o->signers.key[i].fingerprint, o->stated.size, found, err);
    return rc;
}

static bool differs_from_another(const struct audit *a, const struct outside *o)
{
    for (size_t i = 0; i < a->outside_count; i++) {
        const struct r_checkpoint *other = &a->outside[i].known.stated;
        if (other->size == o->stated.size && strcmp(other->ledger, o->stated.ledger) == 0 &&
            memcmp(other->root, o->stated.root, sizeof other->root) != 0)
            return true;
    }
    return false;
}

/* good: size of the largest one before it that held. What the ledger itself holds may be by the same hand as the
 * change, and does not count here. */
static void compare(struct audit *a, const struct audit_outside *out, uint64_t *good)
{
    const struct outside *o = &out->known;

    if (o->stated.size > a->size) {
        audit_find(a, "rollback", a->size, _("%s is of a log of %" PRIu64 " entries; it has %" PRIu64 " now"), o->path,
                   o->stated.size, a->size);
    } else if (!out->reached) {
        return; /* behind a gap, which is a finding already */
    } else if (memcmp(o->stated.root, out->root, sizeof out->root) == 0) {
        a->checkpoints++;
        *good = o->stated.size;
        if (o->stated.size > a->covered)
            a->covered = o->stated.size;
    } else if (out->twin || differs_from_another(a, o)) {
        audit_find(a, "fork", audit_suspect(a, *good, o->stated.size),
                   _("two different logs of %" PRIu64 " entries were signed: this one and %s"), o->stated.size,
                   o->path);
    } else {
        audit_find(a, "checkpoint-inconsistent", audit_suspect(a, *good, o->stated.size),
                   _("the log is not the one of %s at size %" PRIu64), o->path, o->stated.size);
    }
}

/* entry: the first column, where there is a row; NULL: nobody asks. */
static int has_row(struct store *s, const char *sql, const char *value, bool *row, uint64_t *entry,
                   struct hz_error *err)
{
    HZ_CLEANUP(query_close) struct query q;
    int rc;

    query_open(&q, s, sql);
    query_text(&q, 1, value);
    rc = query_row(&q, row, err);
    if (rc == HZ_OK && *row && entry != NULL)
        *entry = query_get_int(&q, 0);
    return rc;
}

/* Could the log hold this answer to that offer? Else a line says why it cannot be judged. */
static bool is_answer(struct audit *a, const struct outside *o, const struct r_statement *offer)
{
    bool by = strcmp(o->by, offer->body.to.key) == 0;
    bool late = o->accepted && stamp_compare(o->answered, offer->body.expires.at) > 0;

    if (by && !late)
        return true;
    audit_unknown(a,
                  by ? _("%s: accepts after the offer had expired; no ledger holds such an answer")
                     : _("%s: is signed by somebody to whom this was not offered"),
                  o->path);
    return false;
}

/* The answer that somebody holds a receipt of must be in the log, behind the offer. at: the entry of the offer. Who
 * signs two answers to one offer can have one of them recorded: no word about the ledger is in the other. */
static int judge_answer(struct audit *a, const struct outside *o, uint64_t at, struct hz_error *err)
{
    HZ_CLEANUP(offering_entry_free) struct offering_entry offer = { 0 };
    bool there = false;
    uint64_t other;
    int rc = has_row(a->told, "SELECT 1 FROM statement WHERE digest = ?1", o->answer, &there, NULL, err);

    if (rc == HZ_OK && !there)
        rc = offering_at(a->store, at, &offer, err);
    if (rc != HZ_OK || there || !is_answer(a, o, &offer.statement))
        return rc;
    rc = has_row(a->told,
                 "SELECT entry FROM statement WHERE previous = ?1 AND type IN ('acceptance', 'decline')"
                 " ORDER BY entry",
                 o->offer, &there, &other, err);
    if (rc == HZ_OK && there)
        audit_unknown(a, _("%s: entry %" PRIu64 " is another answer to the same offer; both are signed by %s"), o->path,
                      other, o->by);
    else if (rc == HZ_OK)
        audit_find(a, "offer-missing", at,
                   _("the answer to this offer in %s, signed by %s, is not in the log: it was not recorded yet (hozen "
                     "custody record), or was taken out"),
                   o->path, o->by);
    return rc;
}

/* An offer that somebody holds must be in the log. Whose word that is: the ledger's own signer or person, or of a
 * receipt, whoever answered. */
static int judge_offer(struct audit *a, const struct outside *o, bool is_ours, struct hz_error *err)
{
    uint64_t at = o->placed ? o->entry : o->stated.size - 1;
    bool there = true, known = is_ours;
    uint64_t entry = 0;
    int rc;

    if (o->offer[0] == '\0' || a->broken) /* behind a break nothing was looked for */
        return HZ_OK;
    rc = has_row(a->told, "SELECT entry FROM statement WHERE digest = ?1 AND type = 'offer'", o->offer, &there, &entry,
                 err);
    if (rc == HZ_OK && there && o->answer[0] != '\0')
        return judge_answer(a, o, entry, err);
    if (rc == HZ_OK && !there && !known)
        rc = has_row(a->scratch, "SELECT 1 FROM person WHERE key = ?1", o->by, &known, NULL, err);
    if (rc != HZ_OK || there || !known)
        return rc;
    audit_find(a, "offer-missing", at < a->size ? at : a->size,
               o->placed ? _("the offer of %s, signed by %s, is not in the log")
                         : _("the offer that %s answers, signed by %s, is not in the log"),
               o->path, o->by);
    return HZ_OK;
}

int audit_outside_judge(struct audit *a, struct hz_error *err)
{
    uint64_t good = 0;

    for (size_t i = 0; i < a->outside_count; i++) {
        struct audit_outside *o = &a->outside[i];
        bool found;
        int rc;
        if (strcmp(o->known.stated.ledger, a->ledger) != 0) {
            audit_unknown(a, _("%s: is a checkpoint of another ledger"), o->known.path);
            continue;
        }
        rc = is_signed(a, &o->known, &found, err);
        if (rc != HZ_OK)
            return rc;
        if (found)
            compare(a, o, &good);
        else
            audit_unknown(a, _("%s: no signature by a checkpoint signer of this ledger is in it or beside it"),
                          o->known.path);
        rc = judge_offer(a, &o->known, found, err);
        if (rc == HZ_OK && found && o->reached && memcmp(o->known.stated.root, o->root, sizeof o->root) == 0)
            rc = audit_time_outside(a, &o->known, err);
        if (rc != HZ_OK)
            return rc;
    }
    return HZ_OK;
}
