#include "verify/export_chains.h"

#include <stdlib.h>
#include <string.h>

#include "base/lang.h"
#include "formats/read/brought.h"
#include "formats/read/ledger_item.h"
#include "formats/read/name.h"

struct copy {
    struct copy *next; /* owned */
    char id[R_LEDGER_COPY_ID];
    struct r_ledger_copy is;
};

struct hold {
    struct hold *next; /* owned */
    char id[R_LEDGER_COPY_ID];
    bool lifted;
};

/* An offer of another ledger by which the item came. */
struct came {
    struct came *next; /* owned */
    char offer[R_SHA256_HEX];
};

struct export_chain {
    char name[R_NAME_ITEM_MAX + 1];
    struct r_ledger_item item;
    struct copy *copies;
    struct hold *holds;
    struct came *came;
};

static void free_chain(struct export_chain *c)
{
    while (c->copies != NULL) {
        struct copy *next = c->copies->next;
        free(c->copies);
        c->copies = next;
    }
    while (c->holds != NULL) {
        struct hold *next = c->holds->next;
        free(c->holds);
        c->holds = next;
    }
    while (c->came != NULL) {
        struct came *next = c->came->next;
        free(c->came);
        c->came = next;
    }
    free(c);
}

void export_chains_free(struct export_chains *c)
{
    for (size_t i = 0; i < c->count; i++)
        free_chain(c->list[i]);
    free(c->list);
    memset(c, 0, sizeof *c);
}

/* Room for one more item, copy or hold. */
static int part(struct export_chains *c, size_t size, void **out, struct hz_error *err)
{
    if (c->parts == EXPORT_CHAINS_MAX)
        return hz_error_set(err, HZ_E_LIMIT, _("more than %d items, copies, holds and handoffs from elsewhere"),
                            EXPORT_CHAINS_MAX);
    *out = calloc(1, size);
    if (*out == NULL)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    c->parts++;
    return HZ_OK;
}

static int add_chain(struct export_chains *c, size_t at, const char *name, struct hz_error *err)
{
    size_t room = c->room > 0 ? 2 * c->room : 16;
    struct export_chain **list;
    void *new;
    int rc;

    if (c->count == c->room) {
        list = realloc(c->list, room * sizeof *list);
        if (list == NULL)
            return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
        c->list = list;
        c->room = room;
    }
    rc = part(c, sizeof **c->list, &new, err);
    if (rc != HZ_OK)
        return rc;
    memmove(c->list + at + 1, c->list + at, (c->count - at) * sizeof *c->list);
    c->list[at] = new;
    memcpy(c->list[at]->name, name, strlen(name) + 1);
    c->count++;
    return HZ_OK;
}

/* The item's chain, made when it is not there. */
static int find(struct export_chains *c, const char *name, struct export_chain **out, struct hz_error *err)
{
    size_t low = 0, high = c->count;
    int rc = HZ_OK;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(c->list[middle]->name, name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == c->count || strcmp(c->list[low]->name, name) != 0)
        rc = add_chain(c, low, name, err);
    if (rc == HZ_OK)
        *out = c->list[low];
    return rc;
}

static bool is_live(const struct r_ledger_copy *c)
{
    return c->state == R_LEDGER_COPY_THERE || c->state == R_LEDGER_COPY_OUT;
}

static void count_copies(const struct export_chain *c, const char *id, struct r_ledger_facts *f)
{
    for (const struct copy *p = c->copies; p != NULL; p = p->next) {
        bool named = id != NULL && strcmp(p->id, id) == 0;
        if (named)
            f->copy = p->is;
        if (!is_live(&p->is))
            continue;
        f->copies++;
        f->out += p->is.state == R_LEDGER_COPY_OUT;
        f->intact += !named && strcmp(p->is.integrity, "intact") == 0;
        f->sound += !named && r_ledger_copy_holds(&c->item, &p->is);
    }
}

static void count_holds(const struct export_chain *c, const char *id, struct r_ledger_facts *f)
{
    for (const struct hold *p = c->holds; p != NULL; p = p->next) {
        bool named = id != NULL && strcmp(p->id, id) == 0;
        f->holds += !p->lifted;
        f->hold_used = f->hold_used || named;
        f->hold_open = f->hold_open || (named && !p->lifted);
    }
}

static bool is_revoked(const struct export_keys *keys, const char *key)
{
    const struct export_key *found = export_keys_find(keys, key);

    return found != NULL && found->revoked;
}

static struct r_ledger_facts facts(const struct export_chain *c, const struct export_keys *keys,
                                   const struct r_statement *s, const struct r_ledger_signers *signers)
{
    struct r_ledger_facts f = { 0 };
    const struct export_key *to = s->body.to.key != NULL ? export_keys_find(keys, s->body.to.key) : NULL;

    count_copies(c, r_ledger_item_copy(s), &f);
    count_holds(c, s->body.hold, &f);
    f.custodian_signed = r_ledger_signed_by(signers, c->item.custodian);
    f.claimant_signed = r_ledger_signed_by(signers, c->item.offered_to);
    f.custodian_revoked = is_revoked(keys, c->item.custodian);
    f.claimant_revoked = is_revoked(keys, c->item.offered_to);
    f.receiver_known = to != NULL && !to->ended;
    for (const struct came *p = c->came; p != NULL; p = p->next)
        f.released_before = f.released_before || (s->previous != NULL && strcmp(p->offer, s->previous) == 0);
    return f;
}

static int keep_copy(struct export_chains *chains, struct export_chain *c, const char *id,
                     const struct r_ledger_copy *is, struct hz_error *err)
{
    struct copy *p = c->copies;
    void *new;
    int rc;

    while (p != NULL && strcmp(p->id, id) != 0)
        p = p->next;
    if (p == NULL) {
        rc = part(chains, sizeof *p, &new, err);
        if (rc != HZ_OK)
            return rc;
        p = new;
        memcpy(p->id, id, strlen(id) + 1);
        p->next = c->copies;
        c->copies = p;
    }
    p->is = *is;
    return HZ_OK;
}

static int keep_hold(struct export_chains *chains, struct export_chain *c, const struct r_statement *s,
                     struct hz_error *err)
{
    struct hold *p = c->holds;
    void *new;
    int rc = HZ_OK;

    if (s->type == R_STATEMENT_LIFT) {
        for (; p != NULL; p = p->next)
            p->lifted = p->lifted || strcmp(p->id, s->body.hold) == 0;
        return HZ_OK;
    }
    rc = part(chains, sizeof *p, &new, err);
    if (rc != HZ_OK)
        return rc;
    p = new;
    memcpy(p->id, s->body.hold, strlen(s->body.hold) + 1);
    p->next = c->holds;
    c->holds = p;
    return HZ_OK;
}

static int keep_offer(struct export_chains *chains, struct export_chain *c, const struct r_statement *s,
                      struct hz_error *err)
{
    struct came *p;
    void *new;
    int rc = part(chains, sizeof *p, &new, err);

    if (rc != HZ_OK)
        return rc;
    p = new;
    memcpy(p->offer, s->previous, sizeof p->offer);
    p->next = c->came;
    c->came = p;
    return HZ_OK;
}

int export_chains_apply(struct export_chains *chains, const struct export_keys *keys, const struct r_statement *s,
                        const struct r_ledger_signers *signers, struct stamp recorded_at, struct hz_error *err)
{
    struct export_chain *c = NULL;
    struct r_ledger_facts f;
    const char *id;
    int rc = find(chains, s->item, &c, err);

    if (rc != HZ_OK)
        return rc;
    f = facts(c, keys, s, signers);
    rc = r_brought_releaser(s, f.releaser, &f.released_until, err);
    if (rc == HZ_OK)
        rc = r_ledger_item_apply(&c->item, s, &f, recorded_at, err);
    if (rc != HZ_OK)
        return rc;
    if (f.releaser[0] != '\0')
        rc = keep_offer(chains, c, s, err);
    if (rc != HZ_OK)
        return rc;
    if (s->type == R_STATEMENT_HOLD || s->type == R_STATEMENT_LIFT)
        return keep_hold(chains, c, s, err);
    id = r_ledger_item_copy(s);
    return id != NULL ? keep_copy(chains, c, id, &f.copy, err) : HZ_OK;
}

int export_chains_fixity(struct export_chains *chains, const struct export_keys *keys, const struct r_statement *s,
                         const struct r_ledger_signers *signers, struct stamp recorded_at, struct hz_error *err)
{
    struct r_statement one = *s;
    int rc = HZ_OK;

    for (size_t i = 0; rc == HZ_OK && i < one.body.check_count; i++) {
        r_statement_aim(&one, i);
        rc = export_chains_apply(chains, keys, &one, signers, recorded_at, err);
    }
    return rc;
}

void export_chains_rotate(struct export_chains *c, const char *old, const char *key)
{
    for (size_t i = 0; i < c->count; i++) {
        struct r_ledger_item *item = &c->list[i]->item;
        if (strcmp(item->custodian, old) == 0)
            memcpy(item->custodian, key, sizeof item->custodian);
        if (item->state == R_LEDGER_DISPUTED && strcmp(item->offered_to, old) == 0)
            memcpy(item->offered_to, key, sizeof item->offered_to);
    }
}
