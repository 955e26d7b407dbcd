#include <inttypes.h>
#include <string.h>

#include "base/lang.h"
#include "base/text.h"
#include "custody/report_parts.h"

static bool concerns(const struct report *r, const struct audit_finding *f)
{
    if (r->item != NULL)
        return f->item[0] == '\0' || strcmp(f->item, r->item) == 0;
    for (size_t i = 0; i < r->count; i++)
        if (text_equal(r->entries[i]->statement.item, f->item))
            return true;
    return f->item[0] == '\0';
}

/* The audit holds, so these are about the item, a key, or another ledger. */
static void put_findings(const struct report_page *p)
{
    const struct audit *a = &p->report->audit;
    struct report_row row = report_row_open(p, _("findings"));
    size_t count = 0;

    for (size_t i = 0; i < a->finding_count; i++) {
        HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(4096);
        if (!concerns(p->report, &a->findings[i]))
            continue;
        buf_printf(&text, "%s: %s", a->findings[i].code, a->findings[i].detail);
        report_row_value(&row, buf_text(&text), a->findings[i].entry);
        count++;
    }
    if (count == 0) {
        row.values = 1;
        report_page_text(p, _("none"));
    }
    report_row_close(&row);
}

static void put_audit(const struct report_page *p, const char *root)
{
    const struct audit *a = &p->report->audit;
    HZ_CLEANUP(buf_free) struct buf size = BUF_INIT(64);
    HZ_CLEANUP(buf_free) struct buf covered = BUF_INIT(256);

    buf_decimal(&size, a->size);
    buf_printf(&covered, _("%" PRIu64 " of %" PRIu64 " entries"), a->covered, a->size);
    report_page_rows(p);
    report_page_row(p, _("ledger"), a->ledger, NULL);
    report_page_row(p, _("entries in the log"), buf_text(&size), NULL);
    report_page_row(p, _("root of the log"), root, NULL);
    report_page_row(p, _("signed up to"), buf_text(&covered), NULL);
    report_page_row(p, _("audit"), audit_verdict(a) == AUDIT_CONSISTENT ? _("consistent") : _("undetermined"), NULL);
    put_findings(p);
    report_page_rows_end(p);
}

int report_parts_record(const struct report_page *p, struct hz_error *err)
{
    const struct audit *a = &p->report->audit;
    HZ_CLEANUP(buf_free) struct buf root = BUF_INIT(64);
    HZ_CLEANUP(buf_free) struct buf head = BUF_INIT(256);
    char now[STAMP_SIZE];

    text_base64(&root, a->root, sizeof a->root);
    buf_printf(&head, "hozen-ledger/%s\n%" PRIu64 "\n%s\n", a->ledger, a->size, buf_text(&root));
    report_parts_stamps(p);
    report_page_section(p, _("The record behind this form"));
    put_audit(p, (const char *)root.data);
    stamp_format_offset(now, stamp_now(), 0);
    report_page_paragraph(p, _("Every value comes from a signed record of the ledger; the number in brackets is the "
                               "record's entry. What nobody recorded is said to be not recorded. This page itself is "
                               "not signed: whoever doubts it makes it again from the ledger, or checks the entries "
                               "with an export (hozen custody export). The head of the log, kept on paper, shows "
                               "later whether entries up to it were changed or left out."));
    buf_printf(p->out, "<p>%s</p>\n", _("\\xNN stands for a byte that does not print, \\\\ for a backslash."));
    report_page_rows(p);
    report_page_row(p, _("form made with"), "hozen-custody " HOZEN_VERSION, NULL);
    report_page_row(p, _("form made at"), now, NULL);
    report_page_rows_end(p);
    return report_page_qr(p, _("head of the log"), buf_text(&head), err);
}
