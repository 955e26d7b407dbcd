#include <inttypes.h>
#include <string.h>

#include "base/lang.h"
#include "custody/inside.h"
#include "custody/report_parts.h"
#include "formats/read/policy.h"

#define LINE_MAX ((size_t)64 << 10)

/* --- what was seen inside the evidence when it was taken in --- */

void report_parts_inside(const struct report_page *p, const char *item)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT((size_t)4 << 20);
    const struct report_entry *from = NULL;

    for (size_t i = 0; i < p->report->count; i++)
        if (report_about(p->report->entries[i], item) && p->report->entries[i]->statement.body.inspection != NULL)
            from = p->report->entries[i];
    report_page_section(p, _("Looked at inside"));
    report_page_rows(p);
    if (from != NULL)
        inside_describe(from->statement.body.inspection, &text);
    for (size_t at = 0; at < text.len; at += strlen((const char *)text.data + at) + 1) {
        const char *label = (const char *)text.data + at;
        at += strlen(label) + 1;
        report_page_row(p, label, (const char *)text.data + at, from);
    }
    if (text.len == 0)
        report_page_row(p, _("databases and file types"), NULL, NULL);
    report_page_rows_end(p);
}

/* --- times that somebody else attests --- */

static const char *status_text(enum r_timestamp_status status)
{
    switch (status) {
    case R_TIMESTAMP_PROVEN:
        return _("proven");
    case R_TIMESTAMP_INVALID:
        return _("invalid");
    default:
        return _("not proven");
    }
}

static void put_stamp(const struct report_page *p, const struct audit_stamp *s)
{
    HZ_CLEANUP(buf_free) struct buf entry = BUF_INIT(32);
    HZ_CLEANUP(buf_free) struct buf covered = BUF_INIT(64);
    char time[STAMP_SIZE];

    buf_decimal(&entry, s->entry);
    buf_printf(&covered, "0-%" PRIu64, s->size - 1);
    stamp_format(time, s->token.time);
    report_page_line(p);
    report_page_cell(p, buf_text(&entry));
    report_page_cell(p, buf_text(&covered));
    report_page_cell(p, s->token.read ? time : NULL);
    report_page_cell(p, s->token.authority);
    report_page_cell_begin(p);
    report_page_detail(p, NULL, status_text(s->token.status));
    if (s->token.status != R_TIMESTAMP_PROVEN)
        report_page_detail(p, NULL, r_timestamp_sentence(s->token.why));
    report_page_cell_end(p);
    report_page_line_end(p);
}

void report_parts_stamps(const struct report_page *p)
{
    static const char *const headings[] = {
        N_("entry"), N_("entries that existed"), N_("at the latest at"), N_("authority"), N_("status"), NULL
    };
    const struct audit_time *t = &p->report->audit.time;

    report_page_section(p, _("Time stamps of the log"));
    report_page_table(p, REPORT_LIST, headings);
    for (size_t i = 0; i < t->count; i++)
        put_stamp(p, &t->stamps[i]);
    if (t->count == 0)
        report_page_line_none(p, 5);
    report_page_table_end(p);
}

/* --- the policy --- */

static void put_list(const struct report_page *p, const char *label, const char *const *words, size_t count)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(LINE_MAX);

    for (size_t i = 0; i < count; i++)
        buf_printf(&text, "%s%s", i == 0 ? "" : ", ", words[i]);
    if (count > 0)
        report_page_detail(p, label, buf_text(&text));
}

static void put_types(const struct report_page *p, uint64_t types)
{
    const char *names[R_STATEMENT_TYPES];
    size_t count = 0;

    for (unsigned i = 0; i < R_STATEMENT_TYPES; i++)
        if ((types >> i & 1) != 0)
            names[count++] = r_statement_type_name((enum r_statement_type)i);
    put_list(p, _("for"), names, count);
}

static void put_rule(const struct report_page *p, const struct r_policy_rule *rule)
{
    HZ_CLEANUP(buf_free) struct buf persons = BUF_INIT(16);

    buf_decimal(&persons, rule->persons);
    report_page_line(p);
    report_page_cell(p, rule->name);
    report_page_cell_begin(p);
    put_types(p, rule->types);
    put_list(p, _("roles"), rule->roles, rule->role_count);
    if (rule->persons > 0)
        report_page_detail(p, _("persons who sign"), buf_text(&persons));
    if (rule->checkpoint_signer)
        report_page_detail(p, NULL, _("a checkpoint signer among them"));
    put_list(p, _("must be recorded"), rule->requires, rule->require_count);
    put_list(p, _("archive targets"), rule->targets, rule->target_count);
    report_page_cell_end(p);
    report_page_line_end(p);
}

static void put_number(const struct report_page *p, const char *label, unsigned value)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(16);

    if (value == 0)
        return;
    buf_decimal(&text, value);
    report_page_line(p);
    report_page_cell(p, label);
    report_page_cell(p, buf_text(&text));
    report_page_line_end(p);
}

static void put_count(const struct report_page *p, const char *label, unsigned value)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(16);

    buf_decimal(&text, value);
    if (value > 0)
        report_page_detail(p, label, buf_text(&text));
}

static void put_archive(const struct report_page *p, const struct r_policy_archive *archive)
{
    HZ_CLEANUP(buf_free) struct buf hours = BUF_INIT(LINE_MAX);

    for (size_t i = 0; i < archive->hour_count; i++)
        buf_printf(&hours, "%s%u", i == 0 ? "" : ", ", archive->hours[i]);
    report_page_line(p);
    report_page_cell(p, _("archive"));
    report_page_cell_begin(p);
    report_page_detail(p, _("case"), archive->case_id != NULL ? archive->case_id : _("all others"));
    put_count(p, _("copies"), archive->copies);
    put_count(p, _("kinds of media"), archive->media);
    put_list(p, _("archive targets"), archive->targets, archive->target_count);
    if (archive->hour_count > 0)
        report_page_detail(p, _("hours until each check"), buf_text(&hours));
    report_page_cell_end(p);
    report_page_line_end(p);
}

static void put_policy(const struct report_page *p, const struct r_policy *policy, bool found)
{
    static const char *const headings[] = { N_("rule"), N_("what it asks for"), NULL };

    report_page_table(p, REPORT_LIST, headings);
    for (size_t i = 0; found && i < policy->count; i++)
        put_rule(p, &policy->rules[i]);
    put_number(p, _("days between verifications"), policy->recheck_days);
    put_number(p, _("copies of each item"), policy->copies);
    for (size_t i = 0; found && i < policy->archive_count; i++)
        put_archive(p, &policy->archives[i]);
    if (!found ||
        (policy->count == 0 && policy->recheck_days == 0 && policy->copies == 0 && policy->archive_count == 0))
        report_page_line_none(p, 2);
    report_page_table_end(p);
}

int report_parts_policy(const struct report_page *p, struct hz_error *err)
{
    HZ_CLEANUP(r_policy_free) struct r_policy policy = { 0 };
    HZ_CLEANUP(buf_free) struct buf title = BUF_INIT(256);
    HZ_CLEANUP(query_close) struct query q;
    bool found = false;
    int rc;

    query_open(&q, p->report->audit.told, "SELECT rules, entry FROM policy ORDER BY entry DESC LIMIT 1");
    rc = query_row(&q, &found, err);
    if (rc == HZ_OK && found)
        rc = r_policy_parse(&policy, query_get_text(&q, 0), err);
    if (rc != HZ_OK)
        return rc;
    buf_puts(&title, _("Policy in force"));
    if (found)
        buf_printf(&title, " [%" PRIu64 "]", query_get_int(&q, 1));
    if (buf_text(&title) == NULL)
        return buf_check(&title, err);
    report_page_section(p, (const char *)title.data);
    put_policy(p, &policy, found);
    return HZ_OK;
}
