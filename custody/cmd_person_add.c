#include "base/lang.h"
#include "cli/out.h"
#include "custody/cmd_life.h"
#include "custody/cmd_result.h"

/* The person as the options and the comment of their key say. */
static int describe(struct cmd_life *l, struct hz_error *err)
{
    const struct cli_args *args = l->args;
    struct person *p = &l->person;
    int rc = person_from_file(p, cli_operand(args, 0), err);

    if (rc == HZ_OK)
        rc = cmd_describe_person(args, p, err);
    if (rc == HZ_OK)
        rc = cmd_validity(args, &p->valid_from, &p->valid_until, err);
    p->checkpoint_signer = cli_flag(args, "checkpoint-signer");
    if (rc == HZ_OK && p->checkpoint_signer && cli_value(args, "second-key") == NULL && cli_value(args, "out") == NULL)
        return cli_usage(args->command, err,
                         _("--checkpoint-signer needs two signatures: --second-key, or --out and custody cosign"));
    return rc == HZ_OK ? cmd_warn_of_name(args, l->store, p, err) : rc;
}

static void fill(struct cmd_life *l)
{
    l->who = person_in_full(&l->person);
    l->statement = actor_statement(&l->actor, "person", l->head.ledger);
    l->statement.body.person = &l->who;
    l->statement.body.override.rule = cli_value(l->args, "override");
    l->statement.body.override.reason = cli_value(l->args, "override-reason");
}

static int print(const struct cmd_life *l, struct hz_error *err)
{
    struct cmd_result result = { .head = &l->head, .entered = true, .entry = l->head.size - 1, .key = l->person.key };

    if (cli_value(l->args, "out") != NULL)
        return cmd_life_print(l, cli_value(l->args, "out"), err);
    if (cli_flag(l->args, "json"))
        return cmd_result_json(l->args, &result, err);
    cli_out_field(stdout, CLI_OUT_LABELS, _("person"), l->person.name);
    cli_out_field(stdout, CLI_OUT_LABELS, _("fingerprint"), l->person.key);
    cmd_print_head(&l->head);
    return HZ_OK;
}

int cmd_person_add(const struct cli_args *args)
{
    HZ_CLEANUP(cmd_life_free) struct cmd_life l = { .args = args };
    struct hz_error err = { 0 };
    int rc = cmd_life_begin(&l, &err);

    if (rc == HZ_OK)
        rc = describe(&l, &err);
    if (rc == HZ_OK)
        fill(&l);
    if (rc == HZ_OK)
        rc = cmd_life_sign(&l, &err);
    if (rc == HZ_OK)
        rc = cmd_life_record(&l, &err);
    if (rc == HZ_OK)
        rc = print(&l, &err);
    return rc == HZ_OK ? HZ_EXIT_OK : cli_fail(args, &err);
}
