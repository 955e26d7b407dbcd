#include "base/lang.h"
#include "formats/read/ledger_body.h"

#define AT(member) offsetof(struct r_person, member)

static const struct r_ledger_member members[] = {
    { .key = "checkpoint_signer", .kind = R_LEDGER_FLAG, .offset = AT(checkpoint_signer) },
    { .key = "contact", .kind = R_LEDGER_LINE, .offset = AT(contact) },
    { .key = "key", .kind = R_LEDGER_KEY, .offset = AT(key) },
    { .key = "name", .kind = R_LEDGER_LINE, .offset = AT(name) },
    { .key = "organisation", .kind = R_LEDGER_LINE, .offset = AT(organisation) },
    { .key = "public_key", .kind = R_LEDGER_LINE, .offset = AT(public_key) },
    { .key = "role", .kind = R_LEDGER_LINE, .offset = AT(role) },
    { .key = "title", .kind = R_LEDGER_LINE, .offset = AT(title) },
    { .key = "valid_from", .kind = R_LEDGER_WHEN, .offset = AT(valid_from) },
    { .key = "valid_until", .kind = R_LEDGER_WHEN, .offset = AT(valid_until) },
};

static const struct r_ledger_object object = { members, sizeof members / sizeof members[0], NULL };

static const char *const shapes[] = {
    [R_LEDGER_ACTOR] = "contact? key name organisation? role? title?",
    [R_LEDGER_RECEIVER] = "contact? key name organisation? public_key role? title?",
    [R_LEDGER_ADDED] = "checkpoint_signer contact? key name organisation? public_key role? title? valid_from? "
                       "valid_until?",
    [R_LEDGER_PARTY] = "contact? key? name organisation? role? title?",
};

bool r_ledger_person_read(struct r_json *j, struct r_ledger_text *text, enum r_ledger_person_form form,
                          struct r_person *out)
{
    struct r_person p = { .present = true };

    if (!r_ledger_member_read(j, text, &object, shapes[form], &p, NULL))
        return false;
    if (p.public_key != NULL && !r_ledger_text_key_has(p.public_key, p.key))
        return r_json_fail(j, N_("a public key does not have the fingerprint beside it"));
    if (p.valid_from.text != NULL && p.valid_until.text != NULL && stamp_compare(p.valid_until.at, p.valid_from.at) < 0)
        return r_json_fail(j, N_("a key is valid until a time before the one from which it is"));
    *out = p;
    return true;
}
