#include <stdio.h>

#include "base/lang.h"
#include "cli/out.h"
#include "verify/commands.h"
#include "verify/rows.h"
#include "verify/rows_format.h"

static void free_work(struct work **w)
{
    work_free(*w);
}

/* context: true before the first row */
static int on_text(void *context, const struct reader_row *row, struct hz_error *err)
{
    bool *first = context;

    (void)err;
    if (*first)
        rows_text_header(stdout);
    *first = false;
    rows_text(stdout, row);
    return HZ_OK;
}

static int on_json(void *context, const struct reader_row *row, struct hz_error *err)
{
    (void)context;
    return rows_json(stdout, row, err);
}

/* context: the format */
static int on_format(void *context, const struct reader_row *row, struct hz_error *err)
{
    const struct rows_format *format = context;

    return format->row(stdout, row, err);
}

/* What stands in the list is the bundle's own account: what speaks against it is said after it */
static int conclude(const struct cli_args *args, const struct work *w)
{
    const struct r_findings *list = &w->account.result.findings;

    if (w->verdict.answer == VERDICT_FAILED)
        cli_note(args, _("this list cannot be relied on (findings: %llu); hozen verify shows them"),
                 (unsigned long long)(list->count + list->dropped));
    else if (w->verdict.integrity != INTEGRITY_INTACT)
        cli_note(args, _("this could not be read as an evidence bundle; hozen verify says why"));
    if (w->verdict.answer == VERDICT_FAILED)
        return HZ_EXIT_FINDINGS;
    return w->verdict.integrity == INTEGRITY_INTACT ? HZ_EXIT_OK : HZ_EXIT_FAILED;
}

/* In the order of the work; format NULL: a table, or JSON Lines */
static int run(const struct cli_args *args, const struct rows_format *format, struct work *w, struct hz_error *err)
{
    bool json = cli_flag(args, "json"), first = true;
    const struct policy_order order = { .bundle = cli_operand(args, 0) };
    struct rows_format chosen = format ? *format : (struct rows_format) { 0 };
    const struct reader_listener listener = { .row = format ? on_format
                                                     : json ? on_json
                                                            : on_text,
                                              .context = format ? (void *)&chosen : (void *)&first };
    int code = HZ_OK;

    if (cli_flag(args, "bom"))
        fputs("\xEF\xBB\xBF", stdout);
    if (format)
        code = format->begin(stdout, order.bundle, err);
    else if (json)
        code = rows_json_header(stdout, err);
    if (!code)
        code = work_run(w, &order, &listener, err);
    if (!code && format)
        fputs(format->end, stdout);
    return !code && json ? rows_json_end(stdout, &w->account, &w->verdict, err) : code;
}

int cmd_list(const struct cli_args *args)
{
    const char *word = cli_value(args, "format");
    const struct rows_format *format = word ? rows_format(word) : NULL;
    HZ_CLEANUP(free_work) struct work *w = NULL;
    struct hz_error err = { .code = HZ_OK };
    int code = HZ_OK;

    if (cli_flag(args, "bom") && format != &rows_csv)
        code = hz_error_set(&err, HZ_E_USAGE, _("--bom goes with --format csv alone"));
    if (!code)
        code = work_new(&w, &err);
    if (!code)
        code = run(args, format, w, &err);
    return code ? cli_fail(args, &err) : conclude(args, w);
}
