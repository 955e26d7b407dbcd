#include "base/lang.h"
#include "cli/out.h"
#include "custody/cmd_answer.h"

static void print(const struct cmd_answer *a)
{
    cli_out_field(stdout, CLI_OUT_LABELS, _("item"), a->handoff.offer.statement.item);
    cmd_print_evidence(&a->seen);
    cli_out_field(stdout, CLI_OUT_LABELS, _("receipt"), cli_value(a->args, "out"));
    cli_out_field(stdout, CLI_OUT_LABELS, _("offered by"), a->handoff.offer.statement.actor.key);
    cli_out_field(stdout, CLI_OUT_LABELS, _("ledger"), a->handoff.offer.checkpoint.ledger);
    cli_out_field(stdout, CLI_OUT_LABELS, _("checkpoint"), a->history.verified ? _("verified") : _("first seen"));
    if (a->head.size > 0)
        cmd_print_head(&a->head);
    cmd_note_verdict(a->args, &a->seen);
}

int cmd_accept(const struct cli_args *args)
{
    HZ_CLEANUP(cmd_answer_free) struct cmd_answer a = { 0 };
    struct hz_error err = { 0 };
    const char *difference = NULL;
    int rc = cmd_answer_begin(&a, args, &err);

    if (rc == HZ_OK && a.history.ledger == HANDOFF_OTHER && cli_value(args, "location") == NULL)
        rc = cli_usage(args->command, &err, _("your own ledger needs to know where the evidence is kept: --location"));
    if (rc == HZ_OK) {
        difference = handoff_difference(&a.handoff, &a.seen);
        rc = cmd_answer_give(&a, difference, &err);
    }
    if (rc != HZ_OK)
        return cli_fail(args, &err);
    if (difference != NULL) {
        cli_note(args, _("%s. Not accepted: the signed refusal is %s"), difference, cli_value(args, "out"));
        return HZ_EXIT_FINDINGS;
    }
    print(&a);
    return HZ_EXIT_OK;
}
