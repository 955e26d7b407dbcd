#include <stdio.h>
#include <string.h>

#include "base/lang.h"
#include "cli/out.h"
#include "verify/cmd_export.h"
#include "verify/export_report.h"

static void free_view(struct export_view **v)
{
    export_view_free(*v);
}

static int exit_code(const char *verdict)
{
    if (strcmp(verdict, "verified") == 0)
        return HZ_EXIT_OK;
    return strcmp(verdict, "failed") == 0 ? HZ_EXIT_FINDINGS : HZ_EXIT_FAILED;
}

/* A folder holds its signatures. */
static int check_options(const struct cli_args *args, struct hz_error *err)
{
    size_t count;

    cli_values(args, "signature", &count);
    if (count == 0)
        return HZ_OK;
    return cli_usage(args->command, err, _("--%s is for a bundle, and %s is a folder"), "signature",
                     cli_operand(args, 0));
}

int cmd_export_verify(const struct cli_args *args)
{
    HZ_CLEANUP(free_view) struct export_view *v = NULL;
    struct export_order order = { .folder = cli_operand(args, 0),
                                  .signers = cli_value(args, "signers"),
                                  .revoked = cli_value(args, "revoked") };
    struct hz_error err = { .code = HZ_OK };
    int rc = check_options(args, &err);

    cli_note_sandbox(args);
    order.timestamp_roots = cli_value(args, "timestamp-roots");
    order.timestamps = cli_values(args, "timestamp", &order.timestamp_count);
    if (rc == HZ_OK)
        rc = export_run(&v, &order, &err);
    if (rc == HZ_OK && cli_flag(args, "json"))
        rc = export_report_json(stdout, v, &err);
    else if (rc == HZ_OK)
        export_report_text(stdout, v, order.folder);
    return rc == HZ_OK ? exit_code(v->verdict) : cli_fail(args, &err);
}
