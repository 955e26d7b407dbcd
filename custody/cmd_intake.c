#include <stdlib.h>
#include <string.h>

#include "base/lang.h"
#include "base/text.h"
#include "cli/out.h"
#include "custody/check_database.h"
#include "custody/cmd_intake.h"
#include "custody/cmd_result.h"
#include "custody/describe.h"
#include "custody/item.h"

static void intake_free(struct intake *i)
{
    store_close(i->store);
    actor_free(&i->actor);
    verifier_free(&i->seen);
    inspect_free(&i->inside);
    intake_file_close(&i->hashed);
    foreign_free(&i->listed);
    wrapping_free(&i->wrapped);
    free(i->signature);
    free(i->listing);
}

/* Before anything is signed or written beside the bundle. */
int cmd_intake_check_free(const struct intake *i, struct hz_error *err)
{
    HZ_CLEANUP(item_free) struct item item = { 0 };
    bool found;
    int rc = item_find(i->store, i->item, &item, &found, err);

    if (rc == HZ_OK && found)
        return hz_error_set(err, HZ_E_DENIED, _("%s: the item is in this ledger already; nothing was recorded"),
                            i->item);
    return rc;
}

/* Only now: a listing of an intake that was refused would lie there without a record. */
static int name_listing(struct intake *i, struct hz_error *err)
{
    int rc = i->listed.file.name != NULL ? io_partial_commit(&i->listed.file, err) : HZ_OK;

    if (rc == HZ_OK)
        return rc;
    io_partial_keep(&i->listed.file);
    return hz_error_context(err,
                            i->head.size > i->begun ? _("recorded, but the listing keeps the name %s.partial")
                                                    : _("nothing was recorded; the listing keeps the name %s.partial"),
                            i->listing);
}

/* For somebody else to sign. The listing is there before: it is what they look at. */
static int write_statement(struct intake *i, const struct cosign *signatures, const char *out, struct hz_error *err)
{
    int rc = name_listing(i, err);

    return rc == HZ_OK ? cosign_write(signatures, out, err) : rc;
}

static int record(struct intake *i, struct hz_error *err)
{
    HZ_CLEANUP(cosign_free) struct cosign signatures = { .count = 0 };
    HZ_CLEANUP(r_statement_free) struct r_statement parsed = { 0 };
    struct w_statement *s = &i->statement;
    const char *out = cli_value(i->args, "statement");
    struct w_signed content;
    int rc;

    s->item = i->item;
    s->case_id = i->case_id;
    s->body.tool = CMD_TOOL;
    s->time = actor_now(); /* looking at it may have taken hours */
    rc = cosign_begin(&signatures, s, &parsed, err);
    if (rc == HZ_OK)
        rc = cosign_add(&signatures, &i->actor, err);
    if (rc == HZ_OK)
        rc = cmd_sign_second(i->args, &signatures, err);
    if (rc != HZ_OK)
        return rc;
    if (out != NULL)
        return write_statement(i, &signatures, out, err);
    content = cosign_content(&signatures);
    rc = append_one(i->store, &content, &i->head, err);
    if (rc == HZ_OK)
        rc = name_listing(i, err);
    return rc == HZ_OK ? cmd_seal(i->args, i->store, &i->head, &i->actor, err) : rc;
}

static void print_other(const struct intake *i)
{
    cli_out_field(stdout, CLI_OUT_LABELS, _("kind"), describe_member("kind", i->kind));
    if (i->file == NULL)
        return;
    cli_out_field(stdout, CLI_OUT_LABELS, _("bytes"), i->size);
    cli_out_field(stdout, CLI_OUT_LABELS, _("file sha256"), i->hashed.sha256);
    if (i->listing == NULL)
        return;
    cli_out_field(stdout, CLI_OUT_LABELS, _("listing"), i->listing);
    cli_out_field(stdout, CLI_OUT_LABELS, _("format"), i->listed.format);
    cli_out_field(stdout, CLI_OUT_LABELS, _("members"), i->members);
}

/* What was written, by ascending kind. */
static void put_file(struct cmd_result *r, const char *kind, const char *path)
{
    size_t at = 0;

    while (at < CMD_RESULT_FILES && r->files[at].path != NULL)
        at++;
    if (path == NULL || at == CMD_RESULT_FILES)
        return;
    r->files[at].kind = kind;
    r->files[at].path = path;
}

static void print_text(const struct intake *i, const char *out)
{
    cli_out_field(stdout, CLI_OUT_LABELS, _("bundle"), i->wrapped.bundle);
    cli_out_field(stdout, CLI_OUT_LABELS, _("fingerprint"), i->wrapped.fingerprint);
    cli_out_field(stdout, CLI_OUT_LABELS, _("signature"), i->signature);
    cli_out_field(stdout, CLI_OUT_LABELS, _("item"), i->item);
    if (i->bundle != NULL)
        cmd_print_evidence(&i->seen);
    else
        print_other(i);
    cli_out_field(stdout, CLI_OUT_LABELS, _("statement"), out);
    if (out == NULL)
        cmd_print_head(&i->head);
}

/* Before somebody reads of damage in the record, and seeks it on the host. */
static void note_unlocked(const struct intake *i)
{
    const struct w_inspection *seen = &i->inside.record;
    size_t count = 0;

    for (size_t n = 0; n < seen->database_count; n++) {
        const char *detail = seen->databases[n].detail;
        count += detail != NULL && strncmp(detail, CHECK_DATABASE_UNLOCKED, strlen(CHECK_DATABASE_UNLOCKED)) == 0;
    }
    if (count > 0)
        cli_note(i->args,
                 _("databases copied without a lock: %zu; such a copy may be torn, and damage seen in it is no sign of "
                   "damage on the host"),
                 count);
}

static int print(const struct intake *i, struct hz_error *err)
{
    const char *out = cli_value(i->args, "statement");
    struct cmd_result result = { .head = out == NULL ? &i->head : NULL,
                                 .entered = out == NULL,
                                 .entry = i->head.size - 1,
                                 .item = i->item,
                                 .key = w_key_fingerprint(i->actor.key),
                                 .evidence = &i->seen,
                                 .partial = i->wrapped.partial,
                                 .file_sha256 = i->file != NULL ? i->hashed.sha256 : NULL };
    int rc = HZ_OK;

    put_file(&result, "bundle", i->wrap ? i->bundle : NULL);
    put_file(&result, "listing", i->listing);
    put_file(&result, "signature", i->signature);
    put_file(&result, "statement", out);
    if (cli_flag(i->args, "json"))
        rc = cmd_result_json(i->args, &result, err);
    else
        print_text(i, out);
    if (rc == HZ_OK && out != NULL)
        cmd_note_unrecorded(i->args);
    if (rc == HZ_OK && i->bundle != NULL)
        cmd_note_verdict(i->args, &i->seen);
    if (rc == HZ_OK)
        note_unlocked(i);
    if (rc == HZ_OK && i->listed.trouble[0] != '\0')
        cli_note(i->args, _("not all of the archive could be listed, and that is what is recorded: %s"),
                 i->inside.record.trouble);
    return rc;
}

static int run(struct intake *i, struct hz_error *err)
{
    int rc = cmd_intake_choose(i, err);

    if (rc == HZ_OK)
        rc = cmd_open(i->args, &i->store, &i->actor, err);
    if (rc == HZ_OK)
        rc = append_head(i->store, &i->head, err);
    if (rc != HZ_OK)
        return rc;
    i->begun = i->head.size;
    i->statement = actor_statement(&i->actor, "intake", i->head.ledger);
    rc = cmd_intake_describe(i, err);
    if (rc == HZ_OK)
        rc = i->bundle != NULL || i->wrap ? cmd_intake_bundle(i, err) : cmd_intake_other(i, err);
    if (rc == HZ_OK)
        rc = record(i, err);
    return rc == HZ_OK ? print(i, err) : rc;
}

int cmd_intake(const struct cli_args *args)
{
    HZ_CLEANUP(intake_free)
    struct intake i = { .args = args, .hashed = INTAKE_FILE_INIT, .listed = FOREIGN_INIT };
    struct hz_error err = { 0 };

    cli_note_sandbox(args);
    if (run(&i, &err) == HZ_OK)
        return i.wrapped.partial ? HZ_EXIT_PARTIAL : HZ_EXIT_OK;
    if (i.wrapped.bundle != NULL && i.head.size <= i.begun)
        cli_note(args, _("%s was made, with the one-time key %s, and stays; it is not recorded"), i.wrapped.bundle,
                 i.wrapped.fingerprint);
    return cli_fail(args, &err);
}
