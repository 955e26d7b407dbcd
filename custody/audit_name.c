#include "base/lang.h"
#include "base/text.h"
#include "custody/attribution.h"
#include "custody/audit_part.h"
#include "custody/known.h"

#define TEXT_MAX ((size_t)6 * R_LEDGER_LINE_MAX)

static struct r_person person_of(const struct known_key *k)
{
    return (struct r_person) {
        .name = k->name, .title = k->title, .organisation = k->organisation, .role = k->role, .contact = k->contact
    };
}

static void tell(const struct r_person *known, const struct r_person *stated, struct buf *text)
{
    HZ_CLEANUP(buf_free) struct buf says = BUF_INIT(TEXT_MAX);

    attribution_text(stated, &says);
    buf_printf(text, _("the key %s is that of %s in this ledger; the statement says of its signer: %s"), stated->key,
               known->name, buf_text(&says) != NULL ? (const char *)says.data : "");
}

/* A key that the ledger does not know: whom the offer that the statement answers names. */
static int look_at_offer(struct audit *a, const struct r_statement *st, struct buf *text, struct hz_error *err)
{
    HZ_CLEANUP(offering_entry_free) struct offering_entry offer = { 0 };
    struct r_person actor = st->actor;
    bool other = false;
    int rc = attribution_offered(a->told, a->store, st, &offer, &actor, &other, err);

    if (rc == HZ_OK && other)
        tell(&actor, &st->actor, text);
    return rc == HZ_OK ? buf_check(text, err) : rc;
}

/* Persons stand in scratch in any case; statements and entries of before where a->told says. */
int audit_name(struct audit *a, const struct r_statement *st, struct buf *text, struct hz_error *err)
{
    const struct known_key *k = NULL;
    struct r_person actor = st->actor, known = st->body.person;
    int rc = st->type == R_STATEMENT_GENESIS ? HZ_OK : known_key(a->scratch, st->actor.key, &k, err);

    if (rc == HZ_OK && k != NULL && !k->known)
        return look_at_offer(a, st, text, err);
    if (rc == HZ_OK && k != NULL)
        known = person_of(k);
    if (rc == HZ_OK && attribution_put(st, &known, &actor))
        tell(&actor, &st->actor, text);
    return rc == HZ_OK ? buf_check(text, err) : rc;
}

/* A key that the ledger does not know, under the name of somebody whom it knows with another one. */
static int tell_namesake(struct audit *a, const struct r_person *to, struct buf *text, struct hz_error *err)
{
    HZ_CLEANUP(query_close) struct query q;
    bool row = false;
    int rc;

    query_open(&q, a->scratch, "SELECT key FROM person WHERE name = ?1 ORDER BY entry LIMIT 1");
    query_text(&q, 1, to->name);
    rc = query_row(&q, &row, err);
    if (rc == HZ_OK && row)
        buf_printf(text,
                   _("the key %s, which the ledger does not know, is named as that of %s, whom it knows with the key "
                     "%s"),
                   to->key, to->name, query_get_text(&q, 0));
    return rc;
}

int audit_name_receiver(struct audit *a, const struct r_statement *st, struct buf *text, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf says = BUF_INIT(TEXT_MAX);
    const struct known_key *k = NULL;
    struct r_person to = st->body.to, known;
    int rc;

    if (!to.present || to.key == NULL)
        return HZ_OK;
    rc = known_key(a->scratch, to.key, &k, err);
    if (rc == HZ_OK && !k->known)
        rc = tell_namesake(a, &to, text, err);
    if (rc != HZ_OK || !k->known)
        return rc == HZ_OK ? buf_check(text, err) : rc;
    known = person_of(k);
    if (!attribution_put_receiver(&known, &to))
        return HZ_OK;
    attribution_text(&st->body.to, &says);
    buf_printf(text, _("the key %s is that of %s in this ledger; the statement says of whom it names: %s"), to.key,
               known.name, buf_text(&says) != NULL ? (const char *)says.data : "");
    return buf_check(text, err);
}
