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
    struct r_person known = st->actor;
    bool other = false;
    int rc = HZ_OK;

    if (st->type == R_STATEMENT_GENESIS)
        known = st->body.person;
    else
        rc = known_key(a->scratch, st->actor.key, &k, err);
    if (rc == HZ_OK && k != NULL && !k->known)
        rc = attribution_offered(a->told, a->store, st, &offer, &known, &other, err);
    if (rc != HZ_OK)
        return rc;
    if (k != NULL && k->known) {
        known.name = k->name;
        known.title = k->title;
        known.organisation = k->organisation;
        known.role = k->role;
        known.contact = k->contact;
    }
    if (other || ((k == NULL || k->known) && attribution_is_other(&st->actor, &known)))
        tell(&known, &st->actor, text);
    return buf_check(text, err);
}
