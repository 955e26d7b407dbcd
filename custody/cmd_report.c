#include <string.h>

#include "base/io_commit.h"
#include "base/lang.h"
#include "base/num.h"
#include "cli/out.h"
#include "custody/cmd.h"
#include "custody/report.h"
#include "custody/uco.h"

static int make(const struct cli_args *args, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf page = BUF_INIT(REPORT_MAX);
    struct report_order order = { .ledger = cli_value(args, "ledger"),
                                  .form = cli_value(args, "form"),
                                  .item = cli_operand(args, 0),
                                  .case_id = cli_value(args, "case"),
                                  .bundle = cli_value(args, "bundle"),
                                  .timestamp_roots = cli_value(args, "timestamp-roots") };
    bool graph = cli_value(args, "format") != NULL && strcmp(cli_value(args, "format"), "case-uco") == 0;
    uint64_t answer = 0;
    int rc;

    if (graph && (order.item == NULL || order.form != NULL || order.bundle != NULL))
        return cli_usage(args->command, err, _("--format case-uco is of an item, and has no forms"));
    if (order.form == NULL)
        order.form = order.case_id != NULL ? "case" : "custody";
    if ((order.item == NULL) == (order.case_id == NULL))
        return cli_usage(args->command, err, _("name an item, or give --case"));
    if (cli_value(args, "entry") != NULL) {
        if (num_parse_u64(cli_value(args, "entry"), strlen(cli_value(args, "entry")), INT64_MAX, &answer) != HZ_OK)
            return cli_usage(args->command, err, _("--entry is the number of an entry"));
        order.answer = &answer;
    }
    rc = graph ? uco_make(&order, &page, err) : report_make(&order, &page, err);
    if (rc == HZ_OK)
        rc = io_commit_bytes(cli_value(args, "out"), 0644, page.data, page.len, err);
    if (rc == HZ_OK)
        cli_out_field(stdout, CLI_OUT_LABELS, graph ? _("graph") : _("form"), cli_value(args, "out"));
    return rc;
}

int cmd_report(const struct cli_args *args)
{
    struct hz_error err = { 0 };

    return make(args, &err) == HZ_OK ? HZ_EXIT_OK : cli_fail(args, &err);
}
