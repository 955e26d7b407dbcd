#include <string.h>

#include "base/lang.h"
#include "custody/describe.h"
#include "custody/report_parts.h"

/* Words of the table `item`. */
static const char *word_of(const char *word)
{
    static const struct {
        const char *word, *label;
    } words[] = { { "bundle", N_("bundle") },
                  { "archive", N_("archive of another collector") },
                  { "held", N_("held") },
                  { "offered", N_("offered") },
                  { "in-transit", N_("in transit") },
                  { "disputed", N_("disputed") },
                  { "disposed", N_("disposed of") },
                  { "returned", N_("returned to the owner") } };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcmp(words[i].word, word) == 0)
            return lang_text(words[i].label);
    return describe_word(word);
}

static int put_item(const struct report_page *p, const struct query *q, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf name = BUF_INIT(R_LEDGER_LINE_MAX + 64);
    int rc = report_name(p->report, query_get_text(q, 5), &name, err);

    report_page_line(p);
    for (int i = 0; i < 2; i++)
        report_page_cell(p, query_get_text(q, i));
    for (int i = 2; i < 5; i++)
        report_page_cell(p, word_of(query_get_text(q, i)));
    report_page_cell(p, buf_text(&name));
    report_page_cell(p, query_get_text(q, 6));
    report_page_line_end(p);
    return rc;
}

static void open_items(const struct report_page *p, struct query *q)
{
    query_open(q, p->report->audit.told,
               "SELECT item, exhibit, kind, state, integrity, custodian, location FROM item WHERE case_id = ?1"
               " ORDER BY item");
    query_text(q, 1, p->report->case_id);
}

static int put_items(const struct report_page *p, struct hz_error *err)
{
    static const char *const headings[] = { N_("evidence id"), N_("exhibit number"), N_("kind"),     N_("state"),
                                            N_("integrity"),   N_("custodian"),      N_("location"), NULL };
    HZ_CLEANUP(query_close) struct query q;
    bool row = true;
    size_t lines = 0;
    int rc;

    report_page_section(p, _("Evidence of the case"));
    report_page_table(p, REPORT_LIST, headings);
    open_items(p, &q);
    for (rc = query_row(&q, &row, err); rc == HZ_OK && row; rc = query_row(&q, &row, err)) {
        rc = put_item(p, &q, err);
        if (rc != HZ_OK)
            return rc;
        lines++;
    }
    if (lines == 0)
        report_page_line_none(p, 7);
    report_page_table_end(p);
    return rc;
}

static int put_chains(const struct report_page *p, struct hz_error *err)
{
    HZ_CLEANUP(query_close) struct query q;
    bool row = true;
    int rc;

    report_page_section(p, _("Chain of custody over time"));
    open_items(p, &q);
    for (rc = query_row(&q, &row, err); rc == HZ_OK && row; rc = query_row(&q, &row, err)) {
        rc = report_parts_drawing(p, query_get_text(&q, 0), err);
        if (rc != HZ_OK)
            return rc;
    }
    return rc;
}

int report_form_case(const struct report_page *p, const struct report_order *order, struct hz_error *err)
{
    static const uint32_t all = UINT32_MAX;
    HZ_CLEANUP(query_close) struct query q;
    bool row = true;
    int rc;

    (void)order;
    report_parts_case(p);
    rc = put_items(p, err);
    if (rc == HZ_OK)
        rc = put_chains(p, err);
    if (rc == HZ_OK)
        rc = report_parts_events(p, _("Measures, notes and facts about the case"), NULL, all, err);
    open_items(p, &q);
    for (; rc == HZ_OK && row;) {
        HZ_CLEANUP(buf_free) struct buf title = BUF_INIT(512);
        rc = query_row(&q, &row, err);
        if (rc != HZ_OK || !row)
            break;
        buf_printf(&title, _("Records about %s"), query_get_text(&q, 0));
        rc = report_parts_events(p, buf_text(&title), query_get_text(&q, 0), all, err);
    }
    return rc == HZ_OK ? report_parts_people(p, err) : rc;
}
