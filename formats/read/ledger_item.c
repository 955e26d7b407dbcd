#include "formats/read/ledger_item.h"

#include <assert.h>
#include <string.h>

#include "base/lang.h"

/* An absent digest is the empty string here. */
static void set_digest(char out[R_SHA256_HEX], const char *text)
{
    out[0] = '\0';
    if (text != NULL)
        memcpy(out, text, R_SHA256_HEX);
}

static void set_key(char out[R_LEDGER_FINGERPRINT], const char *text)
{
    out[0] = '\0';
    if (text != NULL)
        memcpy(out, text, R_LEDGER_FINGERPRINT);
}

static bool same(const char *known, const char *stated)
{
    return strcmp(known, stated == NULL ? "" : stated) == 0;
}

static int refuse(struct hz_error *err, const char *why)
{
    return hz_error_set(err, HZ_E_DENIED, "%s", lang_text(why));
}

enum r_ledger_state r_ledger_item_state(const struct r_ledger_item *item, struct stamp at)
{
    if (item->state == R_LEDGER_OFFERED && stamp_compare(item->expires, at) < 0)
        return R_LEDGER_HELD;
    return item->state;
}

static int apply_intake(struct r_ledger_item *item, const struct r_statement *s, struct hz_error *err)
{
    if (item->state != R_LEDGER_NONE)
        return refuse(err, N_("the item is in this ledger already"));
    item->state = R_LEDGER_HELD;
    set_key(item->custodian, s->actor.key);
    set_digest(item->moved, s->digest);
    set_digest(item->content_id, s->content_id);
    set_digest(item->file_sha256, s->file_sha256);
    return HZ_OK;
}

static int apply_offer(struct r_ledger_item *item, const struct r_statement *s, struct stamp at, struct hz_error *err)
{
    switch (r_ledger_item_state(item, at)) {
    case R_LEDGER_NONE:
        return refuse(err, N_("the item was never taken in"));
    case R_LEDGER_OFFERED:
        return refuse(
            err,
            N_("an earlier offer of the item is still open; it ends when its receipt is recorded, or when it expires"));
    case R_LEDGER_DISPUTED:
        return refuse(err, N_("custody of the item is disputed"));
    case R_LEDGER_HELD:
        break;
    }
    if (!same(item->custodian, s->actor.key))
        return refuse(err, N_("only the custodian can offer the item"));
    if (same(s->actor.key, s->body.to.key))
        return refuse(err, N_("an offer to oneself is no handoff"));
    if (!same(item->moved, s->previous))
        return refuse(err, N_("the offer does not follow the item's latest change of custody"));
    if (!same(item->content_id, s->content_id) || !same(item->file_sha256, s->file_sha256))
        return refuse(err, N_("the offer names other digests than those of the item"));
    item->state = R_LEDGER_OFFERED;
    set_digest(item->offer, s->digest);
    set_key(item->offered_to, s->body.to.key);
    item->expires = s->body.expires.at;
    return HZ_OK;
}

/* Acceptance and decline: by the receiver, of the offer that was made last and not answered yet. */
static int check_answer(const struct r_ledger_item *item, const struct r_statement *s, struct hz_error *err)
{
    if (item->state != R_LEDGER_OFFERED || !same(item->offer, s->previous))
        return refuse(err,
                      N_("the offer it answers is not open: it was answered before, or a later one took its place"));
    if (!same(item->offered_to, s->actor.key))
        return refuse(err, N_("it is not signed by the person to whom the item was offered"));
    return HZ_OK;
}

static int apply_acceptance(struct r_ledger_item *item, const struct r_statement *s, struct stamp at,
                            struct hz_error *err)
{
    int rc = check_answer(item, s, err);

    if (rc != HZ_OK)
        return rc;
    if (stamp_compare(item->expires, s->time) < 0)
        return refuse(err, N_("it was accepted after the offer had expired"));
    if (!same(item->content_id, s->content_id) || !same(item->file_sha256, s->file_sha256))
        return refuse(err, N_("the acceptance names other digests than those offered"));
    item->state = stamp_compare(item->expires, at) < 0 ? R_LEDGER_DISPUTED : R_LEDGER_HELD;
    if (item->state == R_LEDGER_HELD) {
        set_key(item->custodian, s->actor.key);
        set_digest(item->moved, s->digest);
    }
    set_digest(item->offer, NULL);
    set_key(item->offered_to, NULL);
    return HZ_OK;
}

static int apply_decline(struct r_ledger_item *item, const struct r_statement *s, struct hz_error *err)
{
    int rc = check_answer(item, s, err);

    if (rc != HZ_OK)
        return rc;
    item->state = R_LEDGER_HELD;
    set_digest(item->offer, NULL);
    set_key(item->offered_to, NULL);
    return HZ_OK;
}

int r_ledger_item_apply(struct r_ledger_item *item, const struct r_statement *s, struct stamp recorded_at,
                        struct hz_error *err)
{
    switch (s->type) {
    case R_STATEMENT_INTAKE:
        return apply_intake(item, s, err);
    case R_STATEMENT_OFFER:
        return apply_offer(item, s, recorded_at, err);
    case R_STATEMENT_ACCEPTANCE:
        return apply_acceptance(item, s, recorded_at, err);
    case R_STATEMENT_DECLINE:
        return apply_decline(item, s, err);
    default:
        assert(!"a statement without an item");
        return refuse(err, N_("the item was never taken in"));
    }
}
