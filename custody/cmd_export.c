#include <inttypes.h>

#include "base/lang.h"
#include "cli/out.h"
#include "custody/cmd_result.h"
#include "custody/export.h"

static int print(const struct cli_args *args, const struct actor *actor, const struct head *head, uint64_t entries,
                 struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf count = BUF_INIT(64);
    struct cmd_result result = { .head = head,
                                 .item = cli_value(args, "item"),
                                 .key = w_key_fingerprint(actor->key),
                                 .files = { { "folder", cli_operand(args, 0) } } };

    if (cli_flag(args, "json"))
        return cmd_result_json(args, &result, err);
    buf_decimal(&count, entries);
    cli_out_field(stdout, CLI_OUT_LABELS, _("ledger"), head->ledger);
    cli_out_field(stdout, CLI_OUT_LABELS, _("item"), result.item);
    cli_out_field(stdout, CLI_OUT_LABELS, _("entries"), buf_text(&count));
    cmd_print_head(head);
    cli_out_field(stdout, CLI_OUT_LABELS, _("folder"), result.files[0].path);
    return HZ_OK;
}

static int run(const struct cli_args *args, struct hz_error *err)
{
    HZ_CLEANUP(cmd_close_store) struct store *s = NULL;
    HZ_CLEANUP(actor_free) struct actor actor = { 0 };
    struct export_order order = { .actor = &actor, .folder = cli_operand(args, 0), .item = cli_value(args, "item") };
    struct head head;
    uint64_t entries;
    int rc = cmd_open(args, &s, &actor, err);

    if (rc == HZ_OK)
        rc = append_head(s, &head, err);
    if (rc == HZ_OK && actor.person.checkpoint_signer)
        rc = checkpoint_sign(s, &head, &actor, err);
    order.store = s;
    order.size = head.size;
    if (rc == HZ_OK)
        rc = export_write(&order, &head, &entries, err);
    return rc == HZ_OK ? print(args, &actor, &head, entries, err) : rc;
}

int cmd_export(const struct cli_args *args)
{
    struct hz_error err = { 0 };

    return run(args, &err) == HZ_OK ? HZ_EXIT_OK : cli_fail(args, &err);
}
