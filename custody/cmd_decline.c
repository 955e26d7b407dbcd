#include "base/lang.h"
#include "cli/out.h"
#include "custody/cmd_answer.h"

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
    if (rc != HZ_OK)
        return cli_fail(args, &err);
    cli_out_field(stdout, CLI_OUT_LABELS, _("item"), a.handoff.offer.statement.item);
    cli_out_field(stdout, CLI_OUT_LABELS, _("refusal"), cli_value(args, "out"));
    if (a.head.size > 0)
        cmd_print_head(&a.head);
    return HZ_EXIT_OK;
}
