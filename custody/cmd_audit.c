#include <inttypes.h>
#include <string.h>

#include "base/escape.h"
#include "base/json_out.h"
#include "base/lang.h"
#include "base/text.h"
#include "base/width.h"
#include "cli/help.h"
#include "cli/out.h"
#include "custody/audit.h"
#include "custody/cmd.h"
#include "custody/cmd_audit_time.h"

#define INDENT 4

static const char *const verdict_words[] = { "consistent", "failed", "undetermined" };

static const char *verdict_text(enum audit_verdict verdict)
{
    switch (verdict) {
    case AUDIT_CONSISTENT:
        return _("consistent");
    case AUDIT_FAILED:
        return _("failed");
    default:
        return _("undetermined");
    }
}

static int verdict_exit(enum audit_verdict verdict)
{
    switch (verdict) {
    case AUDIT_CONSISTENT:
        return HZ_EXIT_OK;
    case AUDIT_FAILED:
        return HZ_EXIT_FINDINGS;
    default:
        return HZ_EXIT_FAILED;
    }
}

static bool has_root(const struct audit *a)
{
    return a->size > 0 && !a->gap;
}

static void json_finding(struct json_out *j, const struct audit_finding *f)
{
    json_object(j);
    json_member_string(j, "code", f->code);
    cmd_json_path(j, "detail", f->detail); /* names paths, and may be cut within a letter */
    if (f->has_entry)
        json_member_int(j, "entry", (int64_t)f->entry);
    json_member_string(j, "item", f->item[0] != '\0' ? f->item : NULL);
    json_object_end(j);
}

static void json_unknown(struct json_out *j, const struct audit *a)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(4 * a->unknown.limit);
    const char *p, *end;

    if (text_to_utf8(&text, a->unknown.data, a->unknown.len) != HZ_OK)
        j->out->failed = text.failed;
    p = (const char *)text.data;
    end = p + text.len;
    json_key(j, "unknown");
    json_array(j);
    while (p != NULL && p < end) {
        const char *newline = memchr(p, '\n', (size_t)(end - p));
        json_string_n(j, p, (size_t)(newline - p));
        p = newline + 1;
    }
    json_array_end(j);
}

static int print_json(const struct audit *a, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf line = BUF_INIT((size_t)4 << 20);
    HZ_CLEANUP(buf_free) struct buf root = BUF_INIT(64);
    struct json_out j;
    int rc;

    text_base64(&root, a->root, sizeof a->root);
    json_init(&j, &line);
    json_object(&j);
    json_member_decimal(&j, "checkpoints", a->checkpoints);
    json_member_decimal(&j, "covered", a->covered);
    json_key(&j, "findings");
    json_array(&j);
    for (size_t i = 0; i < a->finding_count; i++)
        json_finding(&j, &a->findings[i]);
    json_array_end(&j);
    json_member_decimal(&j, "findings_more", a->findings_more);
    json_member_string(&j, "ledger", a->ledger[0] != '\0' ? a->ledger : NULL);
    json_member_decimal(&j, "outside", a->outside_count);
    json_member_string(&j, "root", has_root(a) ? buf_text(&root) : NULL);
    json_member_string(&j, "schema", "hozen-audit/1");
    json_member_decimal(&j, "size", a->size);
    cmd_audit_time_json(&j, &a->time);
    json_unknown(&j, a);
    json_member_string(&j, "verdict", verdict_words[audit_verdict(a)]);
    json_object_end(&j);
    rc = json_check(&j, err);
    if (rc == HZ_OK)
        cli_out_line(stdout, &line);
    return rc;
}

static void print_wrapped(const char *text)
{
    HZ_CLEANUP(buf_free) struct buf inert = BUF_INIT(65536);

    escape_terminal(&inert, text, strlen(text));
    printf("%*s", INDENT, "");
    width_wrap(stdout, buf_text(&inert) != NULL ? (const char *)inert.data : "", INDENT, INDENT, HELP_COLUMNS);
}

static void print_finding(const struct audit_finding *f)
{
    if (f->has_entry)
        printf(_("entry %" PRIu64 ": %s"), f->entry, f->code);
    else
        fputs(f->code, stdout);
    if (f->item[0] != '\0')
        printf(" %s", f->item);
    putchar('\n');
    print_wrapped(f->detail);
}

static void print_coverage(const struct audit *a)
{
    HZ_CLEANUP(buf_free) struct buf covered = BUF_INIT(256);
    struct head head = { .size = a->size };

    memcpy(head.root, a->root, sizeof head.root);
    if (has_root(a))
        cmd_print_head(&head);
    buf_printf(&covered, _("%" PRIu64 " of %" PRIu64 " entries"), a->covered, a->size);
    cli_out_field(stdout, CLI_OUT_LABELS, _("signed up to"), buf_text(&covered));
    cmd_audit_time_text(&a->time);
    if (a->outside_count == 0)
        width_wrap(
            stdout,
            _("No checkpoint from outside was given (--checkpoint): entries cut off at the end would not be seen."), 0,
            0, HELP_COLUMNS - 1);
}

static void print_text(const struct audit *a)
{
    const char *unknown = (const char *)a->unknown.data;

    puts(verdict_text(audit_verdict(a)));
    for (size_t i = 0; i < a->finding_count; i++)
        print_finding(&a->findings[i]);
    if (a->findings_more > 0)
        printf(_("and %" PRIu64 " findings more\n"), a->findings_more);
    if (a->unknown.len > 0) {
        escape_print_n(stdout, unknown, a->unknown.len - 1);
        putchar('\n');
    }
    cli_out_field(stdout, CLI_OUT_LABELS, _("ledger"), a->ledger[0] != '\0' ? a->ledger : "-");
    print_coverage(a);
}

int cmd_audit(const struct cli_args *args)
{
    HZ_CLEANUP(audit_free) struct audit a = { 0 };
    struct hz_error err = { 0 };
    struct audit_order order = { .ledger = cli_value(args, "ledger") };
    int rc;

    cli_note_sandbox(args);
    order.checkpoints = cli_values(args, "checkpoint", &order.checkpoint_count);
    order.offers = cli_values(args, "offer", &order.offer_count);
    order.timestamp_roots = cli_value(args, "timestamp-roots");
    rc = audit_run(&a, &order, &err);
    if (rc == HZ_OK && cli_flag(args, "json"))
        rc = print_json(&a, &err);
    else if (rc == HZ_OK)
        print_text(&a);
    return rc == HZ_OK ? verdict_exit(audit_verdict(&a)) : cli_fail(args, &err);
}
