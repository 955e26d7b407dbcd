#include <stdlib.h>
#include <string.h>

#include "base/io_open.h"
#include "base/io_rw.h"
#include "base/lang.h"
#include "base/text.h"
#include "cli/out.h"
#include "custody/cmd_intake.h"
#include "custody/cmd_result.h"
#include "custody/cosign.h"
#include "custody/describe.h"
#include "custody/item.h"
#include "custody/sidecar.h"

static void intake_free(struct intake *i)
{
    store_close(i->store);
    actor_free(&i->actor);
    verifier_free(&i->seen);
    inspect_free(&i->inside);
    intake_file_close(&i->hashed);
    free(i->signature);
    free(i->listing);
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

/* The name of the item and its case: what the evidence says, else --item and --case. */
static int name_item(struct intake *i, struct hz_error *err)
{
    const struct verifier *v = &i->seen;

    if (v->item != NULL && i->item != NULL && strcmp(v->item, i->item) != 0)
        return cli_usage(i->args->command, err, _("the bundle says that it is item %s; leave --item out"), v->item);
    if (v->case_id != NULL && i->case_id != NULL && strcmp(v->case_id, i->case_id) != 0)
        return cli_usage(i->args->command, err, _("the bundle says that it is of case %s; leave --case out"),
                         v->case_id);
    i->item = v->item != NULL ? v->item : i->item;
    i->case_id = v->case_id != NULL ? v->case_id : i->case_id;
    return i->item != NULL ? HZ_OK : refuse_nameless(i->bundle, err);
}

/* Before anything is signed or written beside the bundle. */
static int check_free(const struct intake *i, struct hz_error *err)
{
    HZ_CLEANUP(item_free) struct item item = { 0 };
    bool found;
    int rc = item_find(i->store, i->item, &item, &found, err);

    if (rc == HZ_OK && found)
        return hz_error_set(err, HZ_E_DENIED, _("%s: the item is in this ledger already; nothing was recorded"),
                            i->item);
    return rc;
}

static int countersign(struct intake *i, struct hz_error *err)
{
    const char *fingerprint = cli_value(i->args, "fingerprint");
    bool there;

    if (fingerprint == NULL)
        return HZ_OK;
    return sidecar_countersign(i->bundle, &i->seen, fingerprint, &i->actor, &i->signature, &there, err);
}

static int look_at_bundle(struct intake *i, struct hz_error *err)
{
    struct w_statement *s = &i->statement;
    int rc = verifier_run(&i->seen, i->bundle, cli_value(i->args, "signers"), err);

    if (rc == HZ_OK)
        rc = name_item(i, err);
    if (rc == HZ_OK)
        rc = check_free(i, err);
    if (rc == HZ_OK)
        rc = inspect_bundle(&i->inside, i->bundle, &i->seen, err);
    if (rc == HZ_OK)
        rc = countersign(i, err);
    i->evidence = verifier_evidence(&i->seen);
    s->content_id = i->seen.content_id;
    s->file_sha256 = i->seen.file_sha256;
    s->body.evidence = &i->evidence;
    s->body.inspection = &i->inside.record;
    return rc;
}

/* A line that is written over, a second at least between two. */
static void show_progress(void *context, uint64_t done, uint64_t all)
{
    struct stamp *next = context, now = stamp_boottime();
    bool whole = done >= all;

    if (!whole && stamp_compare(now, *next) < 0)
        return;
    *next = stamp_add(now, 1);
    if (whole)
        fputs("\r     \r", stderr);
    else
        fprintf(stderr, "\r%3u %%", (unsigned)((double)done / (double)all * 100));
    fflush(stderr);
}

static int hash_file(struct intake *i, const struct intake_progress *progress, struct hz_error *err)
{
    int rc = intake_file_open(&i->hashed, i->file, err);

    if (rc != HZ_OK)
        return rc;
    if (!i->hashed.noatime)
        cli_note(i->args, _("%s: reading it may change the time of its last access: it is not yours"), i->file);
    rc = intake_file_hash(&i->hashed, cli_flag(i->args, "sha512"), progress, err);
    return rc == HZ_OK ? rc : hz_error_context(err, "%s", i->file);
}

/* --listing, or a file beside the ledger. */
static int name_listing(struct intake *i, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf path = BUF_INIT(8192);
    const char *given = cli_value(i->args, "listing");

    if (given != NULL)
        buf_puts(&path, given);
    else
        buf_printf(&path, "%s.%s.listing.jsonl", cli_value(i->args, "ledger"), i->item);
    if (buf_text(&path) == NULL)
        return buf_check(&path, err);
    i->listing = text_copy((const char *)path.data);
    return i->listing != NULL ? HZ_OK : hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
}

static int list_archive(struct intake *i, const struct intake_progress *progress, struct hz_error *err)
{
    struct w_statement_body *body = &i->statement.body;
    struct foreign_job job = { .fd = i->hashed.fd,
                               .size = i->hashed.before.stx_size,
                               .item = i->item,
                               .file_sha256 = i->hashed.sha256,
                               .progress = progress };
    int rc = name_listing(i, err);

    job.path = i->listing;
    if (rc == HZ_OK)
        rc = foreign_list(&job, &i->listed, err);
    if (rc == HZ_OK)
        rc = intake_file_unchanged(&i->hashed, err);
    if (rc != HZ_OK)
        return rc == HZ_E_EXISTS ? rc : hz_error_context(err, "%s", i->file);
    snprintf(i->members, sizeof i->members, "%llu", (unsigned long long)i->listed.members);
    body->listing.format = i->listed.format;
    body->listing.members = i->members;
    body->listing.sha256 = i->listed.sha256;
    if (i->listed.trouble[0] != '\0') {
        inspect_trouble(&i->inside, i->listed.trouble);
        body->inspection = &i->inside.record;
    }
    return HZ_OK;
}

static int look_at_other(struct intake *i, struct hz_error *err)
{
    struct w_statement_body *body = &i->statement.body;
    struct stamp next = { 0 };
    const struct intake_progress progress = { cli_out_terminal(stderr) ? show_progress : NULL, &next };
    int rc = check_free(i, err);

    if (rc == HZ_OK && i->file != NULL)
        rc = hash_file(i, &progress, err);
    if (rc == HZ_OK && strcmp(i->kind, "archive") == 0)
        rc = list_archive(i, &progress, err);
    body->kind = i->kind;
    if (rc != HZ_OK || i->file == NULL)
        return rc;
    snprintf(i->size, sizeof i->size, "%llu", (unsigned long long)i->hashed.before.stx_size);
    i->statement.file_sha256 = i->hashed.sha256;
    body->sha512 = i->hashed.sha512[0] != '\0' ? i->hashed.sha512 : NULL;
    body->size = i->size;
    return HZ_OK;
}

static int sign_second(struct intake *i, struct cosign *signatures, struct hz_error *err)
{
    HZ_CLEANUP(actor_free) struct actor second = { 0 };
    int rc;

    if (cli_value(i->args, "second-key") == NULL)
        return HZ_OK;
    rc = cmd_load_second_key(i->args, &second, err);
    return rc == HZ_OK ? cosign_add(signatures, &second, err) : rc;
}

static int record(struct intake *i, struct hz_error *err)
{
    HZ_CLEANUP(cosign_free) struct cosign signatures = { .count = 0 };
    HZ_CLEANUP(r_statement_free) struct r_statement parsed = { 0 };
    struct w_statement *s = &i->statement;
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
        rc = sign_second(i, &signatures, err);
    if (rc != HZ_OK)
        return rc;
    content = cosign_content(&signatures);
    rc = append_one(i->store, &content, &i->head, err);
    return rc == HZ_OK ? cmd_seal(i->args, i->store, &i->head, &i->actor, err) : rc;
}

static void print_other(const struct intake *i)
{
    cli_out_field(stdout, CLI_OUT_LABELS, _("kind"), describe_word(i->kind));
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

static int print(const struct intake *i, struct hz_error *err)
{
    const struct cmd_result result = { .head = &i->head,
                                       .entered = true,
                                       .entry = i->head.size - 1,
                                       .item = i->item,
                                       .key = w_key_fingerprint(i->actor.key),
                                       .evidence = &i->seen,
                                       .file_sha256 = i->file != NULL ? i->hashed.sha256 : NULL,
                                       .files = { { i->listing != NULL ? "listing" : "signature",
                                                    i->listing != NULL ? i->listing : i->signature } } };
    int rc = HZ_OK;

    if (cli_flag(i->args, "json")) {
        rc = cmd_result_json(i->args, &result, err);
    } else {
        cli_out_field(stdout, CLI_OUT_LABELS, _("signature"), i->signature);
        cli_out_field(stdout, CLI_OUT_LABELS, _("item"), i->item);
        if (i->bundle != NULL)
            cmd_print_evidence(&i->seen);
        else
            print_other(i);
        cmd_print_head(&i->head);
    }
    if (rc == HZ_OK && i->bundle != NULL)
        cmd_note_verdict(i->args, &i->seen);
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
    i->statement = actor_statement(&i->actor, "intake", i->head.ledger);
    rc = cmd_intake_describe(i, err);
    if (rc == HZ_OK)
        rc = i->bundle != NULL ? look_at_bundle(i, err) : look_at_other(i, err);
    if (rc == HZ_OK)
        rc = record(i, err);
    return rc == HZ_OK ? print(i, err) : rc;
}

int cmd_intake(const struct cli_args *args)
{
    HZ_CLEANUP(intake_free) struct intake i = { .args = args, .hashed = INTAKE_FILE_INIT };
    struct hz_error err = { 0 };

    cli_note_sandbox(args);
    return run(&i, &err) == HZ_OK ? HZ_EXIT_OK : cli_fail(args, &err);
}
