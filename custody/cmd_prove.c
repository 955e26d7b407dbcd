#include "base/io_commit.h"
#include "base/lang.h"
#include "cli/out.h"
#include "custody/cmd_result.h"
#include "custody/proving.h"

static int print(const struct cli_args *args, const struct outside *from, const struct head *head, struct hz_error *err)
{
    struct cmd_result result = { .head = head, .files = { { "proof", cli_value(args, "out") } } };

    if (cli_flag(args, "json"))
        return cmd_result_json(args, &result, err);
    cli_out_field(stdout, CLI_OUT_LABELS, _("ledger"), head->ledger);
    cmd_print_head(head);
    cli_out_field(stdout, CLI_OUT_LABELS, _("continues"), from->path);
    cli_out_field(stdout, CLI_OUT_LABELS, _("file"), result.files[0].path);
    return HZ_OK;
}

static int run(const struct cli_args *args, struct hz_error *err)
{
    HZ_CLEANUP(cmd_close_store) struct store *s = NULL;
    HZ_CLEANUP(outside_free) struct outside from = { 0 };
    HZ_CLEANUP(buf_free) struct buf file = BUF_INIT(1 << 20);
    const char *known = cli_value(args, "from");
    struct head head;
    int rc = known != NULL ? outside_load(&from, known, err) : HZ_OK;

    if (rc == HZ_OK)
        rc = store_open(&s, cli_value(args, "ledger"), STORE_READ, err);
    if (rc == HZ_OK)
        rc = store_snapshot(s, err);
    if (rc == HZ_OK)
        rc = proving_build(s, known != NULL ? &from : NULL, &head, &file, err);
    if (rc == HZ_OK)
        rc = store_unchanged(s, err);
    if (rc == HZ_OK)
        rc = io_commit_bytes(cli_value(args, "out"), 0644, file.data, file.len, err);
    return rc == HZ_OK ? print(args, &from, &head, err) : rc;
}

int cmd_prove(const struct cli_args *args)
{
    struct hz_error err = { 0 };

    return run(args, &err) == HZ_OK ? HZ_EXIT_OK : cli_fail(args, &err);
}
