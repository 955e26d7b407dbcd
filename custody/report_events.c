#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/lang.h"
#include "base/text.h"
#include "custody/describe.h"
#include "custody/describe_body.h"
#include "custody/report_parts.h"
#include "formats/read/offer.h"

#define COLUMNS 4

static void put_sequence(const struct report_page *p, const struct report_entry *e)
{
    buf_printf(p->out, "<td>%" PRIu64 "</td>", e->sequence);
}

/* The signer's clock, and when it was recorded. */
static void put_times(const struct report_page *p, const struct report_entry *e)
{
    char recorded[STAMP_SIZE];

    snprintf(recorded, sizeof recorded, "%.19sZ", e->recorded_at);
    report_page_cell_begin(p);
    report_page_detail(p, NULL, e->statement.time_text);
    report_page_detail(p, _("recorded at"), recorded);
    report_page_cell_end(p);
}

static void put_person(const struct report_page *p, const char *label, const struct r_person *who)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT((size_t)5 * R_LEDGER_LINE_MAX);
    const char *parts[] = { who->name, who->title, who->role, who->organisation, who->contact };

    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        if (parts[i] != NULL)
            buf_printf(&text, "%s%s", i == 0 ? "" : ", ", parts[i]);
    report_page_detail(p, label, buf_text(&text));
}

static void put_evidence(const struct report_page *p, const struct r_statement *s)
{
    const struct r_evidence *e = &s->body.evidence;

    report_page_detail_code(p, _("file sha256"), s->type == R_STATEMENT_INTAKE ? NULL : s->file_sha256);
    if (!e->present)
        return;
    report_page_detail(p, _("verdict"), describe_word(e->verdict));
    report_page_detail(p, _("integrity"), describe_word(e->integrity));
    report_page_detail(p, _("authenticity"), describe_word(e->authenticity));
    for (size_t i = 0; i < e->finding_count; i++)
        report_page_detail(p, _("finding"), e->findings[i]);
    for (size_t i = 0; i < e->signer_count; i++)
        report_page_detail_code(p, _("signature of the evidence"), e->signers[i]);
}

/* What the fields of the form's other sections tell of an intake, and its offers repeat, is not told twice. */
static bool is_told_elsewhere(const struct r_statement *s, const char *key)
{
    bool part = strchr(key, '.') != NULL && strncmp(key, "override.", strlen("override.")) != 0;

    return (s->type == R_STATEMENT_INTAKE && (part || strcmp(key, "exhibit") == 0)) ||
           (s->type == R_STATEMENT_OFFER && part);
}

/* As this ledger calls them, where it has the key. */
static void put_releaser(const struct report_page *p, const struct r_person *stated)
{
    HZ_CLEANUP(person_free) struct person known = { 0 };
    struct r_person who = *stated, as_known;
    struct hz_error ignored; /* the audit has read it */
    bool found = false, other = false;

    if (person_find(p->report->audit.told, stated->key, &known, &found, &ignored) == HZ_OK && found) {
        as_known = attribution_person(&known);
        other = attribution_put_releaser(&as_known, &who);
    }
    put_person(p, _("released by"), &who);
    if (other)
        put_person(p, _("signed as"), stated);
}

/* Who released it in another ledger, where the intake continues that handoff. */
static void put_origin(const struct report_page *p, const struct r_statement *s)
{
    HZ_CLEANUP(r_offer_free) struct r_offer offer = { 0 };
    struct hz_error ignored; /* the audit has read it */

    if (s->type != R_STATEMENT_INTAKE || s->body.offer.len == 0 ||
        r_offer_parse(&offer, s->body.offer.data, s->body.offer.len, &ignored) != HZ_OK)
        return;
    put_releaser(p, &offer.statement.actor);
    report_page_detail_code(p, _("key"), offer.statement.actor.key);
    report_page_detail_code(p, _("ledger of the offer"), offer.statement.ledger);
}

static void put_particulars(const struct report_page *p, const struct r_statement *s)
{
    const char *key, *label;

    if (s->body.to.present)
        put_person(p, _("to"), &s->body.to);
    if (s->type == R_STATEMENT_ROTATION) {
        put_person(p, _("new key of"), &s->body.person);
        report_page_detail_code(p, _("new key"), s->body.person.key);
    }
    put_origin(p, s);
    for (size_t i = 0; (label = describe_body_label(i, &key)) != NULL; i++)
        if (!is_told_elsewhere(s, key))
            report_page_detail(p, label, describe_member(key, r_statement_text(s, key)));
    report_page_detail(p, _("until"), s->body.expires.text);
    put_evidence(p, s);
}

static int put_signers(const struct report_page *p, const struct report_entry *e, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf stated = BUF_INIT((size_t)6 * R_LEDGER_LINE_MAX);
    HZ_CLEANUP(buf_free) struct buf named = BUF_INIT((size_t)6 * R_LEDGER_LINE_MAX);
    HZ_CLEANUP(query_close) struct query q;
    bool row = true;
    int rc;

    put_person(p, _("signer"), &e->statement.actor);
    attribution_stated(&e->by, &stated);
    report_page_detail(p, _("signed as"), stated.len > 0 ? buf_text(&stated) : NULL);
    attribution_named(&e->by, &named);
    report_page_detail(p, _("receiver named as"), named.len > 0 ? buf_text(&named) : NULL);
    report_page_detail_code(p, _("key"), e->statement.actor.key);
    query_open(&q, p->report->audit.told, "SELECT key FROM cosigner WHERE entry = ?1 ORDER BY key");
    query_int(&q, 1, e->sequence);
    for (rc = query_row(&q, &row, err); rc == HZ_OK && row; rc = query_row(&q, &row, err)) {
        HZ_CLEANUP(buf_free) struct buf name = BUF_INIT(R_LEDGER_LINE_MAX + 1);
        rc = report_name(p->report, query_get_text(&q, 0), &name, err);
        if (rc != HZ_OK)
            return rc;
        report_page_detail(p, _("signer"), buf_text(&name));
        report_page_detail_code(p, _("key"), query_get_text(&q, 0));
    }
    return rc;
}

static int put_event(const struct report_page *p, const struct report_entry *e, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf sentence = BUF_INIT(65536);
    int rc;

    describe_body_begin(&sentence, &e->statement);
    report_page_line(p);
    put_sequence(p, e);
    put_times(p, e);
    report_page_cell_begin(p);
    if (buf_text(&sentence) != NULL)
        report_page_text(p, (const char *)sentence.data);
    report_page_cell_end(p);
    report_page_cell_begin(p);
    put_particulars(p, &e->statement);
    rc = put_signers(p, e, err);
    report_page_cell_end(p);
    report_page_line_end(p);
    return rc;
}

static int put_events(const struct report_page *p, const char *title, struct report_entry *const *list, size_t count,
                      struct hz_error *err)
{
    static const char *const headings[] = { N_("entry"), N_("when"), N_("what happened"), N_("particulars"), NULL };
    int rc = HZ_OK;

    report_page_section(p, title);
    report_page_table(p, REPORT_EVENTS, headings);
    for (size_t i = 0; i < count && rc == HZ_OK; i++)
        rc = put_event(p, list[i], err);
    if (count == 0)
        report_page_line_none(p, COLUMNS);
    report_page_table_end(p);
    return rc;
}

int report_parts_events(const struct report_page *p, const char *title, const char *item, uint32_t types,
                        struct hz_error *err)
{
    const struct report *r = p->report;
    struct report_entry **list = calloc(r->count + 1, sizeof *list);
    size_t count = 0;
    int rc;

    if (list == NULL)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    for (size_t i = 0; i < r->count; i++)
        if ((types >> r->entries[i]->statement.type & 1) != 0 && report_about(r->entries[i], item))
            list[count++] = r->entries[i];
    rc = put_events(p, title, list, count, err);
    free(list);
    return rc;
}

int report_parts_keys(const struct report_page *p, struct hz_error *err)
{
    if (p->report->key_count == 0)
        return HZ_OK;
    return put_events(p, _("Keys replaced or revoked"), p->report->keys, p->report->key_count, err);
}

int report_parts_chain(const struct report_page *p, const char *item, struct hz_error *err)
{
    return report_parts_events(p, _("Chain of custody"), item, REPORT_CHAIN, err);
}
