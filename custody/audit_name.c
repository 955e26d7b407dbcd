#include "base/lang.h"
#include "custody/attribution.h"
#include "custody/audit_part.h"
#include "custody/known.h"

static void tell(const struct r_person *known, const struct r_person *stated, struct buf *text)
{
    HZ_CLEANUP(buf_free) struct buf says = BUF_INIT((size_t)6 * R_LEDGER_LINE_MAX);

    attribution_text(stated, &says);
    buf_printf(text, _("the key %s is that of %s in this ledger; the statement says of its signer: %s"), stated->key,
               known->name, buf_text(&says) != NULL ? (const char *)says.data : "");
}

/* Persons stand in scratch in any case; statements and entries of before where a->told says. */
int audit_name(struct audit *a, const struct r_statement *st, struct buf *text, struct hz_error *err)
{
    HZ_CLEANUP(offering_entry_free) struct offering_entry offer = { 0 };
    const struct known_key *k = NULL;
    struct r_person actor = st->actor, known = st->body.person;
    bool other = false;
    int rc = HZ_OK;

    if (st->type != R_STATEMENT_GENESIS) {
        rc = known_key(a->scratch, st->actor.key, &k, err);
        if (rc == HZ_OK && !k->known)
            rc = attribution_offered(a->told, a->store, st, &offer, &actor, &other, err);
        if (rc != HZ_OK)
            return rc;
        known = (struct r_person) {
            .name = k->name, .title = k->title, .organisation = k->organisation, .role = k->role, .contact = k->contact
        };
    }
    if (k == NULL || k->known)
        other = attribution_put(st, &known, &actor);
    if (other)
        tell(&actor, &st->actor, text);
    return buf_check(text, err);
}
