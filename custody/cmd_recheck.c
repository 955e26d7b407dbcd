#include <stdio.h>
#include <string.h>

#include "base/lang.h"
#include "cli/out.h"
#include "custody/cmd_life.h"

/* The digest that the copy was recorded with; empty: none, or no such copy, which the ledger refuses then. */
static int recorded_digest(struct cmd_life *l, struct hz_error *err)
{
    HZ_CLEANUP(query_close) struct query q;
    const char *copy = cli_value(l->args, "copy");
    bool row = false;
    int rc;

    query_open(&q, l->store, "SELECT sha256 FROM copy WHERE item = ?1 AND copy = ?2");
    query_text(&q, 1, l->item.name);
    query_text(&q, 2, copy != NULL ? copy : R_LEDGER_ORIGINAL);
    rc = query_row(&q, &row, err);
    if (rc == HZ_OK && row)
        snprintf(l->digest, sizeof l->digest, "%s", query_get_text(&q, 0));
    return rc;
}

/* What hozen verify finds of the copy; of what is no bundle only whether its digest is still the same. */
static int look(struct cmd_life *l, struct hz_error *err)
{
    const char *path = cli_value(l->args, "bundle");
    int rc = recorded_digest(l, err);

    if (rc != HZ_OK)
        return rc;
    return l->item.kind != NULL && strcmp(l->item.kind, "bundle") != 0
               ? verifier_by_digest(&l->seen, path, l->digest, err)
               : verifier_run(&l->seen, path, cli_value(l->args, "signers"), err);
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
