#include <string.h>

#include "base/io_open.h"
#include "base/lang.h"
#include "base/num.h"
#include "base/text.h"
#include "cli/out.h"
#include "custody/archive_fill.h"
#include "custody/archive_local.h"
#include "custody/cmd_archive.h"
#include "custody/cmd_result.h"

struct repair {
    struct cmd_archive w;
    struct archive_held held;
    const struct archive_copy *copy; /* the damaged one */
    struct archive_target target;
    struct archive_stage stage;
    struct archive_seal seal;
    struct verifier seen;
    const char *file, *by, *from; /* by: "parity" or "copy"; from: the id of that copy */
    struct buf name, staged;
};

static void repair_free(struct repair *r)
{
    if (r->target.kind != NULL)
        r->target.kind->drop(&r->stage);
    archive_close(&r->target);
    archive_held_free(&r->held);
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
        if (named != NULL ? strcmp(c->copy, named) == 0 : text_equal(c->integrity, "altered"))
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
    return r->target.kind->beside(&r->target, r->copy->file, r->stage.tree.fd, err);
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
    if (rc == HZ_OK && *done)
        rc = other.kind->beside(&other, c->file, r->stage.tree.fd, &why);
    *done = *done && rc == HZ_OK;
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

static int obtain(struct repair *r, struct hz_error *err)
{
    const char *given = cli_value(r->w.args, "from");
    bool done = false;
    int rc;

    if (given != NULL) {
        r->by = "copy";
        rc = take_file(r, given, &done, err);
        if (rc == HZ_OK && done)
            rc = archive_fill_beside(r->stage.tree.fd, given, err);
        return rc == HZ_OK && !done
                   ? hz_error_set(err, HZ_E_INVALID, _("%s has not the recorded digest; nothing was changed"), given)
                   : rc;
    }
    rc = from_parity(r, &done, err);
    if (rc == HZ_OK && !done && !from_copies(r))
        return hz_error_set(
            err, HZ_E_INVALID,
            _("%s: neither the recovery data nor another copy in the archive could mend the copy %s; name "
              "a good one with --from"),
            r->w.item.name, r->copy->copy);
    return rc;
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

static int print(const struct repair *r, uint64_t entry, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf path = BUF_INIT(16384);
    struct cmd_result result = { .head = &r->w.head,
                                 .entered = true,
                                 .entry = entry,
                                 .item = r->w.item.name,
                                 .key = w_key_fingerprint(r->w.actor.key),
                                 .evidence = &r->seen,
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
        rc = check_and_commit(r, err);
    if (rc == HZ_OK)
        rc = record(r, &entry, err);
    return rc == HZ_OK ? print(r, entry, err) : rc;
}

int cmd_archive_repair(const struct cli_args *args)
{
    HZ_CLEANUP(repair_free)
    struct repair r = { .w.args = args, .target = ARCHIVE_TARGET_INIT, .stage = ARCHIVE_STAGE_INIT };
    struct hz_error err = { 0 };

    return run(&r, &err) == HZ_OK ? HZ_EXIT_OK : cli_fail(args, &err);
}
