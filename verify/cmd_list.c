#include <stdio.h>

#include "base/lang.h"
#include "cli/out.h"
#include "verify/commands.h"
#include "verify/rows.h"

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

int cmd_list(const struct cli_args *args)
{
    bool json = cli_flag(args, "json"), first = true;
    const struct reader_listener listener = { .row = json ? on_json : on_text, .context = &first };
    const struct policy_order order = { .bundle = cli_operand(args, 0) };
    HZ_CLEANUP(free_work) struct work *w = NULL;
    struct hz_error err = { .code = HZ_OK };
    int code = work_new(&w, &err);

    if (!code && json)
        code = rows_json_header(stdout, &err);
    if (!code)
        code = work_run(w, &order, &listener, &err);
    if (!code && json)
        code = rows_json_end(stdout, &w->account, &w->verdict, &err);
    return code ? cli_fail(args, &err) : conclude(args, w);
}
