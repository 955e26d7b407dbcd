#include <string.h>

#include "base/lang.h"
#include "base/text.h"
#include "base/width.h"
#include "cli/help.h"
#include "cli/out.h"
#include "custody/cmd_life.h"
#include "custody/cmd_result.h"
#include "custody/describe.h"

int cmd_life_record(struct cmd_life *l, struct hz_error *err)
{
    struct w_signed content = cosign_content(&l->signatures);
    const char *out = cli_value(l->args, "out");
    int rc;

    if (out != NULL)
        return cosign_write(&l->signatures, out, err);
    rc = append_one(l->store, &content, &l->head, err);
    return rc == HZ_OK ? cmd_seal(l->args, l->store, &l->head, &l->actor, err) : rc;
}

int cmd_life_sentence(const struct r_statement *s, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf sentence = BUF_INIT(4 * R_STATEMENT_MAX);
    int rc = describe_statement(s, NULL, &sentence, err);

    if (rc == HZ_OK)
        width_wrap(stdout, (const char *)sentence.data, 0, 0, HELP_COLUMNS);
    return rc;
}

int cmd_life_print(const struct cmd_life *l, const char *out, struct hz_error *err)
{
    struct cmd_result result = { .head = out == NULL ? &l->head : NULL,
                                 .entered = out == NULL,
                                 .entry = l->head.size - 1,
                                 .item = l->parsed.item,
                                 .key = w_key_fingerprint(l->actor.key),
                                 .evidence = &l->seen,
                                 .signed_as = l->told ? &l->signatures : NULL,
                                 .files = { { "statement", out } } };
    int rc;

    if (cli_flag(l->args, "json"))
        return cmd_result_json(l->args, &result, err);
    rc = l->shown ? HZ_OK : cmd_life_sentence(&l->parsed, err);
    cli_out_field(stdout, CLI_OUT_LABELS, _("statement"), out);
    if (out == NULL)
        cmd_print_head(&l->head);
    else
        cmd_note_unrecorded(l->args);
    return rc;
}

int cmd_life_begin(struct cmd_life *l, struct hz_error *err)
{
    int rc = cmd_open(l->args, &l->store, &l->actor, err);

    return rc == HZ_OK ? append_head(l->store, &l->head, err) : rc;
}

int cmd_life_sign(struct cmd_life *l, struct hz_error *err)
{
    int rc = cosign_begin(&l->signatures, &l->statement, &l->parsed, err);

    if (rc == HZ_OK)
        rc = cosign_add(&l->signatures, &l->actor, err);
    return rc == HZ_OK ? cmd_sign_second(l->args, &l->signatures, err) : rc;
}

int cmd_life_finish(struct cmd_life *l, struct hz_error *err)
{
    int rc = cmd_life_sign(l, err);

    if (rc == HZ_OK)
        rc = cmd_life_record(l, err);
    return rc == HZ_OK ? cmd_life_print(l, cli_value(l->args, "out"), err) : rc;
}

int cmd_life(const struct cli_args *args)
{
    HZ_CLEANUP(cmd_life_free) struct cmd_life l = { .args = args };
    struct hz_error err = { 0 };
    int rc = cmd_life_begin(&l, &err);

    if (rc == HZ_OK)
        rc = cmd_life_fill(&l, &err);
    if (rc == HZ_OK)
        rc = cmd_life_finish(&l, &err);
    if (rc != HZ_OK)
        return cli_fail(args, &err);
    return text_equal(l.seen.integrity, "altered") ? HZ_EXIT_FINDINGS : HZ_EXIT_OK; /* a copy that came back */
}

/* The new key takes the place of the one that signs. */
static int fill_rotation(struct cmd_life *l, struct actor *fresh, struct hz_error *err)
{
    const char *path = cli_value(l->args, "new-key");
    const struct person *old = &l->actor.person;
    int rc = cmd_load_new_key(l->args, fresh, err);

    if (rc == HZ_OK)
        rc = actor_from_comment(fresh, path, err);
    if (rc == HZ_OK)
        rc = actor_public_key(fresh, err);
    if (rc != HZ_OK)
        return rc;
    l->who = person_in_full(old); /* the same person: what the ledger says of them stays */
    l->who.key = fresh->person.key;
    l->who.public_key = fresh->person.public_key;
    l->statement = actor_statement(&l->actor, "rotation", l->head.ledger);
    l->statement.body.old = old->key;
    l->statement.body.person = &l->who;
    l->statement.body.reason = cli_value(l->args, "reason");
    return cmd_validity(l->args, &l->who.valid_from, &l->who.valid_until, err); /* of the new key: none is inherited */
}

int cmd_person_rotate(const struct cli_args *args)
{
    HZ_CLEANUP(cmd_life_free) struct cmd_life l = { .args = args };
    HZ_CLEANUP(actor_free) struct actor fresh = { 0 };
    struct hz_error err = { 0 };
    int rc = cmd_life_begin(&l, &err);

    if (rc == HZ_OK)
        rc = fill_rotation(&l, &fresh, &err);
    if (rc == HZ_OK)
        rc = cmd_life_sign(&l, &err);
    if (rc == HZ_OK)
        rc = cosign_add(&l.signatures, &fresh, &err);
    if (rc == HZ_OK)
        rc = cmd_life_record(&l, &err);
    if (rc == HZ_OK)
        rc = cmd_life_print(&l, cli_value(args, "out"), &err);
    return rc == HZ_OK ? HZ_EXIT_OK : cli_fail(args, &err);
}
