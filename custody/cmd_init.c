#include <string.h>

#include "base/io_commit.h"
#include "base/lang.h"
#include "base/text.h"
#include "cli/out.h"
#include "custody/cmd_result.h"
#include "formats/read/statement.h"

/* What the options say goes before what the comment of the key says. */
static int describe(const struct cli_args *args, struct actor *actor, struct hz_error *err)
{
    int rc = actor_from_comment(actor, cli_value(args, "key"), err);

    if (rc == HZ_OK)
        rc = cmd_describe_person(args, &actor->person, err);
    actor->person.checkpoint_signer = true;
    return rc;
}

static int record_genesis(struct store *s, const struct cli_args *args, const struct actor *actor, struct head *head,
                          struct hz_error *err)
{
    HZ_CLEANUP(actor_signed_free) struct actor_signed made = { 0 };
    HZ_CLEANUP(r_statement_free) struct r_statement parsed = { 0 };
    struct w_statement genesis = actor_statement(actor, "genesis", NULL);
    struct w_person person = person_in_full(&actor->person);
    struct append a;
    int rc;

    genesis.body.organisation = cli_value(args, "organisation");
    genesis.body.person = &person;
    genesis.body.tool = CMD_TOOL;
    rc = actor_sign_statement(actor, &genesis, &made, err);
    if (rc == HZ_OK)
        rc = r_statement_parse(&parsed, made.statement.data, made.statement.len, err);
    if (rc == HZ_OK)
        rc = append_begin(&a, s, parsed.digest, err);
    if (rc != HZ_OK)
        return rc;
    rc = append_add(&a, &(struct w_signed) { &made.statement, { (const char *)made.armour.data }, 1 }, NULL, err);
    if (rc == HZ_OK)
        rc = append_commit(&a, err);
    append_abort(&a);
    if (rc == HZ_OK)
        *head = a.head;
    return rc;
}

/* The ledger is made under another name and gets its own when it is whole. */
static int make(const struct cli_args *args, const struct actor *actor, struct head *head, struct hz_error *err)
{
    HZ_CLEANUP(io_partial_abort) struct io_partial file = { -1, -1, NULL, NULL };
    HZ_CLEANUP(cmd_close_store) struct store *s = NULL;
    HZ_CLEANUP(buf_free) struct buf path = BUF_INIT(32768);
    int rc;

    buf_printf(&path, "%s.partial", cli_operand(args, 0));
    if (buf_text(&path) == NULL)
        return buf_check(&path, err);
    rc = io_partial_begin(&file, cli_operand(args, 0), 0600, err);
    if (rc == HZ_OK)
        rc = store_create(&s, (const char *)path.data, err);
    if (rc == HZ_OK)
        rc = record_genesis(s, args, actor, head, err);
    if (rc == HZ_OK)
        rc = checkpoint_sign(s, head, actor, err);
    if (rc == HZ_OK)
        rc = store_settle(s, err);
    store_close(s);
    s = NULL;
    return rc == HZ_OK ? io_partial_commit(&file, err) : rc;
}

static int print(const struct cli_args *args, const struct actor *actor, const struct head *head, struct hz_error *err)
{
    struct cmd_result result = {
        .head = head,
        .entered = true,
        .key = w_key_fingerprint(actor->key),
        .files = { { "ledger", cli_operand(args, 0) } },
    };

    if (cli_flag(args, "json"))
        return cmd_result_json(args, &result, err);
    cli_out_field(stdout, CLI_OUT_LABELS, _("ledger"), head->ledger);
    cmd_print_head(head);
    return HZ_OK;
}

int cmd_init(const struct cli_args *args)
{
    HZ_CLEANUP(actor_free) struct actor actor = { 0 };
    struct hz_error err = { 0 };
    struct head head;
    int rc = cmd_load_key(args, &actor, &err);

    if (rc == HZ_OK)
        rc = describe(args, &actor, &err);
    if (rc == HZ_OK)
        rc = make(args, &actor, &head, &err);
    if (rc == HZ_OK)
        rc = print(args, &actor, &head, &err);
    return rc == HZ_OK ? HZ_EXIT_OK : cli_fail(args, &err);
}
