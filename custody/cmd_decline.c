#include "base/lang.h"
#include "cli/out.h"
#include "custody/cmd_result.h"

static int print(const struct cmd_answer *a, struct hz_error *err)
{
    struct cmd_result result = cmd_result_answer(a, "declined");

    if (cli_flag(a->args, "json"))
        return cmd_result_json(a->args, &result, err);
    cli_out_field(stdout, CLI_OUT_LABELS, _("item"), result.item);
    cli_out_field(stdout, CLI_OUT_LABELS, _("refusal"), result.files[0].path);
    if (result.head != NULL)
        cmd_print_head(result.head);
    return HZ_OK;
}

int cmd_decline(const struct cli_args *args)
{
    HZ_CLEANUP(cmd_answer_free) struct cmd_answer a = { 0 };
    struct hz_error err = { 0 };
    int rc = cmd_answer_begin(&a, args, &err);

    if (rc == HZ_OK && a.history.ledger == HANDOFF_OTHER)
        rc = cli_usage(args->command, &err,
                       _("%s is not the ledger of the offer; a refusal is recorded there, from the receipt"),
                       cli_value(args, "ledger"));
    if (rc == HZ_OK)
        rc = cmd_answer_give(&a, cli_value(args, "reason"), &err);
    if (rc == HZ_OK)
        rc = print(&a, &err);
    return rc == HZ_OK ? HZ_EXIT_OK : cli_fail(args, &err);
}
