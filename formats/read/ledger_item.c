#include "formats/read/ledger_item.h"

#include <assert.h>
#include <string.h>

#include "base/lang.h"
#include "formats/read/ledger_copy.h"

#define SET(field, text) r_ledger_copy_set(field, sizeof field, text)

static int refuse(struct hz_error *err, const char *why)
{
    return r_ledger_copy_refuse(err, why);
}

/* An absent digest is the empty string here. */
static bool same(const char *known, const char *stated)
{
    return strcmp(known, stated == NULL ? "" : stated) == 0;
}

enum r_ledger_state r_ledger_item_state(const struct r_ledger_item *item, struct stamp at)
{
    if ((item->state == R_LEDGER_OFFERED || item->state == R_LEDGER_TRANSIT) && stamp_compare(item->expires, at) < 0)
        return R_LEDGER_HELD;
    return item->state;
}

const char *r_ledger_item_copy(const struct r_statement *s)
{
    switch (s->type) {
    case R_STATEMENT_INTAKE:
    case R_STATEMENT_ACCEPTANCE:
        return R_LEDGER_ORIGINAL;
    case R_STATEMENT_COPY:
    case R_STATEMENT_CHECKOUT:
    case R_STATEMENT_RETURN:
    case R_STATEMENT_MOVE:
    case R_STATEMENT_RECHECK:
    case R_STATEMENT_RESOLUTION:
    case R_STATEMENT_DESTRUCTION:
    case R_STATEMENT_FIXITY:
        return s->body.copy != NULL ? s->body.copy : R_LEDGER_ORIGINAL;
    default:
        return NULL;
    }
}

/* Whoever holds the item from now on. What was offered or planned before is over. */
static void hold_by(struct r_ledger_step *step, const char *key)
{
    struct r_ledger_item *item = &step->item;

    item->state = R_LEDGER_HELD;
    SET(item->custodian, key);
    SET(item->moved, step->s->digest);
    SET(item->offer, NULL);
    SET(item->offered_to, NULL);
    SET(item->dispute, NULL);
    SET(item->plan, NULL);
}

/* It comes back from another ledger, offered there by whom this one knows as its custodian. */
static int apply_homecoming(struct r_ledger_step *step, struct hz_error *err)
{
    const struct r_ledger_item *item = &step->item;
    const char *releaser = step->facts.releaser;

    if (releaser[0] == '\0' || !same(item->custodian, releaser))
        return refuse(err, N_("the item is in this ledger already"));
    if (!same(item->content_id, step->s->content_id) || !same(item->file_sha256, step->s->file_sha256))
        return refuse(err, N_("the item comes back with other digests than it has in this ledger"));
    if (step->facts.released_before)
        return refuse(err, N_("the offer inside was taken up by an earlier intake: custody has moved since"));
    if (stamp_compare(step->facts.released_until, step->at) < 0)
        return refuse(err, N_("the offer inside has expired meanwhile"));
    hold_by(step, step->s->actor.key);
    r_ledger_copy_checked(step);
    return HZ_OK;
}

static int apply_intake(struct r_ledger_step *step, struct hz_error *err)
{
    if (step->item.state != R_LEDGER_NONE)
        return apply_homecoming(step, err);
    hold_by(step, step->s->actor.key);
    SET(step->item.content_id, step->s->content_id);
    SET(step->item.file_sha256, step->s->file_sha256);
    r_ledger_copy_intake(step);
    return HZ_OK;
}

static int apply_offer(struct r_ledger_step *step, struct hz_error *err)
{
    const struct r_statement *s = step->s;
    struct r_ledger_item *item = &step->item;

    if (same(s->actor.key, s->body.to.key))
        return refuse(err, N_("an offer to oneself is no handoff"));
    if (!same(item->content_id, s->content_id) || !same(item->file_sha256, s->file_sha256))
        return refuse(err, N_("the offer names other digests than those of the item"));
    item->state = R_LEDGER_OFFERED;
    SET(item->offer, s->digest);
    SET(item->offered_to, s->body.to.key);
    item->expires = s->body.expires.at;
    return HZ_OK;
}

static int apply_courier(struct r_ledger_step *step, struct hz_error *err)
{
    (void)err;
    step->item.state = R_LEDGER_TRANSIT;
    return HZ_OK;
}

/* The offer stays in mind: an acceptance may be on its way. */
static int apply_withdrawal(struct r_ledger_step *step, struct hz_error *err)
{
    (void)err;
    step->item.state = R_LEDGER_HELD;
    return HZ_OK;
}

/* Acceptance and decline: by the receiver, of the offer that was made last and not answered yet. */
static int check_answer(const struct r_ledger_step *step, struct hz_error *err)
{
    const struct r_ledger_item *item = &step->item;

    if (item->offer[0] == '\0' || !same(item->offer, step->s->previous))
        return refuse(err,
                      N_("the offer it answers is not open: it was answered before, or a later one took its place"));
    if (!same(item->offered_to, step->s->actor.key))
        return refuse(err, N_("it is not signed by the person to whom the item was offered"));
    return HZ_OK;
}

static int apply_acceptance(struct r_ledger_step *step, struct hz_error *err)
{
    const struct r_statement *s = step->s;
    struct r_ledger_item *item = &step->item;
    int rc = check_answer(step, err);

    if (rc != HZ_OK)
        return rc;
    if (stamp_compare(item->expires, s->time) < 0)
        return refuse(err, N_("it was accepted after the offer had expired"));
    if (!same(item->content_id, s->content_id) || !same(item->file_sha256, s->file_sha256))
        return refuse(err, N_("the acceptance names other digests than those offered"));
    if (item->state != R_LEDGER_HELD && stamp_compare(item->expires, step->at) >= 0) {
        hold_by(step, s->actor.key);
    } else {
        item->state = R_LEDGER_DISPUTED;
        SET(item->dispute, s->digest);
        SET(item->offer, NULL);
        SET(item->plan, NULL);
    }
    r_ledger_copy_checked(step);
    return HZ_OK;
}

static int apply_decline(struct r_ledger_step *step, struct hz_error *err)
{
    int rc = check_answer(step, err);

    if (rc != HZ_OK)
        return rc;
    step->item.state = R_LEDGER_HELD;
    SET(step->item.offer, NULL);
    SET(step->item.offered_to, NULL);
    return HZ_OK;
}

static int apply_settlement(struct r_ledger_step *step, struct hz_error *err)
{
    const char *custodian = step->s->body.custodian;

    if (!step->facts.custodian_signed || !step->facts.claimant_signed)
        return refuse(err, N_("a settlement is signed by both who dispute the custody"));
    if (!same(step->item.custodian, custodian) && !same(step->item.offered_to, custodian))
        return refuse(err, N_("a settlement leaves custody with one of the two who dispute it"));
    hold_by(step, custodian);
    return HZ_OK;
}

static int apply_reassign(struct r_ledger_step *step, struct hz_error *err)
{
    const struct r_ledger_facts *facts = &step->facts;

    if (!facts->custodian_revoked && !(step->item.state == R_LEDGER_DISPUTED && facts->claimant_revoked))
        return refuse(err, N_("the custodian's key was not revoked: custody moves by an offer"));
    if (!facts->receiver_known)
        return refuse(err, N_("the ledger does not know the person who is to be custodian"));
    hold_by(step, step->s->body.to.key);
    return HZ_OK;
}

static int apply_hold(struct r_ledger_step *step, struct hz_error *err)
{
    if (step->facts.hold_used)
        return refuse(err, N_("the item has a hold of this id already"));
    SET(step->item.plan, NULL);
    return HZ_OK;
}

static int apply_lift(struct r_ledger_step *step, struct hz_error *err)
{
    if (!step->facts.hold_open)
        return refuse(err, N_("the item has no hold of this id in force"));
    return HZ_OK;
}

static int apply_plan(struct r_ledger_step *step, struct hz_error *err)
{
    (void)err;
    SET(step->item.plan, step->s->digest);
    return HZ_OK;
}

/* Nothing is held any more. */
static int end_as(struct r_ledger_step *step, enum r_ledger_state state)
{
    step->item.state = state;
    SET(step->item.plan, NULL);
    SET(step->item.offer, NULL);
    SET(step->item.offered_to, NULL);
    return HZ_OK;
}

static int apply_disposal(struct r_ledger_step *step, struct hz_error *err)
{
    if (step->facts.out > 0)
        return refuse(err, N_("a copy of the item is checked out; it must be returned first"));
    return end_as(step, R_LEDGER_DISPOSED);
}

static int apply_owner_return(struct r_ledger_step *step, struct hz_error *err)
{
    (void)err;
    return end_as(step, R_LEDGER_RETURNED);
}

static int apply_nothing(struct r_ledger_step *step, struct hz_error *err)
{
    (void)step;
    (void)err;
    return HZ_OK;
}

#define IN(state) (1U << R_LEDGER_##state)
#define KEPT (IN(HELD) | IN(OFFERED) | IN(TRANSIT))
#define LIVING (KEPT | IN(DISPUTED))
#define TAKEN_IN (LIVING | IN(DISPOSED) | IN(RETURNED))

struct rule {
    unsigned states;   /* in which it is possible; an offer that has expired counts no more */
    bool by_custodian; /* only they can */
    bool no_hold;      /* a hold forbids it */
    enum { NOTHING, MOVED, OFFER, DISPUTE, PLAN, OWN } previous;
    int (*apply)(struct r_ledger_step *step, struct hz_error *err);
};

/* Answers find their offer themselves, expired or withdrawn as it may be. */
static const struct rule rules[R_STATEMENT_TYPES] = {
    [R_STATEMENT_NOTE] = { TAKEN_IN, false, false, NOTHING, apply_nothing },
    [R_STATEMENT_PHOTOGRAPH] = { TAKEN_IN, false, false, NOTHING, apply_nothing },
    [R_STATEMENT_INTAKE] = { IN(NONE) | IN(HELD), false, false, OWN, apply_intake },
    [R_STATEMENT_OFFER] = { IN(HELD), true, false, MOVED, apply_offer },
    [R_STATEMENT_COURIER] = { IN(OFFERED), true, false, OFFER, apply_courier },
    [R_STATEMENT_WITHDRAWAL] = { IN(OFFERED) | IN(TRANSIT), true, false, OFFER, apply_withdrawal },
    [R_STATEMENT_ACCEPTANCE] = { KEPT, false, false, OWN, apply_acceptance },
    [R_STATEMENT_DECLINE] = { KEPT, false, false, OWN, apply_decline },
    [R_STATEMENT_SETTLEMENT] = { IN(DISPUTED), false, false, DISPUTE, apply_settlement },
    [R_STATEMENT_REASSIGN] = { LIVING, false, false, MOVED, apply_reassign },
    [R_STATEMENT_COPY] = { KEPT, true, false, NOTHING, r_ledger_copy_add },
    [R_STATEMENT_CHECKOUT] = { KEPT, true, false, NOTHING, r_ledger_copy_checkout },
    [R_STATEMENT_RETURN] = { KEPT, true, false, NOTHING, r_ledger_copy_return },
    [R_STATEMENT_MOVE] = { KEPT, true, false, NOTHING, r_ledger_copy_move },
    [R_STATEMENT_RECHECK] = { LIVING, false, false, NOTHING, r_ledger_copy_recheck },
    [R_STATEMENT_FIXITY] = { LIVING, false, false, NOTHING, r_ledger_copy_fixity },
    [R_STATEMENT_RESOLUTION] = { LIVING, true, false, NOTHING, r_ledger_copy_resolve },
    [R_STATEMENT_DESTRUCTION] = { IN(HELD), true, true, NOTHING, r_ledger_copy_destroy },
    [R_STATEMENT_HOLD] = { LIVING, false, false, NOTHING, apply_hold },
    [R_STATEMENT_LIFT] = { LIVING, false, false, NOTHING, apply_lift },
    [R_STATEMENT_DISPOSAL_PLAN] = { IN(HELD), true, true, MOVED, apply_plan },
    [R_STATEMENT_DISPOSAL] = { IN(HELD), true, true, PLAN, apply_disposal },
    [R_STATEMENT_OWNER_RETURN] = { IN(HELD), true, true, MOVED, apply_owner_return },
};

static int refuse_state(enum r_ledger_state state, const struct r_statement *s, struct hz_error *err)
{
    if (state != R_LEDGER_NONE && s->type == R_STATEMENT_INTAKE)
        return refuse(err, N_("the item is in this ledger already"));
    switch (state) {
    case R_LEDGER_NONE:
        return refuse(err, N_("the item was never taken in"));
    case R_LEDGER_HELD:
        if (s->type == R_STATEMENT_SETTLEMENT)
            return refuse(err, N_("custody of the item is not disputed"));
        return refuse(err, N_("no offer of the item is open"));
    case R_LEDGER_OFFERED:
    case R_LEDGER_TRANSIT:
        if (s->type == R_STATEMENT_SETTLEMENT)
            return refuse(err, N_("custody of the item is not disputed"));
        if (s->type == R_STATEMENT_COURIER)
            return refuse(err, N_("the item was given to a courier already"));
        return refuse(
            err,
            N_("an earlier offer of the item is still open; it ends when its receipt is recorded, or when it expires"));
    case R_LEDGER_DISPUTED:
        return refuse(err, N_("custody of the item is disputed"));
    case R_LEDGER_DISPOSED:
        return refuse(err, N_("the item was disposed of"));
    case R_LEDGER_RETURNED:
        return refuse(err, N_("the item was returned to its owner"));
    }
    return refuse(err, N_("the item was never taken in"));
}

static int refuse_actor(const struct r_statement *s, struct hz_error *err)
{
    if (s->type == R_STATEMENT_OFFER)
        return refuse(err, N_("only the custodian can offer the item"));
    return refuse(err, N_("only the custodian of the item can sign this"));
}

static int check_previous(const struct r_ledger_step *step, const struct rule *rule, struct hz_error *err)
{
    const struct r_ledger_item *item = &step->item;
    const char *previous = step->s->previous;

    switch (rule->previous) {
    case MOVED:
        if (same(item->moved, previous))
            return HZ_OK;
        return refuse(err, step->s->type == R_STATEMENT_OFFER
                               ? N_("the offer does not follow the item's latest change of custody")
                               : N_("it does not follow the item's latest change of custody"));
    case OFFER:
        return same(item->offer, previous) ? HZ_OK : refuse(err, N_("it is not about the item's latest offer"));
    case DISPUTE:
        return same(item->dispute, previous) ? HZ_OK : refuse(err, N_("it is not about the acceptance in dispute"));
    case PLAN:
        if (item->plan[0] != '\0' && same(item->plan, previous))
            return HZ_OK;
        return refuse(err, N_("no plan of disposal is open, or another one is: a hold or a new custodian cancels it"));
    default:
        return HZ_OK;
    }
}

int r_ledger_item_apply(struct r_ledger_item *item, const struct r_statement *s, struct r_ledger_facts *facts,
                        struct stamp recorded_at, struct hz_error *err)
{
    struct r_ledger_step step = { *item, *facts, s, recorded_at };
    const struct rule *rule = &rules[s->type];
    enum r_ledger_state state = r_ledger_item_state(item, recorded_at);
    int rc;

    assert(rule->apply != NULL);
    if ((rule->states & 1U << state) == 0)
        return refuse_state(state, s, err);
    if (rule->by_custodian && !same(item->custodian, s->actor.key))
        return refuse_actor(s, err);
    rc = check_previous(&step, rule, err);
    if (rc == HZ_OK && rule->no_hold && facts->holds > 0)
        return refuse(err, N_("the item is on hold; two persons can lift it"));
    if (rc == HZ_OK)
        rc = rule->apply(&step, err);
    if (rc != HZ_OK)
        return rc;
    *item = step.item;
    *facts = step.facts;
    return HZ_OK;
}
