#include <inttypes.h>
#include <string.h>

#include "base/lang.h"
#include "base/text.h"
#include "custody/describe.h"
#include "custody/report_bundle.h"
#include "custody/report_parts.h"
#include "custody/verifier.h"
#include "formats/read/records.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

struct line {
    const char *label, *path;
};

static const struct line order_lines[] = {
    { N_("evidence id"), "item" },
    { N_("case id"), "case" },
    { N_("exhibit number"), "exhibit" },
    { N_("operator"), "operator.name" },
    { N_("organisation"), "organisation" },
    { N_("authority of collection"), "authority" },
    { N_("reason of collection"), "reason" },
    { N_("place of collection"), "location" },
    { N_("witnesses"), "witnesses" },
    { N_("begun"), "started" },
    { N_("ended"), "finished" },
    { N_("ended as"), "status" },
};
static const struct line host_lines[] = {
    { N_("host"), "host.hostname" },
    { N_("machine-id"), "host.machine_id" },
    { N_("boot id"), "host.boot_id" },
    { N_("kernel"), "host.kernel" },
    { N_("architecture"), "host.architecture" },
    { N_("operating system"), "host.operating_system" },
    { N_("clock at the beginning"), "clock.start.realtime" },
    { N_("time zone at the beginning, minutes"), "clock.start.timezone_offset_minutes" },
    { N_("clock at the end"), "clock.end.realtime" },
    { N_("time zone at the end, minutes"), "clock.end.timezone_offset_minutes" },
    { N_("reference time"), "clock.reference.time" },
    { N_("source of the reference time"), "clock.reference.source" },
    { N_("reference minus clock, nanoseconds"), "clock.reference.offset_nanoseconds" },
};
static const struct line tool_lines[] = {
    { N_("tool of collection"), "tool.name" },
    { N_("version"), "tool.version" },
    { N_("sha256 of the tool"), "tool.sha256" },
    { N_("command line"), "tool.command_line" },
    { N_("user id"), "tool.uid" },
    { N_("profiles"), "requested.profiles" },
    { N_("sources asked for"), "requested.sources" },
    { N_("paths asked for"), "requested.paths" },
    { N_("databases asked for"), "requested.databases" },
    { N_("units asked for"), "requested.units" },
    { N_("logs since"), "requested.since" },
    { N_("examined image"), "requested.root" },
    { N_("processes whose memory was asked for"), "requested.process_memory" },
    { N_("programs of the host were run"), "requested.host_tools" },
    { N_("mounts that were not crossed"), "mounts_not_crossed" },
    { N_("limit in bytes"), "limits.max_size" },
    { N_("limit in bytes of one file"), "limits.max_file_size" },
    { N_("limit in seconds"), "limits.timeout_seconds" },
    { N_("asked for"), "counts.asked" },
    { N_("number taken"), "counts.collected" },
    { N_("recorded without content"), "counts.recorded" },
    { N_("not taken"), "counts.absent" },
};

static void put_value(void *context, const char *value)
{
    report_row_plain(context, value);
}

static int put_lines(const struct report_page *p, const struct report_bundle *b, const char *title,
                     const struct line *lines, size_t count, struct hz_error *err)
{
    int rc = HZ_OK;

    report_page_section(p, title);
    report_page_rows(p);
    for (size_t i = 0; i < count && rc == HZ_OK; i++) {
        struct report_row row = report_row_open(p, lang_text(lines[i].label));
        rc = report_bundle_find(b, lines[i].path, put_value, &row, err);
        report_row_close(&row);
    }
    report_page_rows_end(p);
    return rc;
}

static void put_source(void *context, const char *const values[REPORT_COLUMNS])
{
    const struct report_page *p = context;

    report_page_line(p);
    for (size_t i = 0; i < REPORT_COLUMNS; i++)
        report_page_cell(p, describe_word(values[i]));
    report_page_line_end(p);
}

static int put_sources(const struct report_page *p, const struct report_bundle *b, struct hz_error *err)
{
    static const char *const headings[] = { N_("source"),
                                            N_("ended as"),
                                            N_("asked for"),
                                            N_("number taken"),
                                            N_("recorded without content"),
                                            N_("not taken"),
                                            NULL };
    static const char *const paths[REPORT_COLUMNS] = {
        "name", "status", "counts.asked", "counts.collected", "counts.recorded", "counts.absent"
    };
    struct report_page page = *p;
    int rc;

    report_page_section(p, _("Sources"));
    report_page_table(p, REPORT_LIST, headings);
    rc = report_bundle_rows(b, "sources", paths, put_source, &page, err);
    report_page_table_end(p);
    return rc;
}

static const char *text_of(const struct buf *b)
{
    return b->len > 0 ? (const char *)b->data : "";
}

/* What a file is not, then why, as far as the bundle tells it. */
static void put_why(struct buf *out, const struct report_exception *e)
{
    const char *status = text_of(&e->status);

    if (e->real_size.len > 0 && text_equal(text_of(&e->size), text_of(&e->real_size)))
        buf_puts(out, _("not taken to its end"));
    else if (e->real_size.len > 0)
        buf_printf(out, _("%s of its %s bytes were read, zeros stand for the rest"), text_of(&e->real_size),
                   text_of(&e->size));
    else if (strcmp(status, "changed") == 0)
        buf_puts(out, _("it was changed while it was read"));
    else if (strcmp(status, "grew") == 0)
        buf_puts(out, _("it grew while it was read: taken as long as it was before"));
    if (strcmp(text_of(&e->method), R_RECORDS_UNLOCKED) == 0)
        buf_printf(out, "%s%s", out->len > 0 ? "; " : "", _("copied without a lock: such a copy can be torn"));
    if (e->reason.len > 0)
        buf_printf(out, "%s%s", out->len > 0 ? ": " : "", text_of(&e->reason));
}

static void put_exceptions(const struct report_page *p, const struct report_bundle *b)
{
    static const char *const headings[] = { N_("what"), N_("source"), N_("status"), N_("why"), NULL };

    report_page_section(p, _("Exceptions"));
    report_page_paragraph(
        p, _("What was asked for and is not in the bundle as it was on the host: not taken, cut, changed "
             "while it was read, or copied without a lock."));
    report_page_table(p, REPORT_LIST, headings);
    for (size_t i = 0; i < b->count; i++) {
        HZ_CLEANUP(buf_free) struct buf why = BUF_INIT((size_t)2 << 20);
        const struct report_exception *e = &b->exceptions[i];
        put_why(&why, e);
        report_page_line(p);
        report_page_cell(p, (const char *)e->name.data);
        report_page_cell(p, (const char *)e->source.data);
        report_page_cell(p, describe_word((const char *)e->status.data));
        report_page_cell(p, why.len > 0 ? buf_text(&why) : NULL);
        report_page_line_end(p);
    }
    if (b->count == 0) {
        report_page_line(p);
        report_page_cell(p, _("none"));
        report_page_line_end(p);
    }
    report_page_table_end(p);
    if (b->more > 0) {
        HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(256);
        buf_printf(&text, _("and %llu more: hozen list --json names them"), (unsigned long long)b->more);
        report_page_paragraph(p, buf_text(&text));
    }
}

/* The file at hand is the one that was taken in, or holds the same. */
static int check_same(const struct report_page *p, const struct report_order *order, struct hz_error *err)
{
    const struct report_entry *intake = report_latest(p->report, R_STATEMENT_INTAKE, order->item);
    HZ_CLEANUP(verifier_free) struct verifier v = { 0 };
    int rc = verifier_run(&v, order->bundle, NULL, err);

    if (rc != HZ_OK)
        return rc;
    if (intake == NULL || (!text_equal(intake->statement.file_sha256, v.file_sha256) &&
                           (v.content_id == NULL || !text_equal(intake->statement.content_id, v.content_id))))
        return hz_error_set(err, HZ_E_INVALID, _("%s: is not the evidence that was taken in as %s: its SHA-256 is %s"),
                            order->bundle, order->item, v.file_sha256);
    return HZ_OK;
}

static int put_bundle(const struct report_page *p, const struct report_bundle *b, struct hz_error *err)
{
    int rc;

    if (!b->intact)
        report_page_warning(p, _("The bundle is not intact: what follows is its own account and cannot be relied on."));
    report_page_paragraph(p, _("From the bundle's own records, made on the examined host; the bundle is the one whose "
                               "digest stands below."));
    rc = put_lines(p, b, _("Collection"), order_lines, COUNT(order_lines), err);
    if (rc == HZ_OK)
        rc = put_lines(p, b, _("Examined host"), host_lines, COUNT(host_lines), err);
    if (rc == HZ_OK)
        rc = put_lines(p, b, _("Tool and scope"), tool_lines, COUNT(tool_lines), err);
    if (rc == HZ_OK)
        rc = put_sources(p, b, err);
    put_exceptions(p, b);
    return rc;
}

/* What was taken in without a kind is a bundle. */
static void put_without(const struct report_page *p, const char *item)
{
    const struct report_entry *intake = report_latest(p->report, R_STATEMENT_INTAKE, item);
    const char *kind = intake != NULL ? intake->statement.body.kind : NULL;

    if (kind == NULL || strcmp(kind, "bundle") == 0)
        report_page_warning(p, _("The bundle was not at hand (--bundle): its own account of the collection, with what "
                                 "is missing, is not in this report."));
    else
        report_page_paragraph(p, _("The item is no bundle: it has no records of an acquisition of its own. What is "
                                   "known of the collection is what the intake says."));
}

int report_form_acquisition(const struct report_page *p, const struct report_order *order, struct hz_error *err)
{
    HZ_CLEANUP(report_bundle_free) struct report_bundle bundle = { 0 };
    int rc = HZ_OK;

    if (order->bundle != NULL) {
        rc = check_same(p, order, err);
        if (rc == HZ_OK)
            rc = report_bundle_read(&bundle, order->bundle, err);
        if (rc == HZ_OK)
            rc = put_bundle(p, &bundle, err);
    } else {
        put_without(p, order->item);
    }
    if (rc != HZ_OK)
        return rc;
    report_parts_item(p, order->item);
    report_parts_taking(p, order->item);
    rc = report_parts_digests(p, order->item, err);
    if (rc == HZ_OK)
        rc = report_parts_events(p, _("Intake"), order->item, REPORT_TYPE(INTAKE), err);
    return rc == HZ_OK ? report_parts_people(p, err) : rc;
}
