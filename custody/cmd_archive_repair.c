#include <fcntl.h>
#include <string.h>

#include "base/io_open.h"
#include "base/lang.h"
#include "base/num.h"
#include "base/text.h"
#include "cli/out.h"
#include "custody/archive_beside.h"
#include "custody/archive_fill.h"
#include "custody/archive_local.h"
#include "custody/cmd_archive.h"
#include "custody/cmd_result.h"

struct repair {
    struct cmd_archive w;
    struct archive_held held;
    struct cmd_archive_targets targets;
    const struct archive_copy *copy; /* the damaged one */
    struct archive_target target;
    struct archive_stage stage;
    struct archive_seal seal;
    struct verifier seen;
    const char *file, *by, *from; /* by: "parity" or "copy", NULL: its bytes are as they were; from: that copy's id */
    struct archive_sidecar beside[R_STATEMENT_BESIDE]; /* what lies beside it again */
    struct w_beside lost[R_STATEMENT_BESIDE];          /* what no copy has any more */
    size_t lost_count;
    struct buf name, staged;
};

static void repair_free(struct repair *r)
{
    if (r->target.kind != NULL)
        r->target.kind->drop(&r->stage);
    archive_close(&r->target);
    archive_held_free(&r->held);
    cmd_archive_targets_free(&r->targets);
    verifier_free(&r->seen);
    cmd_archive_free(&r->w);
    buf_free(&r->name);
    buf_free(&r->staged);
}

static int choose(struct repair *r, struct hz_error *err)
{
    const char *named = cli_value(r->w.args, "copy");

    for (size_t i = 0; i < r->held.count && r->copy == NULL; i++) {
        const struct archive_copy *c = &r->held.list[i];
        if (named != NULL ? strcmp(c->copy, named) == 0 : text_equal(c->integrity, "altered") || c->beside_failed)
            r->copy = c;
    }
    if (r->copy == NULL && named != NULL)
        return hz_error_set(err, HZ_E_NOTFOUND, _("%s: the archive has no copy called %s"), r->w.item.name, named);
    if (r->copy == NULL)
        return hz_error_set(err, HZ_E_NOTFOUND, _("%s: no copy of it failed at its latest check (hozen archive check)"),
                            r->w.item.name);
    if (r->copy->file == NULL)
        return hz_error_set(err, HZ_E_NOTFOUND, _("the copy %s of %s was recorded without where it lies"),
                            r->copy->copy, r->copy->item);
    r->file = archive_fill_name(r->copy->file);
    return HZ_OK;
}

/* What stands in the stage now has the digest that was recorded. */
static bool is_good(struct repair *r)
{
    HZ_CLEANUP(buf_free) struct buf path = BUF_INIT(1024);
    struct hz_error ignored = { 0 };
    char digest[W_DIGEST_HEX];
    const char *read_back;

    buf_printf(&path, "%s.partial/%s", (const char *)r->name.data, r->file);
    return buf_text(&path) != NULL &&
           archive_digest(&r->target, (const char *)path.data, NULL, NULL, digest, &read_back, &ignored) == HZ_OK &&
           strcmp(digest, r->copy->sha256) == 0;
}

/* *done: it is in the stage, and good. */
static int take_file(struct repair *r, const char *path, bool *done, struct hz_error *err)
{
    HZ_CLEANUP(io_close) int fd = -1;
    int rc = io_open_input(path, &fd, err);

    if (rc == HZ_OK)
        rc = r->target.kind->carry(&r->target, &r->stage, fd, r->file, err);
    *done = rc == HZ_OK && is_good(r);
    return rc;
}

static int from_parity(struct repair *r, bool *done, struct hz_error *err)
{
    struct hz_error why = { 0 };
    int rc;

    if (r->copy->parity == NULL)
        return HZ_OK;
    rc = r->target.kind->mend(&r->target, &r->stage, (const char *)r->name.data, r->file, &why);
    if (rc != HZ_OK) {
        cli_message(r->w.args->command->program, "%s", why.text);
        return rc == HZ_E_NOMEM ? hz_error_set(err, rc, "%s", why.text) : HZ_OK;
    }
    *done = is_good(r);
    r->by = "parity";
    return HZ_OK;
}

/* Why one of them is of no use is said; only want of memory ends the search. */
static int from_copy(struct repair *r, const struct archive_copy *c, bool *done)
{
    HZ_CLEANUP(archive_local_free) struct archive_local local = ARCHIVE_LOCAL_INIT;
    HZ_CLEANUP(archive_close) struct archive_target other = ARCHIVE_TARGET_INIT;
    struct hz_error why = { 0 };
    int rc = cmd_archive_reach(r->w.args, c, &other, &why);

    if (rc == HZ_OK)
        rc = archive_local_get(&local, &other, c, &why);
    if (rc == HZ_OK)
        rc = take_file(r, (const char *)local.path.data, done, &why);
    if (rc != HZ_OK)
        cli_message(r->w.args->command->program, "%s", why.text);
    r->by = "copy";
    r->from = c->copy;
    return rc;
}

static bool from_copies(struct repair *r)
{
    bool done = false;

    for (size_t i = 0; !done && i < r->held.count; i++) {
        const struct archive_copy *c = &r->held.list[i];
        if (c != r->copy && c->file != NULL && strcmp(c->sha256, r->copy->sha256) == 0 &&
            from_copy(r, c, &done) == HZ_E_NOMEM)
            break;
    }
    return done;
}

/* Perhaps only something beside it is not as it was. */
static bool as_it_is(struct repair *r)
{
    HZ_CLEANUP(buf_free) struct buf path = BUF_INIT(16384);
    struct hz_error ignored = { 0 };
    char digest[W_DIGEST_HEX];
    const char *read_back;
    bool done = false;

    return r->target.store == NULL &&
           archive_digest(&r->target, r->copy->file, NULL, NULL, digest, &read_back, &ignored) == HZ_OK &&
           strcmp(digest, r->copy->sha256) == 0 &&
           cmd_archive_path(&r->target, r->copy->file, &path, &ignored) == HZ_OK &&
           take_file(r, (const char *)path.data, &done, &ignored) == HZ_OK && done;
}

static int given(struct repair *r, const char *path, struct hz_error *err)
{
    bool done = false;
    int rc = take_file(r, path, &done, err);

    r->by = "copy";
    return rc == HZ_OK && !done
               ? hz_error_set(err, HZ_E_INVALID, _("%s has not the recorded digest; nothing was changed"), path)
               : rc;
}

static int obtain(struct repair *r, struct hz_error *err)
{
    bool done = false;
    int rc;

    if (cli_value(r->w.args, "from") != NULL)
        return given(r, cli_value(r->w.args, "from"), err);
    if (as_it_is(r))
        return HZ_OK;
    rc = from_parity(r, &done, err);
    if (rc == HZ_OK && !done && !from_copies(r))
        return hz_error_set(
            err, HZ_E_INVALID,
            _("%s: neither the recovery data nor another copy in the archive could mend the copy %s; name "
              "a good one with --from"),
            r->w.item.name, r->copy->copy);
    return rc;
}

/* From beside the file that was given. */
static int beside_given(struct repair *r, const char *path, const struct archive_beside *b, bool *done,
                        struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf full = BUF_INIT(16384);
    HZ_CLEANUP(io_close) int from = -1;
    HZ_CLEANUP(io_close) int to = -1;
    char sha256[W_DIGEST_HEX];
    int rc;

    buf_printf(&full, "%.*s%s", (int)(archive_fill_name(path) - path), path, b->file);
    if (buf_text(&full) == NULL)
        return buf_check(&full, err);
    if (!io_is_regular(AT_FDCWD, (const char *)full.data))
        return HZ_OK;
    rc = io_open_input((const char *)full.data, &from, err);
    if (rc == HZ_OK)
        rc = verifier_hash(from, sha256, err);
    if (rc != HZ_OK || strcmp(sha256, b->sha256) != 0)
        return rc;
    rc = io_create_new(r->stage.tree.fd, b->file, 0644, &to, err);
    if (rc == HZ_OK)
        rc = archive_pour(from, to, 0, err);
    *done = rc == HZ_OK;
    return rc;
}

/* One file beside it: from what was given, from where it lies, from another copy. */
static int obtain_one(struct repair *r, size_t i, struct hz_error *err)
{
    const struct cmd_archive_beside beside = { r->w.args, &r->targets, &r->held, r->stage.tree.fd };
    const struct archive_beside *b = &r->copy->beside[i];
    const char *given_file = cli_value(r->w.args, "from"), *from = NULL;
    bool done = false;
    int rc = given_file != NULL ? beside_given(r, given_file, b, &done, err) : HZ_OK;

    if (rc == HZ_OK && !done)
        rc = cmd_archive_beside(&beside, r->copy, i, &from, err);
    if (rc != HZ_OK)
        return rc;
    if (!done && from == NULL) {
        r->lost[r->lost_count++] = (struct w_beside) { b->file, NULL, NULL };
        return HZ_OK;
    }
    r->seal.beside[r->seal.beside_count++] = (struct archive_sidecar) { .file = b->file, .sha256 = b->sha256 };
    if (r->by == NULL && from != NULL && strcmp(from, r->copy->copy) != 0) {
        r->by = "copy";
        r->from = from;
    }
    return HZ_OK;
}

static int obtain_beside(struct repair *r, struct hz_error *err)
{
    const struct cmd_archive_beside beside = { r->w.args, &r->targets, &r->held, r->stage.tree.fd };
    int rc = HZ_OK;

    r->seal.beside = r->beside;
    for (size_t i = 0; rc == HZ_OK && i < r->copy->beside_count; i++)
        rc = obtain_one(r, i, err);
    if (rc == HZ_OK && r->by == NULL && r->lost_count > 0)
        return hz_error_set(err, HZ_E_INVALID,
                            _("%s: no copy in the archive has it as it was recorded; nothing was changed"),
                            r->lost[0].file);
    if (rc == HZ_OK && r->by == NULL)
        return hz_error_set(
            err, HZ_E_EXISTS,
            _("the copy %s of %s is as it was recorded; nothing was changed (hozen archive check records "
              "that it is whole)"),
            r->copy->copy, r->w.item.name);
    if (rc == HZ_OK)
        rc = archive_beside_rest(&r->target, r->copy, r->stage.tree.fd, err);
    return rc == HZ_OK ? cmd_archive_bring_record(&beside, r->copy, err) : rc;
}

/* It takes the old one's place only when its signatures hold again. */
static int check_and_commit(struct repair *r, struct hz_error *err)
{
    struct archive_fill what = { .store = r->w.store,
                                 .actor = &r->w.actor,
                                 .item = r->w.item.name,
                                 .file = r->file,
                                 .bundle = r->w.item.kind == NULL || strcmp(r->w.item.kind, "bundle") == 0 };
    uint64_t percent = 0;
    int rc;

    if (r->copy->parity != NULL && num_parse_u64(r->copy->parity, strlen(r->copy->parity), 100, &percent) == HZ_OK)
        what.parity = (unsigned)percent;
    rc = archive_fill(&r->stage, &what, err);
    buf_printf(&r->staged, "%s/%s", r->stage.path, r->file);
    if (rc == HZ_OK && buf_text(&r->staged) == NULL)
        rc = buf_check(&r->staged, err);
    if (rc == HZ_OK)
        rc = cmd_archive_verify(r->w.args, &r->w.item, (const char *)r->staged.data, r->copy->sha256, &r->seen, err);
    if (rc == HZ_OK && (strcmp(r->seen.integrity, "intact") != 0 || strcmp(r->seen.file_sha256, r->copy->sha256) != 0))
        return hz_error_set(err, HZ_E_INVALID, _("%s: what was mended does not verify; nothing was changed"),
                            (const char *)r->staged.data);
    return rc == HZ_OK ? r->target.kind->commit(&r->target, &r->stage, r->file, r->copy->sha256, &r->seal, err) : rc;
}

static int record(struct repair *r, uint64_t *entry, struct hz_error *err)
{
    struct w_statement s = cmd_archive_statement(&r->w, "recheck", &r->w.item);
    struct w_evidence evidence = verifier_evidence(&r->seen);
    int rc;

    s.content_id = r->seen.content_id;
    s.file_sha256 = r->seen.file_sha256;
    s.body.copy = r->copy->copy;
    s.body.evidence = &evidence;
    s.body.tool = CMD_TOOL;
    s.body.repaired.by = r->by;
    s.body.repaired.from = r->from;
    rc = cmd_archive_record(&r->w, &s, entry, err);
    return rc == HZ_OK ? rc
                       : hz_error_context(err, "%s", _("mended, but not recorded; hozen archive check records it"));
}

/* What is still not as it was recorded: behind the entry that says that the bundle is whole. */
static int record_lost(struct repair *r, struct hz_error *err)
{
    const struct w_checked check = { r->copy->item, r->copy->copy, r->copy->sha256, r->lost, r->lost_count };
    struct w_statement s = cmd_archive_statement(&r->w, "fixity", NULL);
    uint64_t entry;

    if (r->lost_count == 0)
        return HZ_OK;
    cli_note(r->w.args, _("%s: no copy in the archive has it as it was recorded"), r->lost[0].file);
    s.body.checks = &check;
    s.body.check_count = 1;
    s.body.tool = CMD_TOOL;
    return cmd_archive_record(&r->w, &s, &entry, err);
}

static int print(const struct repair *r, uint64_t entry, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf path = BUF_INIT(16384);
    struct cmd_result result = { .head = &r->w.head,
                                 .entered = true,
                                 .entry = entry,
                                 .item = r->w.item.name,
                                 .key = w_key_fingerprint(r->w.actor.key),
                                 .evidence = &r->seen,
                                 .partial = r->lost_count > 0,
                                 .files = { { "copy", NULL } } };
    int rc = cmd_archive_path(&r->target, r->copy->file, &path, err);

    result.files[0].path = (const char *)path.data;
    if (rc != HZ_OK || cli_flag(r->w.args, "json"))
        return rc == HZ_OK ? cmd_result_json(r->w.args, &result, err) : rc;
    cli_out_field(stdout, CLI_OUT_LABELS, _("item"), r->w.item.name);
    cli_out_field(stdout, CLI_OUT_LABELS, _("copy"), r->copy->copy);
    cli_out_field(stdout, CLI_OUT_LABELS, _("mended from"),
                  strcmp(r->by, "parity") == 0 ? _("its recovery data")
                  : r->from != NULL            ? r->from
                                               : _("the given file"));
    cmd_print_evidence(&r->seen);
    cmd_print_head(&r->w.head);
    return HZ_OK;
}

static int run(struct repair *r, struct hz_error *err)
{
    uint64_t entry = 0;
    int rc = cmd_archive_begin(&r->w, true, err);

    buf_init(&r->name, 512);
    buf_init(&r->staged, 16384);
    if (rc == HZ_OK)
        rc = archive_held_load(&r->held, r->w.store, r->w.item.name, err);
    if (rc == HZ_OK)
        rc = choose(r, err);
    if (rc == HZ_OK)
        rc = cmd_archive_reach(r->w.args, r->copy, &r->target, err);
    if (rc == HZ_OK)
        rc = archive_name(r->copy->item, r->copy->copy, &r->name, err);
    if (rc == HZ_OK)
        rc = r->target.kind->begin(&r->target, (const char *)r->name.data, true, &r->stage, err);
    if (rc == HZ_OK)
        rc = obtain(r, err);
    if (rc == HZ_OK)
        rc = obtain_beside(r, err);
    if (rc == HZ_OK)
        rc = check_and_commit(r, err);
    if (rc == HZ_OK)
        rc = record(r, &entry, err);
    if (rc == HZ_OK)
        rc = record_lost(r, err);
    return rc == HZ_OK ? print(r, entry, err) : rc;
}

int cmd_archive_repair(const struct cli_args *args)
{
    HZ_CLEANUP(repair_free)
    struct repair r = { .w.args = args, .target = ARCHIVE_TARGET_INIT, .stage = ARCHIVE_STAGE_INIT };
    struct hz_error err = { 0 };

    if (run(&r, &err) != HZ_OK)
        return cli_fail(args, &err);
    return r.lost_count > 0 ? HZ_EXIT_PARTIAL : HZ_EXIT_OK;
}
