#include "formats/read/ledger_rule.h"

#include <string.h>

#include "base/lang.h"

#define INVALID "record-signature-invalid"

struct rule {
    bool known;             /* the actor is a person of the ledger; else the chain says who may act */
    unsigned persons;       /* known ones, by different keys; the actor counts as one */
    bool checkpoint_signer; /* one of them is */
    int (*also)(const struct r_statement *s, const struct r_ledger_signing *g, const char **code,
                struct hz_error *err); /* what the table cannot say */
};

static int deny(const char **code, const char *which, struct hz_error *err, const char *why)
{
    *code = which;
    return hz_error_set(err, HZ_E_DENIED, "%s", lang_text(why));
}

static const struct r_ledger_signer *signer(const struct r_ledger_signing *g, const char *key)
{
    for (size_t i = 0; i < g->count; i++)
        if (strcmp(g->by[i].key, key) == 0)
            return &g->by[i];
    return NULL;
}

static bool may_sign_checkpoints(const struct r_ledger_signing *g, const char *key)
{
    const struct r_ledger_signer *by = signer(g, key);

    return by != NULL && by->checkpoint_signer;
}

/* Known persons among the signers, the actor counted whether known or not; `but` (may be NULL) is not counted. */
static unsigned persons(const struct r_statement *s, const struct r_ledger_signing *g, const char *but)
{
    unsigned n = 0;

    for (size_t i = 0; i < g->count; i++)
        if ((g->by[i].known || strcmp(g->by[i].key, s->actor.key) == 0) &&
            (but == NULL || strcmp(g->by[i].key, but) != 0))
            n++;
    return n;
}

bool r_ledger_rule_head(const struct r_ledger_signing *g, const char *but)
{
    for (size_t i = 0; i < g->count; i++)
        if (g->by[i].checkpoint_signer && (but == NULL || strcmp(g->by[i].key, but) != 0))
            return true;
    return false;
}

static int genesis(const struct r_statement *s, const struct r_ledger_signing *g, const char **code,
                   struct hz_error *err)
{
    (void)g;
    if (strcmp(s->actor.key, s->body.person.key) != 0)
        return deny(code, "record-altered", err, N_("a ledger begins with the person who signs its genesis statement"));
    return HZ_OK;
}

static int person(const struct r_statement *s, const struct r_ledger_signing *g, const char **code,
                  struct hz_error *err)
{
    const char *added = s->body.person.key;
    bool second = persons(s, g, NULL) + (signer(g, added) != NULL && strcmp(added, s->actor.key) != 0) >= 2;

    if (!may_sign_checkpoints(g, s->actor.key))
        return deny(code, INVALID, err, N_("only a checkpoint signer of the ledger can add a person"));
    if (s->body.person.checkpoint_signer && !second)
        return deny(code, INVALID, err, N_("adding a checkpoint signer needs the signature of a second person"));
    if (g->named.known)
        return deny(code, "record-altered", err, N_("the person's key is in the ledger already"));
    return HZ_OK;
}

static int rotation(const struct r_statement *s, const struct r_ledger_signing *g, const char **code,
                    struct hz_error *err)
{
    const char *key = s->body.person.key;

    if (strcmp(s->body.old, s->actor.key) != 0)
        return deny(code, INVALID, err, N_("a rotation is signed by the owner of the old key"));
    if (g->named.known) /* which the old one is too */
        return deny(code, "record-altered", err, N_("the person's key is in the ledger already"));
    if (signer(g, key) == NULL || persons(s, g, key) < 2)
        return deny(code, INVALID, err,
                    N_("a rotation is signed with the old key, with the new one, and by a second person"));
    if (s->body.person.checkpoint_signer && !may_sign_checkpoints(g, s->actor.key))
        return deny(code, INVALID, err, N_("a rotation makes nobody a checkpoint signer"));
    return HZ_OK;
}

static int revocation(const struct r_statement *s, const struct r_ledger_signing *g, const char **code,
                      struct hz_error *err)
{
    bool own = strcmp(s->actor.key, s->body.key) == 0;

    if (!g->named.known || g->named.ended)
        return deny(code, "record-altered", err,
                    N_("the key is none of the ledger's, or was revoked or replaced before"));
    if (!own && (persons(s, g, s->body.key) < 2 || !r_ledger_rule_head(g, s->body.key)))
        return deny(code, INVALID, err,
                    N_("a key is revoked by its owner, or by a checkpoint signer and a second person"));
    if (g->named.checkpoint_signer && g->last_checkpoint_signer)
        return deny(code, INVALID, err,
                    N_("it is the key of the last checkpoint signer; name another one first, or replace the key"));
    return HZ_OK;
}

static int settlement(const struct r_statement *s, const struct r_ledger_signing *g, const char **code,
                      struct hz_error *err)
{
    (void)s;
    if (g->count < 2)
        return deny(code, INVALID, err, N_("a settlement is signed by both who dispute the custody"));
    return HZ_OK;
}

/* Of the rest: a known person signs, or whom the chain names. */
static const struct rule rules[R_STATEMENT_TYPES] = {
    [R_STATEMENT_GENESIS] = { .persons = 1, .also = genesis },
    [R_STATEMENT_PERSON] = { .known = true, .persons = 1, .also = person },
    [R_STATEMENT_ROTATION] = { .known = true, .persons = 2, .also = rotation },
    [R_STATEMENT_REVOCATION] = { .known = true, .persons = 1, .also = revocation },
    [R_STATEMENT_POLICY] = { .known = true, .persons = 2, .checkpoint_signer = true },
    [R_STATEMENT_WITNESS] = { .known = true, .persons = 1 },
    [R_STATEMENT_TIMESTAMP] = { .known = true, .persons = 1 },
    [R_STATEMENT_FIXITY] = { .known = true, .persons = 1 },
    [R_STATEMENT_RENEWAL] = { .known = true, .persons = 1 },
    [R_STATEMENT_CASE] = { .known = true, .persons = 1 },
    [R_STATEMENT_NOTE] = { .known = true, .persons = 1 },
    [R_STATEMENT_PHOTOGRAPH] = { .known = true, .persons = 1 },
    [R_STATEMENT_INTAKE] = { .known = true, .persons = 1 },
    [R_STATEMENT_OFFER] = { .persons = 1 },
    [R_STATEMENT_COURIER] = { .persons = 1 },
    [R_STATEMENT_WITHDRAWAL] = { .persons = 1 },
    [R_STATEMENT_ACCEPTANCE] = { .persons = 1 },
    [R_STATEMENT_DECLINE] = { .persons = 1 },
    [R_STATEMENT_SETTLEMENT] = { .persons = 1, .also = settlement },
    [R_STATEMENT_REASSIGN] = { .known = true, .persons = 2, .checkpoint_signer = true },
    [R_STATEMENT_COPY] = { .persons = 1 },
    [R_STATEMENT_CHECKOUT] = { .persons = 1 },
    [R_STATEMENT_RETURN] = { .persons = 1 },
    [R_STATEMENT_MOVE] = { .persons = 1 },
    [R_STATEMENT_RECHECK] = { .known = true, .persons = 1 },
    [R_STATEMENT_RESOLUTION] = { .persons = 2 },
    [R_STATEMENT_DESTRUCTION] = { .persons = 1 },
    [R_STATEMENT_HOLD] = { .known = true, .persons = 1 },
    [R_STATEMENT_LIFT] = { .known = true, .persons = 2 },
    [R_STATEMENT_DISPOSAL_PLAN] = { .persons = 1 },
    [R_STATEMENT_DISPOSAL] = { .persons = 2 },
    [R_STATEMENT_OWNER_RETURN] = { .persons = 1 },
};

unsigned r_ledger_rule_persons(enum r_statement_type type)
{
    return rules[type].persons;
}

static int check_keys(const struct r_ledger_signing *g, const char **code, struct hz_error *err)
{
    for (size_t i = 0; i < g->count; i++) {
        const struct r_ledger_signer *by = &g->by[i];
        if (by->ended) {
            *code = "signer-revoked";
            return hz_error_set(err, HZ_E_DENIED, _("it is signed with the key %s, which was revoked or replaced"),
                                by->key);
        }
        if (by->outside) {
            *code = "signer-outside-validity";
            return hz_error_set(err, HZ_E_DENIED, _("it is signed with the key %s outside the time of its validity"),
                                by->key);
        }
    }
    return HZ_OK;
}

int r_ledger_rule_check(const struct r_statement *s, const struct r_ledger_signing *g, const char **code,
                        struct hz_error *err)
{
    const struct rule *rule = &rules[s->type];
    const struct r_ledger_signer *actor = signer(g, s->actor.key);
    int rc = HZ_OK;

    if (actor == NULL)
        return deny(code, INVALID, err, N_("the statement is not signed by the person it names"));
    rc = check_keys(g, code, err);
    if (rc != HZ_OK)
        return rc;
    if (rule->known && !actor->known)
        return deny(code, INVALID, err, N_("the ledger does not know the person who signed"));
    if (rule->also != NULL)
        rc = rule->also(s, g, code, err);
    if (rc == HZ_OK && persons(s, g, NULL) < rule->persons)
        return deny(code, INVALID, err, N_("it needs the signature of a second person whom the ledger knows"));
    if (rc == HZ_OK && rule->checkpoint_signer && !r_ledger_rule_head(g, NULL))
        return deny(code, INVALID, err, N_("it needs the signature of a checkpoint signer of the ledger"));
    return rc;
}
