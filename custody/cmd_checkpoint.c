#include "base/io_commit.h"
#include "base/lang.h"
#include "cli/out.h"
#include "custody/cmd_result.h"

static int print(const struct cli_args *args, const struct actor *actor, const struct head *head, struct hz_error *err)
{
    struct cmd_result result = { .head = head,
                                 .key = w_key_fingerprint(actor->key),
                                 .files = { { "checkpoint", cli_value(args, "out") } } };

    if (cli_flag(args, "json"))
        return cmd_result_json(args, &result, err);
    cli_out_field(stdout, CLI_OUT_LABELS, _("ledger"), head->ledger);
    cmd_print_head(head);
    cli_out_field(stdout, CLI_OUT_LABELS, _("file"), result.files[0].path);
    return HZ_OK;
}

static int run(const struct cli_args *args, struct hz_error *err)
{
    HZ_CLEANUP(cmd_close_store) struct store *s = NULL;
    HZ_CLEANUP(actor_free) struct actor actor = { 0 };
    HZ_CLEANUP(checkpoint_free) struct checkpoint c = { 0 };
    const char *out = cli_value(args, "out");
    struct head head;
    bool found;
    int rc = cmd_open(args, &s, &actor, err);

    if (rc == HZ_OK)
        rc = append_head(s, &head, err);
    if (rc == HZ_OK)
        rc = checkpoint_sign(s, &head, &actor, err);
    if (rc == HZ_OK && out != NULL)
        rc = checkpoint_find(s, head.size, &c, &found, err);
    if (rc == HZ_OK && out != NULL)
        rc = checkpoint_write(&c, out, err);
    return rc == HZ_OK ? print(args, &actor, &head, err) : rc;
}

int cmd_checkpoint(const struct cli_args *args)
{
    struct hz_error err = { 0 };

    return run(args, &err) == HZ_OK ? HZ_EXIT_OK : cli_fail(args, &err);
}
