#include <string.h>

#include "cli/out.h"
#include "custody/cmd_life.h"

/* What hozen verify finds of the copy; of what is no bundle only whether its digest is still the same. A bundle that is
 * whole, but not this copy, says nothing of it. */
static int look(struct cmd_life *l, struct hz_error *err)
{
    const char *path = cli_value(l->args, "bundle");
    int rc = cmd_life_recorded(l, err);

    if (rc != HZ_OK)
        return rc;
    rc = l->item.kind != NULL && strcmp(l->item.kind, "bundle") != 0
             ? verifier_by_digest(&l->seen, path, l->recorded, err)
             : verifier_run(&l->seen, path, cli_value(l->args, "signers"), err);
    return rc == HZ_OK && l->recorded[0] != '\0' ? cmd_life_hold(l, path, err) : rc;
}

static int fill(struct cmd_life *l, struct hz_error *err)
{
    int rc = item_get(l->store, cli_operand(l->args, 0), &l->item, err);

    if (rc == HZ_OK)
        rc = look(l, err);
    if (rc != HZ_OK)
        return rc;
    l->evidence = verifier_evidence(&l->seen);
    l->statement = actor_statement(&l->actor, "recheck", l->head.ledger);
    l->statement.item = l->item.name;
    l->statement.case_id = l->item.case_id;
    l->statement.content_id = l->seen.content_id;
    l->statement.file_sha256 = l->seen.file_sha256;
    l->statement.body.copy = cli_value(l->args, "copy");
    l->statement.body.evidence = &l->evidence;
    l->statement.body.tool = CMD_TOOL;
    return HZ_OK;
}

int cmd_recheck(const struct cli_args *args)
{
    HZ_CLEANUP(cmd_life_free) struct cmd_life l = { .args = args };
    struct hz_error err = { 0 };
    int rc = cmd_life_begin(&l, &err);

    cli_note_sandbox(args);
    if (rc == HZ_OK)
        rc = fill(&l, &err);
    if (rc == HZ_OK)
        rc = cmd_life_finish(&l, &err);
    if (rc != HZ_OK)
        return cli_fail(args, &err);
    return strcmp(l.evidence.integrity, "altered") == 0 ? HZ_EXIT_FINDINGS : HZ_EXIT_OK;
}
