#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/lang.h"
#include "cli/out.h"
#include "verify/commands.h"
#include "verify/diff_report.h"

static void free_diff(struct diff **d)
{
    if (!*d)
        return;
    diff_side_free(&(*d)->old_side);
    diff_side_free(&(*d)->new_side);
    free(*d);
}

static int read_kinds(const struct cli_args *args, struct diff *d, struct hz_error *err)
{
    size_t count;
    const char *const *words = cli_values(args, "only", &count);

    for (size_t k = 0; k < count; k++) {
        size_t i = 0;

        while (i < FACT_KINDS && strcmp(words[k], fact_word((enum fact_kind)i)) != 0)
            i++;
        if (i == FACT_KINDS)
            return hz_error_set(err, HZ_E_USAGE, _("--only: there is nothing called %s to compare"), words[k]);
        d->kinds[i].wanted = true;
    }
    for (size_t i = 0; i < FACT_KINDS && !count; i++)
        d->kinds[i].wanted = true;
    return HZ_OK;
}

static int read_side(const struct cli_args *args, size_t operand, struct diff_side *s, struct hz_error *err)
{
    struct policy_order order = cmd_order(args);

    order.bundle = cli_operand(args, operand);
    return diff_side_read(s, &order, err);
}

/* Of a bundle that does not hold nothing is told but that */
static int refuse(const struct cli_args *args, const struct diff *d)
{
    bool failed =
        d->old_side.work->verdict.answer == VERDICT_FAILED || d->new_side.work->verdict.answer == VERDICT_FAILED;
    const char *which = cli_operand(args, work_may_appear(d->old_side.work) ? 1 : 0);

    cli_note(args, _("%s: nothing was compared, since this bundle is not verified; hozen verify says why"), which);
    return failed ? HZ_EXIT_FINDINGS : HZ_EXIT_FAILED;
}

static int put(const struct cli_args *args, struct diff *d, struct hz_error *err)
{
    struct diff_report report = { .stream = stdout, .diff = d };
    int code = diff_run(d, NULL, NULL, err);

    if (code)
        return code;
    if (cli_flag(args, "json")) {
        code = diff_report_json_head(stdout, d, true, err);
        return code ? code : diff_run(d, diff_report_json, stdout, err);
    }
    code = diff_run(d, diff_report_text, &report, err);
    diff_report_end(&report);
    return code;
}

static int conclude(const struct cli_args *args, const struct diff *d)
{
    bool verified =
        d->old_side.work->verdict.answer == VERDICT_VERIFIED && d->new_side.work->verdict.answer == VERDICT_VERIFIED;

    for (size_t i = 0; i < FACT_KINDS; i++)
        if (d->kinds[i].wanted && d->kinds[i].state == DIFF_UNREADABLE) {
            cli_note(args, _("not everything could be compared: a list in a bundle is not well-formed"));
            return HZ_EXIT_FAILED;
        }
    if (!verified)
        cli_note(args, _("nobody was named whom you trust (--signers): who signed the bundles was not checked"));
    return verified ? HZ_EXIT_OK : HZ_EXIT_FAILED;
}

static int run(const struct cli_args *args, struct diff *d, struct hz_error *err)
{
    bool json = cli_flag(args, "json"), may;
    int code = read_side(args, 0, &d->old_side, err);

    if (!code)
        code = read_side(args, 1, &d->new_side, err);
    if (code)
        return cli_fail(args, err);
    may = work_may_appear(d->old_side.work) && work_may_appear(d->new_side.work);
    if (!json)
        diff_report_sides(stdout, d, cli_operand(args, 0), cli_operand(args, 1));
    if (may)
        code = put(args, d, err);
    else if (json)
        code = diff_report_json_head(stdout, d, false, err);
    if (code)
        return cli_fail(args, err);
    return may ? conclude(args, d) : refuse(args, d);
}

int cmd_diff(const struct cli_args *args)
{
    HZ_CLEANUP(free_diff) struct diff *d = calloc(1, sizeof *d);
    struct hz_error err = { .code = HZ_OK };
    int code = d ? HZ_OK : hz_error_set(&err, HZ_E_NOMEM, _("out of memory"));

    if (!code && strcmp(cli_operand(args, 0), "-") == 0 && strcmp(cli_operand(args, 1), "-") == 0)
        code = hz_error_set(&err, HZ_E_USAGE, _("only one of the two bundles can come from standard input"));
    if (!code)
        code = read_kinds(args, d, &err);
    if (code)
        return cli_fail(args, &err);
    return run(args, d, &err);
}
