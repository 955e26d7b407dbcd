#include "verify/export_keys.h"

#include <stdlib.h>
#include <string.h>

#include "base/lang.h"
#include "base/text.h"
#include "formats/read/signers.h"

void export_keys_free(struct export_keys *k)
{
    for (size_t i = 0; i < k->count; i++) {
        free(k->list[i].name);
        free(k->list[i].role);
        free(k->list[i].principal);
    }
    free(k->list);
    memset(k, 0, sizeof *k);
}

/* Where the key stands, or would. */
static size_t place(const struct export_keys *k, const char *key)
{
    size_t low = 0, high = k->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(k->list[middle].key, key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

struct export_key *export_keys_find(const struct export_keys *k, const char *key)
{
    size_t at = place(k, key);

    return at < k->count && strcmp(k->list[at].key, key) == 0 ? &k->list[at] : NULL;
}

/* A receiver signs elsewhere: when that is recorded is not the signer's doing. */
static bool is_outside(const struct export_key *k, const struct r_statement *s, struct stamp recorded_at)
{
    bool answer = s->type == R_STATEMENT_ACCEPTANCE || s->type == R_STATEMENT_DECLINE;
    struct stamp times[2] = { s->time, recorded_at };

    for (int i = 0; i < (answer ? 1 : 2); i++)
        if ((k->has_from && stamp_compare(times[i], k->from) < 0) ||
            (k->has_until && stamp_compare(times[i], k->until) > 0))
            return true;
    return false;
}

static void look(const struct export_keys *k, const struct r_statement *s, const char *key, struct stamp recorded_at,
                 struct r_ledger_signer *out)
{
    const struct export_key *found = export_keys_find(k, key);

    memset(out, 0, sizeof *out);
    memcpy(out->key, key, sizeof out->key);
    if (found == NULL)
        return;
    out->known = true;
    out->checkpoint_signer = found->checkpoint_signer;
    out->ended = found->ended;
    out->outside = is_outside(found, s, recorded_at);
}

static bool is_last(const struct export_keys *k, const char *key)
{
    for (size_t i = 0; i < k->count; i++)
        if (k->list[i].checkpoint_signer && !k->list[i].ended && strcmp(k->list[i].key, key) != 0)
            return false;
    return true;
}

void export_keys_signing(const struct export_keys *k, const struct r_statement *s,
                         const struct r_ledger_signers *signers, struct stamp recorded_at, bool others_known,
                         struct r_ledger_signing *out)
{
    const char *named = s->type == R_STATEMENT_PERSON || s->type == R_STATEMENT_ROTATION ? s->body.person.key
                        : s->type == R_STATEMENT_REVOCATION                              ? s->body.key
                                                                                         : NULL;

    memset(out, 0, sizeof *out);
    out->count = signers->count;
    for (size_t i = 0; i < signers->count; i++)
        look(k, s, signers->key[i].fingerprint, recorded_at, &out->by[i]);
    if (named == NULL)
        return;
    look(k, s, named, recorded_at, &out->named);
    out->last_checkpoint_signer = others_known && is_last(k, named);
}

static int grow(struct export_keys *k, struct hz_error *err)
{
    size_t room = k->room > 0 ? 2 * k->room : 16;
    struct export_key *list;

    if (k->count < k->room)
        return HZ_OK;
    if (k->count == EXPORT_KEYS_MAX)
        return hz_error_set(err, HZ_E_LIMIT, _("more than %d persons"), EXPORT_KEYS_MAX);
    list = realloc(k->list, room * sizeof *list);
    if (list == NULL)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    k->list = list;
    k->room = room;
    return HZ_OK;
}

/* Texts of the person that rules ask for again. */
static int copy_texts(struct export_key *new, const struct r_person *p, struct hz_error *err)
{
    bool mail = p->contact != NULL && strlen(p->contact) <= R_SIGNERS_PRINCIPAL_MAX;

    new->name = text_copy(p->name);
    new->role = text_copy(p->role);
    new->principal = mail ? text_copy(p->contact) : NULL;
    if ((p->name == NULL || new->name != NULL) && (p->role == NULL || new->role != NULL) &&
        (!mail || new->principal != NULL))
        return HZ_OK;
    free(new->name);
    free(new->role);
    free(new->principal);
    return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
}

static int add(struct export_keys *k, const struct r_person *p, uint64_t sequence, struct hz_error *err)
{
    struct export_key new = { .checkpoint_signer = p->checkpoint_signer,
                              .has_from = p->valid_from.text != NULL,
                              .has_until = p->valid_until.text != NULL,
                              .from = p->valid_from.at,
                              .until = p->valid_until.at,
                              .entry = sequence };
    size_t at = place(k, p->key);
    int rc = grow(k, err);

    if (rc == HZ_OK)
        rc = copy_texts(&new, p, err);
    if (rc != HZ_OK)
        return rc;
    memcpy(new.key, p->key, sizeof new.key);
    memmove(k->list + at + 1, k->list + at, (k->count - at) * sizeof *k->list);
    k->list[at] = new;
    k->count++;
    return HZ_OK;
}

static void end(struct export_keys *k, const char *key, bool revoked, uint64_t sequence)
{
    struct export_key *found = export_keys_find(k, key);

    if (found == NULL)
        return; /* the rules let none through */
    found->ended = true;
    found->revoked = revoked;
    found->end = sequence;
}

int export_keys_apply(struct export_keys *k, const struct r_statement *s, uint64_t sequence, struct hz_error *err)
{
    if (s->type == R_STATEMENT_REVOCATION)
        end(k, s->body.key, true, sequence);
    if (s->type == R_STATEMENT_ROTATION)
        end(k, s->body.old, false, sequence);
    return s->body.person.present ? add(k, &s->body.person, sequence, err) : HZ_OK;
}

bool export_keys_may(const struct export_keys *k, const char *key, uint64_t size)
{
    const struct export_key *found = export_keys_find(k, key);

    return found != NULL && found->checkpoint_signer && found->entry < size &&
           (!found->ended || found->end + 1 >= size);
}
