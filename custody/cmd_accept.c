#include "base/lang.h"
#include "cli/out.h"
#include "custody/cmd_result.h"

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
}

/* difference: why the evidence was not accepted; NULL: it was. */
static int tell(const struct cmd_answer *a, const char *difference, struct hz_error *err)
{
    struct cmd_result result = cmd_result_answer(a, difference == NULL ? "accepted" : "declined");
    int rc = HZ_OK;

    if (cli_flag(a->args, "json"))
        rc = cmd_result_json(a->args, &result, err);
    else if (difference == NULL)
        print(a);
    if (rc == HZ_OK && difference == NULL)
        cmd_note_verdict(a->args, &a->seen);
    else if (rc == HZ_OK)
        cli_note(a->args, _("%s. Not accepted: the signed refusal is %s"), difference, cli_value(a->args, "out"));
    return rc;
}

int cmd_accept(const struct cli_args *args)
{
    HZ_CLEANUP(cmd_answer_free) struct cmd_answer a = { 0 };
    struct hz_error err = { 0 };
    const char *difference = NULL;
    int rc = cmd_answer_begin(&a, args, &err);

    cli_note_sandbox(args);
    if (rc == HZ_OK && a.history.ledger == HANDOFF_OTHER && cli_value(args, "location") == NULL)
        rc = cli_usage(args->command, &err, _("your own ledger needs to know where the evidence is kept: --location"));
    if (rc == HZ_OK)
        rc = handoff_check_bundle(&a.handoff, &a.seen, cli_value(args, "bundle"), &err);
    if (rc == HZ_OK) {
        difference = handoff_difference(&a.handoff, &a.seen);
        rc = cmd_answer_give(&a, difference, &err);
    }
    if (rc == HZ_OK)
        rc = tell(&a, difference, &err);
    if (rc != HZ_OK)
        return cli_fail(args, &err);
    return difference == NULL ? HZ_EXIT_OK : HZ_EXIT_FINDINGS;
}
