#include <inttypes.h>
#include <string.h>

#include "base/lang.h"
#include "base/width.h"
#include "cli/help.h"
#include "cli/out.h"
#include "custody/cmd_accept_name.h"
#include "custody/cmd_result.h"
#include "custody/describe.h"
#include "custody/thing.h"

/* A thing is compared by people: what the offer says of it, for them to hold it against. */
static void tell_thing(const struct cmd_answer *a)
{
    HZ_CLEANUP(buf_free) struct buf sentence = BUF_INIT(R_STATEMENT_MAX);
    struct hz_error ignored;

    if (describe_statement(&a->handoff.offer.statement, NULL, &sentence, &ignored) == HZ_OK)
        width_wrap(stderr, (const char *)sentence.data, 0, 0, HELP_COLUMNS);
}

/* What the command line must have for such an offer. */
static int check_words(const struct cmd_answer *a, struct hz_error *err)
{
    const struct cli_args *args = a->args;
    const struct r_statement *offer = &a->handoff.offer.statement;

    if (a->history.ledger == HANDOFF_OTHER && cli_value(args, "location") == NULL)
        return cli_usage(args->command, err, _("your own ledger needs to know where the evidence is kept: --location"));
    if (offer->file_sha256 != NULL && a->seen.verdict == NULL)
        return cli_usage(args->command, err, _("give the evidence as it arrived with --bundle; it is hashed again"));
    if (offer->file_sha256 != NULL || cli_value(args, "compared") != NULL)
        return HZ_OK;
    tell_thing(a);
    return cli_usage(args->command, err,
                     _("nothing of %s was hashed: compare it with what the offer says, and tell with --compared what "
                       "you compared"),
                     offer->item);
}

static void print(const struct cmd_answer *a)
{
    cli_out_field(stdout, CLI_OUT_LABELS, _("item"), a->handoff.offer.statement.item);
    if (cmd_answer_renamed(a))
        cli_out_field(stdout, CLI_OUT_LABELS, _("in your ledger"), a->local);
    if (a->seen.verdict != NULL)
        cmd_print_evidence(&a->seen);
    cli_out_field(stdout, CLI_OUT_LABELS, _("compared"), a->again ? NULL : cli_value(a->args, "compared"));
    cli_out_field(stdout, CLI_OUT_LABELS, _("receipt"), cli_value(a->args, "out"));
    cli_out_field(stdout, CLI_OUT_LABELS, _("offered by"), a->handoff.offer.statement.actor.key);
    cli_out_field(stdout, CLI_OUT_LABELS, _("ledger"), a->handoff.offer.checkpoint.ledger);
    cli_out_field(stdout, CLI_OUT_LABELS, _("checkpoint"), a->history.verified ? _("verified") : _("first seen"));
    if (a->head.size > 0)
        cmd_print_head(&a->head);
}

/* The digests are the offered ones: what a bundle calls itself is then no reason to refuse it, but it is told. */
static void note_name(const struct cmd_answer *a)
{
    const char *own = a->seen.item, *offered = a->handoff.offer.statement.item;

    if (own != NULL && strcmp(own, offered) != 0)
        cli_note(a->args, _("%s: the bundle itself says that it is item %s"), offered, own);
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
    if (rc == HZ_OK && difference != NULL)
        cli_note(a->args, _("%s. Not accepted: the signed refusal is %s"), difference, cli_value(a->args, "out"));
    else if (rc == HZ_OK && !a->again && thing_is_bundle(&a->handoff.offer.statement)) {
        note_name(a);
        cmd_note_verdict(a->args, &a->seen);
    }
    return rc;
}

/* difference: set to why it is declined. */
static int answer(struct cmd_answer *a, const char **difference, struct hz_error *err)
{
    int rc = check_words(a, err);

    if (rc == HZ_OK)
        rc = cmd_accept_name(a, err);
    if (rc == HZ_OK)
        rc = handoff_check_bundle(&a->handoff, &a->seen, cli_value(a->args, "bundle"), err);
    if (rc != HZ_OK)
        return rc;
    *difference = handoff_difference(&a->handoff, &a->seen);
    return cmd_answer_give(a, *difference, err);
}

/* It was accepted before, and its receipt may be lost: that one is given again, whatever the command line says now. */
static int answer_again(struct cmd_answer *a, struct hz_error *err)
{
    int rc = cmd_answer_give_again(a, err);

    if (rc == HZ_OK)
        cli_note(a->args,
                 _("%s was accepted already (entry %" PRIu64
                   " of your ledger); this is the receipt of then, and nothing was looked at or recorded again"),
                 a->handoff.offer.statement.item, a->entry);
    return rc;
}

int cmd_accept(const struct cli_args *args)
{
    HZ_CLEANUP(cmd_answer_free) struct cmd_answer a = { .repeats = true };
    struct hz_error err = { 0 };
    const char *difference = NULL;
    int rc = cmd_answer_begin(&a, args, &err);

    cli_note_sandbox(args);
    if (rc == HZ_OK)
        rc = a.again ? answer_again(&a, &err) : answer(&a, &difference, &err);
    if (rc == HZ_OK)
        rc = tell(&a, difference, &err);
    if (rc != HZ_OK)
        return cli_fail(args, &err);
    return difference == NULL ? HZ_EXIT_OK : HZ_EXIT_FINDINGS;
}
