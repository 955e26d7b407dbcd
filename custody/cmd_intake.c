#include <stdlib.h>
#include <string.h>

#include "base/io_open.h"
#include "base/io_rw.h"
#include "base/lang.h"
#include "base/text.h"
#include "cli/out.h"
#include "custody/cmd_result.h"
#include "custody/inspect.h"
#include "custody/item.h"
#include "custody/sidecar.h"
#include "custody/verifier.h"

static void release(char **text)
{
    free(*text);
}

/* An age file says so in its first line, which is text in both its forms. */
static bool is_encrypted(const char *path)
{
    static const char *const beginnings[] = { "age-encryption.org/", "-----BEGIN AGE ENCRYPTED FILE-----" };
    HZ_CLEANUP(io_close) int fd = -1;
    char first[64] = { 0 };
    size_t got = 0;
    struct hz_error ignored;

    if (io_open_input(path, &fd, &ignored) != HZ_OK || io_read(fd, first, sizeof first - 1, &got, &ignored) != HZ_OK)
        return false;
    for (size_t i = 0; i < sizeof beginnings / sizeof beginnings[0]; i++)
        if (strncmp(first, beginnings[i], strlen(beginnings[i])) == 0)
            return true;
    return false;
}

static int refuse_nameless(const char *path, struct hz_error *err)
{
    if (is_encrypted(path))
        return hz_error_set(err, HZ_E_UNSUPPORTED,
                            _("%s: is encrypted; decrypt it first, age -d -i KEY FILE > BUNDLE, and take in what comes "
                              "out, or name the item with --item to record the encrypted file as it is. Nothing was "
                              "recorded"),
                            path);
    return hz_error_set(err, HZ_E_UNSUPPORTED,
                        _("%s: does not tell which item it is; if it is evidence, name it with --item. Nothing was "
                          "recorded"),
                        path);
}

/* The name of the item: what the evidence says, else --item. */
static int name_item(const struct cli_args *args, const struct verifier *v, const char **item, struct hz_error *err)
{
    const char *given = cli_value(args, "item");

    if (v->item != NULL && given != NULL && strcmp(v->item, given) != 0)
        return cli_usage(args->command, err, _("the bundle says that it is item %s; leave --item out"), v->item);
    *item = v->item != NULL ? v->item : given;
    return *item != NULL ? HZ_OK : refuse_nameless(cli_operand(args, 0), err);
}

/* Before anything is signed or written beside the bundle. */
static int check_free(struct store *s, const char *name, struct hz_error *err)
{
    HZ_CLEANUP(item_free) struct item item = { 0 };
    bool found;
    int rc = item_find(s, name, &item, &found, err);

    if (rc == HZ_OK && found)
        return hz_error_set(err, HZ_E_DENIED, _("%s: the item is in this ledger already; nothing was recorded"), name);
    return rc;
}

static int countersign(const struct cli_args *args, const struct verifier *v, const struct actor *actor, char **file,
                       struct hz_error *err)
{
    bool there;

    if (cli_value(args, "fingerprint") == NULL)
        return HZ_OK;
    return sidecar_countersign(cli_operand(args, 0), v, cli_value(args, "fingerprint"), actor, file, &there, err);
}

static int record(const struct cli_args *args, struct store *s, const struct actor *actor, struct verifier *v,
                  const struct inspection *inside, const char *item, struct head *head, struct hz_error *err)
{
    HZ_CLEANUP(actor_signed_free) struct actor_signed made = { 0 };
    struct w_statement intake = actor_statement(actor, "intake", head->ledger);
    struct w_evidence evidence = verifier_evidence(v);
    int rc;

    intake.item = item;
    intake.case_id = v->case_id;
    intake.content_id = v->content_id;
    intake.file_sha256 = v->file_sha256;
    intake.body.location = cli_value(args, "location");
    intake.body.condition = cli_value(args, "condition");
    intake.body.evidence = &evidence;
    intake.body.inspection = &inside->record;
    intake.body.tool = CMD_TOOL;
    rc = actor_sign_statement(actor, &intake, &made, err);
    if (rc != HZ_OK)
        return rc;
    return append_one(s, &(struct w_signed) { &made.statement, { (const char *)made.armour.data }, 1 }, head, err);
}

static int print(const struct cli_args *args, const struct cmd_result *result, struct hz_error *err)
{
    int rc = HZ_OK;

    if (cli_flag(args, "json")) {
        rc = cmd_result_json(args, result, err);
    } else {
        cli_out_field(stdout, CLI_OUT_LABELS, _("signature"), result->files[0].path);
        cli_out_field(stdout, CLI_OUT_LABELS, _("item"), result->item);
        cmd_print_evidence(result->evidence);
        cmd_print_head(result->head);
    }
    if (rc == HZ_OK)
        cmd_note_verdict(args, result->evidence);
    return rc;
}

static int run(const struct cli_args *args, struct hz_error *err)
{
    HZ_CLEANUP(cmd_close_store) struct store *s = NULL;
    HZ_CLEANUP(actor_free) struct actor actor = { 0 };
    HZ_CLEANUP(verifier_free) struct verifier v = { 0 };
    HZ_CLEANUP(inspect_free) struct inspection inside = { .text_count = 0 };
    HZ_CLEANUP(release) char *file = NULL;
    const char *item = NULL;
    struct head head;
    int rc = cmd_open(args, &s, &actor, err);

    if (rc == HZ_OK)
        rc = append_head(s, &head, err);
    if (rc == HZ_OK)
        rc = verifier_run(&v, cli_operand(args, 0), cli_value(args, "signers"), err);
    if (rc == HZ_OK)
        rc = name_item(args, &v, &item, err);
    if (rc == HZ_OK)
        rc = check_free(s, item, err);
    if (rc == HZ_OK)
        rc = inspect_bundle(&inside, cli_operand(args, 0), &v, err);
    if (rc == HZ_OK)
        rc = countersign(args, &v, &actor, &file, err);
    if (rc == HZ_OK)
        rc = record(args, s, &actor, &v, &inside, item, &head, err);
    if (rc == HZ_OK)
        rc = cmd_seal(args, s, &head, &actor, err);
    if (rc != HZ_OK)
        return rc;
    return print(args,
                 &(struct cmd_result) { .head = &head,
                                        .entered = true,
                                        .entry = head.size - 1,
                                        .item = item,
                                        .key = w_key_fingerprint(actor.key),
                                        .evidence = &v,
                                        .files = { { "signature", file } } },
                 err);
}

int cmd_intake(const struct cli_args *args)
{
    struct hz_error err = { 0 };

    return run(args, &err) == HZ_OK ? HZ_EXIT_OK : cli_fail(args, &err);
}
