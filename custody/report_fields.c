#include <string.h>

#include "base/lang.h"
#include "base/text.h"
#include "custody/describe.h"
#include "custody/report_parts.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static bool said_before(const struct report *r, size_t at, const char *item, const struct report_field *f,
                        const char *value)
{
    for (size_t i = 0; i < at; i++) {
        const struct r_statement *s = &r->entries[i]->statement;
        if (s->type == f->type && report_about(r->entries[i], item) && text_equal(report_text(s, f->key), value))
            return true;
    }
    return false;
}

static void put_witnesses(const struct report_entry *e, struct report_row *row)
{
    for (size_t i = 0; i < e->statement.body.witness_count; i++)
        report_row_value(row, e->statement.body.witnesses[i], e->sequence);
}

static void put_field(const struct report_page *p, const char *item, const struct report_field *f)
{
    const struct report *r = p->report;
    struct report_row row = report_row_open(p, lang_text(f->label));

    for (size_t i = 0; i < r->count; i++) {
        const struct report_entry *e = r->entries[i];
        const char *value;
        if (e->statement.type != f->type || !report_about(e, item))
            continue;
        value = f->key != NULL ? report_text(&e->statement, f->key) : NULL;
        if (f->key == NULL)
            put_witnesses(e, &row);
        else if (value == NULL && strcmp(f->key, "kind") == 0 && !said_before(r, i, item, f, NULL))
            report_row_value(&row, _("bundle"), e->sequence); /* what an intake without a kind is of */
        else if (value != NULL && !said_before(r, i, item, f, value))
            report_row_value(&row, describe_member(f->key, value), e->sequence);
    }
    report_row_close(&row);
}

/* A later fact takes the place of an earlier one; both stay in the log. */
static void put_fact(const struct report_page *p, const struct report_field *f)
{
    for (size_t i = p->report->count; i > 0; i--) {
        const struct report_entry *e = p->report->entries[i - 1];
        const char *value = e->statement.type == f->type ? report_text(&e->statement, f->key) : NULL;
        if (value != NULL) {
            report_page_row(p, lang_text(f->label), value, e);
            return;
        }
    }
    report_page_row(p, lang_text(f->label), NULL, NULL);
}

void report_parts_fields(const struct report_page *p, const char *item, const struct report_field *fields, size_t count)
{
    report_page_rows(p);
    for (size_t i = 0; i < count; i++)
        put_field(p, item, &fields[i]);
    report_page_rows_end(p);
}

void report_parts_case(const struct report_page *p)
{
    static const struct report_field fields[] = {
        { N_("case name"), R_STATEMENT_CASE, "title" },
        { N_("severity"), R_STATEMENT_CASE, "severity" },
        { N_("code name"), R_STATEMENT_CASE, "code_name" },
        { N_("privilege marking"), R_STATEMENT_CASE, "privilege" },
        { N_("detected"), R_STATEMENT_CASE, "detected" },
        { N_("reported by"), R_STATEMENT_CASE, "reporter" },
        { N_("method of detection"), R_STATEMENT_CASE, "method" },
        { N_("symptoms"), R_STATEMENT_CASE, "symptoms" },
        { N_("impact"), R_STATEMENT_CASE, "impact" },
        { N_("responsible officer"), R_STATEMENT_CASE, "responsible" },
    };
    report_page_section(p, _("Case"));
    report_page_rows(p);
    report_page_row(p, _("case id"), p->report->case_id, p->report->count > 0 ? p->report->entries[0] : NULL);
    for (size_t i = 0; i < COUNT(fields); i++)
        put_fact(p, &fields[i]);
    report_page_rows_end(p);
}

void report_parts_item(const struct report_page *p, const char *item)
{
    static const struct report_field fields[] = {
        { N_("evidence id"), R_STATEMENT_INTAKE, "item" },
        { N_("exhibit number"), R_STATEMENT_INTAKE, "exhibit" },
        { N_("kind"), R_STATEMENT_INTAKE, "kind" },
        { N_("description of the source"), R_STATEMENT_INTAKE, "source.description" },
        { N_("make"), R_STATEMENT_INTAKE, "source.make" },
        { N_("model"), R_STATEMENT_INTAKE, "source.model" },
        { N_("serial number"), R_STATEMENT_INTAKE, "source.serial" },
        { N_("asset tag"), R_STATEMENT_INTAKE, "source.asset_tag" },
        { N_("host"), R_STATEMENT_INTAKE, "source.host" },
        { N_("host, as the bundle says"), R_STATEMENT_INTAKE, "evidence.host" },
        { N_("machine-id"), R_STATEMENT_INTAKE, "source.machine_id" },
        { N_("MAC address"), R_STATEMENT_INTAKE, "source.mac" },
        { N_("IP address"), R_STATEMENT_INTAKE, "source.ip" },
        { N_("operating system"), R_STATEMENT_INTAKE, "source.os" },
        { N_("seal of the source"), R_STATEMENT_INTAKE, "source.seal" },
        { N_("condition at intake"), R_STATEMENT_INTAKE, "condition" },
        { N_("location at intake"), R_STATEMENT_INTAKE, "location" },
    };
    report_page_section(p, _("Evidence"));
    report_parts_fields(p, item, fields, COUNT(fields));
}

void report_parts_taking(const struct report_page *p, const char *item)
{
    static const struct report_field fields[] = {
        { N_("discovered"), R_STATEMENT_INTAKE, "discovered.at" },
        { N_("discovered at"), R_STATEMENT_INTAKE, "discovered.location" },
        { N_("discovered by"), R_STATEMENT_INTAKE, "discovered.by" },
        { N_("time of collection"), R_STATEMENT_INTAKE, "collected.at" },
        { N_("collected at"), R_STATEMENT_INTAKE, "collected.location" },
        { N_("collected by"), R_STATEMENT_INTAKE, "collected.by" },
        { N_("operator, as the bundle says"), R_STATEMENT_INTAKE, "evidence.operator" },
        { N_("begun, as the bundle says"), R_STATEMENT_INTAKE, "evidence.started" },
        { N_("ended, as the bundle says"), R_STATEMENT_INTAKE, "evidence.finished" },
        { N_("authority of collection"), R_STATEMENT_INTAKE, "collected.authority" },
        { N_("reason of collection"), R_STATEMENT_INTAKE, "collected.reason" },
        { N_("method of collection"), R_STATEMENT_INTAKE, "collected.method" },
        { N_("tool of collection"), R_STATEMENT_INTAKE, "collected.tool" },
        { N_("sha256 of the tool"), R_STATEMENT_INTAKE, "collected.tool_sha256" },
        { N_("command line"), R_STATEMENT_INTAKE, "collected.command_line" },
        { N_("tool of the intake"), R_STATEMENT_INTAKE, "tool" },
        { N_("what could not be had"), R_STATEMENT_INTAKE, "collected.gaps" },
        { N_("changes by the collection"), R_STATEMENT_INTAKE, "collected.changes" },
        { N_("clock offset from UTC"), R_STATEMENT_INTAKE, "clock.offset" },
        { N_("how the offset is known"), R_STATEMENT_INTAKE, "clock.known_by" },
        { N_("witnesses"), R_STATEMENT_INTAKE, NULL },
        { N_("responsible officer"), R_STATEMENT_INTAKE, "responsible" },
    };
    report_page_section(p, _("Discovery and collection"));
    report_parts_fields(p, item, fields, COUNT(fields));
}

static int put_codes(const struct report_page *p, const struct report_entry *intake, struct hz_error *err)
{
    static const struct {
        const char *label, *key, *prefix;
    } codes[] = { { N_("SHA-256 of the evidence"), "file_sha256", "sha256:" },
                  { N_("content id"), "content_id", "content-id:" } };
    int rc = HZ_OK;

    for (size_t i = 0; i < COUNT(codes) && rc == HZ_OK; i++) {
        HZ_CLEANUP(buf_free) struct buf content = BUF_INIT(128);
        const char *value = report_text(&intake->statement, codes[i].key);
        if (value == NULL)
            continue;
        buf_printf(&content, "%s%s", codes[i].prefix, value);
        rc = report_page_qr(p, lang_text(codes[i].label), buf_text(&content), err);
    }
    return rc;
}

int report_parts_digests(const struct report_page *p, const char *item, struct hz_error *err)
{
    static const struct report_field fields[] = {
        { N_("SHA-256 of the evidence"), R_STATEMENT_INTAKE, "file_sha256" },
        { N_("SHA-512 of the evidence"), R_STATEMENT_INTAKE, "sha512" },
        { N_("size in bytes"), R_STATEMENT_INTAKE, "size" },
        { N_("content id"), R_STATEMENT_INTAKE, "content_id" },
        { N_("files inside"), R_STATEMENT_INTAKE, "evidence.files" },
        { N_("bytes inside"), R_STATEMENT_INTAKE, "evidence.bytes" },
        { N_("members listed"), R_STATEMENT_INTAKE, "listing.members" },
        { N_("sha256 of the listing"), R_STATEMENT_INTAKE, "listing.sha256" },
    };
    const struct report_entry *intake = report_latest(p->report, R_STATEMENT_INTAKE, item);

    report_page_section(p, _("Digests"));
    report_parts_fields(p, item, fields, COUNT(fields));
    return intake != NULL ? put_codes(p, intake, err) : HZ_OK;
}
