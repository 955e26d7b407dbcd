#include <stdio.h>

#include "base/lang.h"
#include "cli/out.h"
#include "verify/commands.h"
#include "verify/extract.h"
#include "verify/report.h"

static void free_work(struct work **w)
{
    work_free(*w);
}

/* What the bytes that were taken out are not */
static void tell_lack(const struct cli_args *args, const struct extract *e)
{
    if (e->cut.files)
        cli_note(args,
                 _("%llu of them are limited or shrunk: not all of the file was read (hozen list --status limited "
                   "--status shrunk)"),
                 (unsigned long long)e->cut.files);
    if (e->cut.filled)
        cli_note(args, _("%llu of them end in zeros, %llu bytes in all, that stand for what was not read"),
                 (unsigned long long)e->cut.filled, (unsigned long long)e->cut.zeros);
    if (e->unlocked)
        cli_note(args, _("%llu of them belong to databases that were copied without a lock: such a copy can be torn"),
                 (unsigned long long)e->unlocked);
}

static int finish(const struct cli_args *args, struct work *w, struct extract *e, struct hz_error *err)
{
    const char *directory = cli_value(args, "to");
    int code;

    if (!work_may_appear(w)) {
        report_findings(stderr, &w->account);
        cli_note(args, _("%s: nothing was taken out, since the bundle is not verified"), cli_operand(args, 0));
        return w->verdict.answer == VERDICT_FAILED ? HZ_EXIT_FINDINGS : HZ_EXIT_FAILED;
    }
    code = extract_check(e, err);
    if (!code)
        code = extract_commit(e, err);
    if (code)
        return cli_fail(args, err);
    cli_note(args, _("%llu files, %llu bytes are in %s"), (unsigned long long)e->files, (unsigned long long)e->bytes,
             directory);
    tell_lack(args, e);
    if (e->only)
        cli_note(args,
                 _("the lists of the bundle, its signatures and data/blind/blind.txt were checked too, but not the "
                   "contents of its other %llu files"),
                 (unsigned long long)w->account.result.left);
    if (!w->policy.use.signers && e->only)
        cli_note(args, _("nobody was named whom you trust (--signers): who signed the bundle was not checked"));
    else if (!w->policy.use.signers)
        cli_note(args, _("the bundle is intact, but nobody was named whom you trust (--signers): who signed it was not "
                         "checked"));
    return HZ_EXIT_OK;
}

static int run(const struct cli_args *args, struct work *w, struct extract *e, struct hz_error *err)
{
    struct reader_listener listener = extract_listener(e);
    struct policy_order order = cmd_order(args);
    int code = work_run(w, &order, &listener, err);

    if (!code && cli_flag(args, "json"))
        code = report_json(stdout, &w->account, &w->verdict, err);
    return code ? cli_fail(args, err) : finish(args, w, e, err);
}

/* Where not all is read there is no verdict on the bundle, which JSON would give */
static int check_only(const struct cli_args *args, struct hz_error *err)
{
    if (cli_flag(args, "only") && args->operand_count < 2)
        return hz_error_set(err, HZ_E_USAGE, _("--only needs the names of the files"));
    if (cli_flag(args, "only") && cli_flag(args, "json"))
        return hz_error_set(err, HZ_E_USAGE, _("--only does not check the whole bundle and has no result for --json"));
    return HZ_OK;
}

int cmd_extract(const struct cli_args *args)
{
    HZ_CLEANUP(extract_abort) struct extract e = { .tree = IO_TREE_INIT, .fd = -1 };
    HZ_CLEANUP(free_work) struct work *w = NULL;
    struct hz_error err = { .code = HZ_OK };
    int code = check_only(args, &err);

    if (!code)
        code = work_new(&w, &err);
    if (!code)
        code = extract_begin(&e, cli_value(args, "to"), args->operands + 1, args->operand_count - 1, &err);
    e.only = cli_flag(args, "only");
    return code ? cli_fail(args, &err) : run(args, w, &e, &err);
}
