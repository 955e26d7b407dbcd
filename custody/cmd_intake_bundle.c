#include <string.h>

#include "base/io_open.h"
#include "base/io_rw.h"
#include "base/lang.h"
#include "cli/out.h"
#include "custody/cmd_intake.h"
#include "custody/interrupt.h"
#include "custody/sidecar.h"

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

/* What is recorded is the evidence with the operator's signature beside it. */
static int verify_again(struct intake *i, const char *signers, struct hz_error *err)
{
    HZ_CLEANUP(verifier_free) struct verifier before = i->seen;
    int rc;

    i->seen = (struct verifier) { 0 };
    rc = verifier_run(&i->seen, i->bundle, signers, err);
    if (rc == HZ_OK && strcmp(before.file_sha256, i->seen.file_sha256) != 0)
        rc = hz_error_set(err, HZ_E_CHANGED, _("%s: changed while it was read; keep others away from it and try again"),
                          i->bundle);
    i->item = cli_value(i->args, "item");
    i->case_id = cli_value(i->args, "case");
    return rc == HZ_OK ? name_item(i, err) : rc;
}

static int countersign(struct intake *i, struct hz_error *err)
{
    const char *signers = cli_value(i->args, "signers"), *fingerprint = i->wrapped.fingerprint;
    bool there;
    int rc;

    if (fingerprint == NULL)
        fingerprint = cli_value(i->args, "fingerprint");
    if (fingerprint == NULL)
        return HZ_OK;
    rc = sidecar_countersign(i->bundle, &i->seen, fingerprint, &i->actor, &i->signature, &there, err);
    return rc == HZ_OK && !there && signers != NULL ? verify_again(i, signers, err) : rc;
}

static int look(struct intake *i, struct hz_error *err)
{
    struct stamp next = { 0 };
    const struct intake_progress progress = cmd_intake_progress(&next);
    int rc = verifier_run(&i->seen, i->bundle, cli_value(i->args, "signers"), err);

    if (rc == HZ_OK)
        rc = name_item(i, err);
    if (rc == HZ_OK)
        rc = cmd_intake_check_free(i, err);
    if (rc == HZ_OK)
        rc = inspect_bundle(&i->inside, i->bundle, &i->seen, &progress, err);
    return rc;
}

/* The bundle stays where it is, whatever comes after. */
static int wrap(struct intake *i, struct hz_error *err)
{
    const struct cli_args *args = i->args;
    const struct person *who = &i->actor.person;
    struct wrapping_job job = { .folder = cli_value(args, "out"),
                                .case_id = i->case_id,
                                .item = i->item,
                                .operator_name = who->name,
                                .organisation = who->organisation,
                                .exhibit = cli_value(args, "exhibit"),
                                .authority = cli_value(args, "authority"),
                                .reason = cli_value(args, "reason"),
                                .location = cli_value(args, "collected-location") };
    int rc = i->item != NULL ? cmd_intake_check_free(i, err) : HZ_OK;

    job.paths = cli_values(args, "wrap", &job.path_count);
    job.witnesses = cli_values(args, "witness", &job.witness_count);
    if (rc == HZ_OK)
        rc = wrapping_make(&job, &i->wrapped, err);
    if (rc == HZ_OK && i->wrapped.partial && !interrupt_asked())
        cli_note(args, _("something could not be taken; the bundle says what, and is taken in as it is"));
    i->bundle = i->wrapped.bundle;
    return rc;
}

int cmd_intake_bundle(struct intake *i, struct hz_error *err)
{
    struct w_statement *s = &i->statement;
    struct interrupt signals;
    int rc;

    interrupt_begin(&signals);
    rc = i->wrap ? wrap(i, err) : HZ_OK;
    if (rc == HZ_OK)
        rc = look(i, err);
    rc = interrupt_end(&signals, rc, err);
    if (rc == HZ_OK)
        rc = countersign(i, err);
    i->evidence = verifier_evidence(&i->seen);
    s->content_id = i->seen.content_id;
    s->file_sha256 = i->seen.file_sha256;
    s->body.evidence = &i->evidence;
    s->body.inspection = &i->inside.record;
    return rc;
}
