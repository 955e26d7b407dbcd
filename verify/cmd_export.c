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

/* What lies beside a bundle is not looked for beside a folder. */
static int check_options(const struct cli_args *args, struct hz_error *err)
{
    static const char *const many[] = { "signature", "timestamp" };
    const char *folder = cli_operand(args, 0), *given = NULL;
    size_t count;

    for (size_t i = 0; i < sizeof many / sizeof many[0]; i++) {
        cli_values(args, many[i], &count);
        if (count > 0)
            given = many[i];
    }
    if (cli_value(args, "timestamp-roots") != NULL)
        given = "timestamp-roots";
    if (given == NULL)
        return HZ_OK;
    return cli_usage(args->command, err, _("--%s is for a bundle, and %s is a folder"), given, folder);
}

int cmd_export_verify(const struct cli_args *args)
{
    HZ_CLEANUP(free_view) struct export_view *v = NULL;
    struct export_order order = { cli_operand(args, 0), cli_value(args, "signers"), cli_value(args, "revoked") };
    struct hz_error err = { .code = HZ_OK };
    int rc = check_options(args, &err);

    if (rc == HZ_OK)
        rc = export_run(&v, &order, &err);
    if (rc == HZ_OK && cli_flag(args, "json"))
        rc = export_report_json(stdout, v, &err);
    else if (rc == HZ_OK)
        export_report_text(stdout, v, order.folder);
    return rc == HZ_OK ? exit_code(v->verdict) : cli_fail(args, &err);
}
