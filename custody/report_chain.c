#include "custody/report_chain.h"

#include <stdlib.h>
#include <string.h>

#include "base/lang.h"
#include "base/text.h"
#include "base/width.h"
#include "custody/report_keys.h"
#include "formats/read/offer.h"

#define NAME_COLUMNS 120
#define NOBODY SIZE_MAX

struct walk {
    const struct report *report;
    struct report_chain *chain;
    size_t custodian;
};

static const char *const words[R_STATEMENT_TYPES] = {
    [R_STATEMENT_INTAKE] = N_("intake"),         [R_STATEMENT_OFFER] = N_("offer"),
    [R_STATEMENT_COURIER] = N_("courier"),       [R_STATEMENT_WITHDRAWAL] = N_("withdrawal"),
    [R_STATEMENT_ACCEPTANCE] = N_("acceptance"), [R_STATEMENT_DECLINE] = N_("refusal"),
    [R_STATEMENT_SETTLEMENT] = N_("settlement"), [R_STATEMENT_REASSIGN] = N_("reassignment"),
    [R_STATEMENT_DISPOSAL] = N_("disposal"),     [R_STATEMENT_OWNER_RETURN] = N_("return to the owner"),
};

void report_chain_free(struct report_chain *c)
{
    free(c->people);
    free(c->steps);
    memset(c, 0, sizeof *c);
}

static void keep_name(struct report_someone *who, const char *name)
{
    size_t end = 0, step = 0;

    for (unsigned used = 0; name[end] != '\0' && end + step < sizeof who->name; end += step) {
        used += width_char(name + end, &step);
        if (used > NAME_COLUMNS || end + step >= sizeof who->name)
            break;
    }
    memcpy(who->name, name, end);
    who->name[end] = '\0';
}

/* name: what a statement calls somebody whom the ledger does not know; NULL: none. */
static int find(struct walk *w, const char *key, const char *name, size_t *at, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf known = BUF_INIT(R_LEDGER_LINE_MAX + 1);
    struct report_chain *c = w->chain;
    char latest[R_LEDGER_FINGERPRINT];
    int rc = report_keys_latest(w->report, key, latest, err);

    for (*at = 0; rc == HZ_OK && *at < c->people_count; (*at)++)
        if (strcmp(c->people[*at].key, latest) == 0)
            return HZ_OK;
    if (rc == HZ_OK)
        rc = report_name(w->report, latest, &known, err);
    if (rc == HZ_OK && buf_text(&known) == NULL)
        rc = buf_check(&known, err);
    if (rc != HZ_OK)
        return rc;
    memcpy(c->people[c->people_count].key, latest, sizeof latest);
    keep_name(&c->people[c->people_count],
              name != NULL && text_equal((const char *)known.data, latest) ? name : (const char *)known.data);
    c->people_count++;
    return HZ_OK;
}

/* It was accepted too late, or after the offer was withdrawn: whose it is, nobody has said yet. */
static bool is_disputed(const struct report *r, const struct report_entry *answer, const struct report_entry *offer)
{
    struct stamp recorded;

    for (size_t i = 0; i < r->count && r->entries[i] != answer; i++)
        if (r->entries[i]->statement.type == R_STATEMENT_WITHDRAWAL &&
            text_equal(r->entries[i]->statement.previous, offer->statement.digest))
            return true;
    return stamp_parse(&recorded, answer->recorded_at, strlen(answer->recorded_at)) == HZ_OK &&
           stamp_compare(offer->statement.body.expires.at, recorded) < 0;
}

/* An intake that carries an offer of another ledger came from whom that one was signed by. */
static int from_elsewhere(struct walk *w, const struct r_statement *s, size_t *from, struct hz_error *err)
{
    HZ_CLEANUP(r_offer_free) struct r_offer offer = { 0 };
    struct hz_error ignored; /* the audit has read it */

    if (s->body.offer.len == 0 || r_offer_parse(&offer, s->body.offer.data, s->body.offer.len, &ignored) != HZ_OK)
        return HZ_OK;
    return find(w, offer.statement.actor.key, offer.statement.actor.name, from, err);
}

static int accepted(struct walk *w, const struct report_entry *e, struct report_step *step, struct hz_error *err)
{
    const struct report_entry *offer = report_of_digest(w->report, e->statement.previous);

    step->moved = offer == NULL || !is_disputed(w->report, e, offer);
    if (!step->moved)
        step->word = _("acceptance, disputed");
    return offer != NULL ? find(w, offer->statement.actor.key, offer->statement.actor.name, &step->from, err) : HZ_OK;
}

/* From whoever holds it to somebody else, whoever signed that. */
static int given(struct walk *w, const char *to, const char *name, struct report_step *step, struct hz_error *err)
{
    int rc = find(w, to, name, &step->to, err);

    step->from = w->custodian != NOBODY ? w->custodian : step->to;
    step->moved = true;
    return rc;
}

static int make_step(struct walk *w, const struct report_entry *e, struct report_step *step, struct hz_error *err)
{
    const struct r_statement *s = &e->statement;
    int rc;

    *step = (struct report_step) { .entry = e, .word = lang_text(words[s->type]) };
    if (s->type == R_STATEMENT_REASSIGN)
        return given(w, s->body.to.key, s->body.to.name, step, err);
    if (s->type == R_STATEMENT_SETTLEMENT)
        return given(w, s->body.custodian, NULL, step, err);
    rc = find(w, s->actor.key, s->actor.name, &step->to, err);
    step->from = step->to;
    if (rc == HZ_OK && s->type == R_STATEMENT_INTAKE) {
        step->moved = true;
        rc = from_elsewhere(w, s, &step->from, err);
    }
    if (rc == HZ_OK && s->type == R_STATEMENT_OFFER)
        rc = find(w, s->body.to.key, s->body.to.name, &step->to, err);
    return rc == HZ_OK && s->type == R_STATEMENT_ACCEPTANCE ? accepted(w, e, step, err) : rc;
}

int report_chain_make(const struct report *r, const char *item, struct report_chain *out, struct hz_error *err)
{
    struct walk w = { .report = r, .chain = out, .custodian = NOBODY };
    int rc = HZ_OK;

    out->people = calloc(3 * r->count + 1, sizeof *out->people); /* of an entry three at most */
    out->steps = calloc(r->count + 1, sizeof *out->steps);
    if (out->people == NULL || out->steps == NULL)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    for (size_t i = 0; rc == HZ_OK && i < r->count; i++) {
        struct report_step *step = &out->steps[out->step_count];
        if (!report_about(r->entries[i], item) || words[r->entries[i]->statement.type] == NULL)
            continue;
        rc = make_step(&w, r->entries[i], step, err);
        if (rc != HZ_OK)
            return rc;
        out->step_count++;
        if (step->moved) {
            w.custodian = step->to;
            out->people[step->to].held = true;
        }
    }
    return rc;
}
