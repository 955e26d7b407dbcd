#include "base/io_commit.h"
#include "base/lang.h"
#include "cli/out.h"
#include "custody/cmd.h"

static int run(const struct cli_args *args, struct head *head, struct hz_error *err)
{
    HZ_CLEANUP(cmd_close_store) struct store *s = NULL;
    HZ_CLEANUP(actor_free) struct actor actor = { 0 };
    HZ_CLEANUP(checkpoint_free) struct checkpoint c = { 0 };
    const char *out = cli_value(args, "out");
    bool found;
    int rc = cmd_open(args, &s, &actor, err);

    if (rc == HZ_OK)
        rc = append_head(s, head, err);
    if (rc == HZ_OK)
        rc = checkpoint_sign(s, head, &actor, err);
    if (rc != HZ_OK || out == NULL)
        return rc;
    rc = checkpoint_find(s, head->size, &c, &found, err);
    return rc == HZ_OK ? checkpoint_write(&c, out, err) : rc;
}

int cmd_checkpoint(const struct cli_args *args)
{
    struct hz_error err = { 0 };
    struct head head;
    int rc = run(args, &head, &err);

    if (rc != HZ_OK)
        return cli_fail(args, &err);
    cli_out_field(stdout, CLI_OUT_LABELS, _("ledger"), head.ledger);
    cmd_print_head(&head);
    cli_out_field(stdout, CLI_OUT_LABELS, _("file"), cli_value(args, "out"));
    return HZ_EXIT_OK;
}
