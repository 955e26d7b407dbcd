#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/lang.h"
#include "base/text.h"
#include "custody/describe.h"
#include "custody/item.h"
#include "custody/report_keys.h"
#include "custody/report_parts.h"

static const char *state_text(enum r_ledger_state state)
{
    static const char *const words[R_LEDGER_STATES] = {
        [R_LEDGER_HELD] = N_("held"),
        [R_LEDGER_OFFERED] = N_("offered"),
        [R_LEDGER_TRANSIT] = N_("in transit"),
        [R_LEDGER_DISPUTED] = N_("disputed"),
        [R_LEDGER_DISPOSED] = N_("disposed of"),
        [R_LEDGER_RETURNED] = N_("returned to the owner"),
    };
    return words[state] != NULL ? lang_text(words[state]) : "-";
}

/* The latest entry of these types about the item that says so (key NULL: the latest at all); NULL: none. */
static const struct report_entry *who_says(const struct report *r, const char *item, uint32_t types, const char *key,
                                           const char *value)
{
    for (size_t i = r->count; i > 0; i--) {
        const struct report_entry *e = r->entries[i - 1];
        if ((types >> e->statement.type & 1) != 0 && report_about(e, item) &&
            (key == NULL || text_equal(report_text(&e->statement, key), value)))
            return e;
    }
    return NULL;
}

static void put_location(const struct report_page *p, const char *item, const char *location)
{
    const struct report_entry *moved = who_says(p->report, item, REPORT_TYPE(MOVE), "place", location);
    const struct report_entry *taken = who_says(
        p->report, item, REPORT_TYPE(INTAKE) | REPORT_TYPE(ACCEPTANCE) | REPORT_TYPE(REASSIGN), "location", location);

    report_page_row(p, _("location"), location,
                    taken == NULL || (moved != NULL && moved->sequence > taken->sequence) ? moved : taken);
}

/* Those whom a statement asks to verify; a resolution speaks in its own words. */
static void put_verdict(const struct report_page *p, const char *item, const char *label, const char *key,
                        const char *value)
{
    static const uint32_t types = REPORT_TYPE(INTAKE) | REPORT_TYPE(ACCEPTANCE) | REPORT_TYPE(RECHECK);
    const struct report_entry *from = who_says(p->report, item, types, key, value);

    report_page_row(p, label, describe_word(value),
                    from != NULL ? from : who_says(p->report, item, types | REPORT_TYPE(RESOLUTION), NULL, NULL));
}

int report_parts_state(const struct report_page *p, const char *name, struct hz_error *err)
{
    HZ_CLEANUP(item_free) struct item item = { 0 };
    int rc = item_get(p->report->audit.told, name, &item, err);
    enum r_ledger_state state = r_ledger_item_state(&item.chain, stamp_now());
    bool offered = state == R_LEDGER_OFFERED || state == R_LEDGER_TRANSIT;

    if (rc != HZ_OK)
        return rc;
    report_page_section(p, _("Present state"));
    report_page_rows(p);
    report_page_row(p, _("state"), state_text(state), who_says(p->report, name, REPORT_CHAIN, NULL, NULL));
    rc = report_keys_row(p, _("custodian"), item.chain.custodian, report_of_digest(p->report, item.chain.moved), err);
    if (rc == HZ_OK && offered)
        rc = report_keys_row(p, _("offered to"), item.chain.offered_to, report_of_digest(p->report, item.chain.offer),
                             err);
    if (!offered && item.chain.offer[0] != '\0' && item.chain.state != R_LEDGER_HELD)
        report_page_row(p, _("offer expired"), item.expires, report_of_digest(p->report, item.chain.offer));
    put_location(p, name, item.location);
    put_verdict(p, name, _("verdict"), "evidence.verdict", item.verdict);
    put_verdict(p, name, _("integrity"), "evidence.integrity", item.integrity);
    report_page_rows_end(p);
    return rc;
}

/* A word of the table `copy`: what it was before the end of the item has no later record. */
static const char *copy_word(const char *word)
{
    static const struct {
        const char *word, *label;
    } words[] = { { "there, disposed", N_("there, when the item was disposed of") },
                  { "out, disposed", N_("out, when the item was disposed of") },
                  { "there, returned", N_("there, when the item was returned to the owner") },
                  { "out, returned", N_("out, when the item was returned to the owner") } };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcmp(words[i].word, word) == 0)
            return lang_text(words[i].label);
    return describe_word(word);
}

/* The rows of a query; forms has a letter for each column: text, word of ours, code. */
static int put_rows(const struct report_page *p, struct query *q, const char *forms, struct hz_error *err)
{
    bool row = true;
    size_t lines = 0;
    int rc;

    for (rc = query_row(q, &row, err); rc == HZ_OK && row; rc = query_row(q, &row, err)) {
        report_page_line(p);
        for (int i = 0; forms[i] != '\0'; i++) {
            const char *text = query_get_text(q, i);
            if (forms[i] == 'c')
                report_page_cell_code(p, text);
            else
                report_page_cell(p, forms[i] == 'w' ? copy_word(text) : text);
        }
        report_page_line_end(p);
        lines++;
    }
    if (lines == 0)
        report_page_line_none(p, (unsigned)strlen(forms));
    return rc;
}

int report_parts_copies(const struct report_page *p, const char *item, struct hz_error *err)
{
    static const char *const headings[] = { N_("copy"),      N_("role"),       N_("medium"),
                                            N_("place"),     N_("sha256"),     N_("last recorded as"),
                                            N_("integrity"), N_("held by"),    N_("due"),
                                            N_("made in"),   N_("last entry"), NULL };
    HZ_CLEANUP(query_close) struct query q;
    int rc;

    report_page_section(p, _("Copies"));
    report_page_table(p, REPORT_LIST, headings);
    query_open(
        &q, p->report->audit.told,
        "SELECT c.copy, c.role, c.medium, c.place, c.sha256, CASE WHEN c.state IN ('there', 'out') AND i.state IN"
        " ('disposed', 'returned') THEN c.state || ', ' || i.state ELSE c.state END, c.integrity, c.holder,"
        " c.due, CAST(c.made AS TEXT), CAST(c.entry AS TEXT) FROM copy c JOIN item i ON i.item = c.item"
        " WHERE c.item = ?1 ORDER BY c.made, c.copy");
    query_text(&q, 1, item);
    rc = put_rows(p, &q, "twttcwwtttt", err);
    report_page_table_end(p);
    return rc;
}

static int put_person(const struct report_page *p, const struct query *q, struct hz_error *err)
{
    int rc;

    report_page_line(p);
    for (int i = 1; i < 6; i++)
        report_page_cell(p, query_get_text(q, i));
    report_page_cell_begin(p);
    report_page_code(p, query_get_text(q, 0));
    rc = report_keys_end(p, query_get_text(q, 0), err);
    report_page_cell_end(p);
    report_page_cell(p, query_get_text(q, 6));
    report_page_line_end(p);
    return rc;
}

/* Receivers whom the ledger does not know as persons. */
static int put_strangers(const struct report_page *p, struct hz_error *err)
{
    const struct report *r = p->report;
    int rc = HZ_OK;

    for (size_t i = 0; i < r->count && rc == HZ_OK; i++) {
        const struct r_person *to = &r->entries[i]->statement.body.to;
        const struct report_entry *e = r->entries[i];
        char entry[24];
        bool known = false;
        HZ_CLEANUP(query_close) struct query q;
        if (e->statement.type != R_STATEMENT_OFFER)
            continue;
        query_open(&q, r->audit.told, "SELECT 1 FROM person WHERE key = ?1");
        query_text(&q, 1, to->key);
        rc = query_row(&q, &known, err);
        if (known)
            continue;
        snprintf(entry, sizeof entry, "%" PRIu64, e->sequence);
        report_page_line(p);
        report_page_cell(p, to->name);
        report_page_cell(p, to->title);
        report_page_cell(p, to->organisation);
        report_page_cell(p, to->role);
        report_page_cell(p, to->contact);
        report_page_cell_code(p, to->key);
        report_page_cell(p, entry);
        report_page_line_end(p);
    }
    return rc;
}

int report_parts_people(const struct report_page *p, struct hz_error *err)
{
    static const char *const headings[] = { N_("name"),    N_("title"), N_("organisation"), N_("role"),
                                            N_("contact"), N_("key"),   N_("entry"),        NULL };
    HZ_CLEANUP(query_close) struct query q;
    bool row = true, here;
    int rc;

    report_page_section(p, _("Persons"));
    report_page_table(p, REPORT_LIST, headings);
    query_open(
        &q, p->report->audit.told,
        "SELECT key, name, title, organisation, role, contact, CAST(entry AS TEXT) FROM person ORDER BY entry, key");
    for (rc = query_row(&q, &row, err); rc == HZ_OK && row; rc = query_row(&q, &row, err)) {
        rc = report_keys_concern(p->report, query_get_text(&q, 0), &here, err);
        if (rc == HZ_OK && here)
            rc = put_person(p, &q, err);
        if (rc != HZ_OK)
            return rc;
    }
    if (rc == HZ_OK)
        rc = put_strangers(p, err);
    report_page_table_end(p);
    return rc == HZ_OK ? report_parts_keys(p, err) : rc;
}
