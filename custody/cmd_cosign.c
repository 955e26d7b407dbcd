#include <string.h>

#include "base/lang.h"
#include "cli/out.h"
#include "custody/cmd_life.h"

/* The signature is over the bytes that were shown: what the file says is read once. */
int cmd_cosign(const struct cli_args *args)
{
    HZ_CLEANUP(cmd_life_free) struct cmd_life l = { .args = args };
    struct hz_error err = { 0 };
    int rc = cosign_read(&l.signatures, cli_operand(args, 0), &l.parsed, &err);

    if (rc == HZ_OK)
        rc = cmd_load_key(args, &l.actor, &err);
    if (rc == HZ_OK)
        rc = cosign_add(&l.signatures, &l.actor, &err);
    if (rc == HZ_OK)
        rc = cosign_write(&l.signatures, cli_value(args, "out"), &err);
    if (rc == HZ_OK)
        rc = cmd_life_print(&l, cli_value(args, "out"), &err);
    return rc == HZ_OK ? HZ_EXIT_OK : cli_fail(args, &err);
}

/* The rules of the ledger say whether everybody has signed who must. */
int cmd_cosign_record(const struct cli_args *args)
{
    HZ_CLEANUP(cmd_life_free) struct cmd_life l = { .args = args };
    struct hz_error err = { 0 };
    struct w_signed content;
    int rc = cosign_read(&l.signatures, cli_operand(args, 0), &l.parsed, &err);

    if (rc == HZ_OK)
        rc = cmd_life_begin(&l, &err);
    if (rc == HZ_OK && (l.parsed.ledger == NULL || strcmp(l.parsed.ledger, l.head.ledger) != 0))
        rc = hz_error_set(&err, HZ_E_DENIED, _("%s: the statement is for another ledger"), cli_operand(args, 0));
    content = cosign_content(&l.signatures);
    if (rc == HZ_OK)
        rc = append_one(l.store, &content, &l.head, &err);
    if (rc == HZ_OK)
        rc = cmd_seal(args, l.store, &l.head, &l.actor, &err);
    if (rc == HZ_OK)
        rc = cmd_life_print(&l, NULL, &err);
    return rc == HZ_OK ? HZ_EXIT_OK : cli_fail(args, &err);
}
