#include <stdio.h>
#include <string.h>

#include "base/io_open.h"
#include "base/lang.h"
#include "cli/out.h"
#include "verify/cmd_export.h"
#include "verify/commands.h"
#include "verify/report.h"
#include "verify/work.h"

static void free_work(struct work **w)
{
    work_free(*w);
}

struct policy_order cmd_order(const struct cli_args *args)
{
    struct policy_order order = { .bundle = cli_operand(args, 0) };
    const char *required = cli_value(args, "require");

    order.required = required ? (unsigned)(required[0] - '0') : 0; /* one digit, says the table */
    order.signers = cli_value(args, "signers");
    order.revoked = cli_value(args, "revoked");
    order.signatures = cli_values(args, "signature", &order.signature_count);
    order.timestamp_roots = cli_value(args, "timestamp-roots");
    order.timestamps = cli_values(args, "timestamp", &order.timestamp_count);
    return order;
}

/* What could not be looked at is neither a folder nor a file. */
static int is_folder(const char *path, bool *yes, struct hz_error *err)
{
    HZ_CLEANUP(io_close) int fd = -1;
    int code = strcmp(path, "-") == 0 ? HZ_E_NOTFOUND : io_open_directory(path, &fd, err);

    *yes = code == HZ_OK;
    return code == HZ_E_IO || code == HZ_E_NOMEM ? code : HZ_OK;
}

int cmd_verify(const struct cli_args *args)
{
    static const struct reader_listener nothing = { .context = NULL };
    HZ_CLEANUP(free_work) struct work *w = NULL;
    struct policy_order order = cmd_order(args);
    struct hz_error err = { .code = HZ_OK };
    bool folder;
    int code = is_folder(order.bundle, &folder, &err);

    if (!code && folder)
        return cmd_export_verify(args);
    if (!code)
        code = work_new(&w, &err);
    if (!code)
        code = work_run(w, &order, &nothing, &err);
    if (!code && cli_flag(args, "json"))
        code = report_json(stdout, &w->account, &w->verdict, &err);
    else if (!code && w->account.result.disclosure)
        report_disclosure(stdout, &w->account, &w->verdict, order.bundle, order.signers != NULL);
    else if (!code)
        report_text(stdout, &w->account, &w->verdict, order.bundle, order.signers != NULL);
    return code ? cli_fail(args, &err) : verdict_exit(w->verdict.answer);
}
