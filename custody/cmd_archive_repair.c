#include <string.h>

#include "base/lang.h"
#include "base/num.h"
#include "base/text.h"
#include "cli/out.h"
#include "custody/archive_fill.h"
#include "custody/archive_reseal.h"
#include "custody/archive_stray.h"
#include "custody/cmd_archive_repair.h"
#include "custody/cmd_result.h"

static void repair_free(struct repair *r)
{
    if (r->target.kind != NULL)
        r->target.kind->drop(&r->stage);
    archive_close(&r->target);
    archive_held_free(&r->held);
    cmd_archive_targets_free(&r->targets);
    verifier_free(&r->seen);
    archive_rest_free(&r->rest);
    cmd_archive_free(&r->w);
    buf_free(&r->name);
    buf_free(&r->staged);
}

/* No check records that a seal was lost. */
static const struct archive_copy *unsealed(struct repair *r)
{
    for (size_t i = 0; i < r->held.count; i++) {
        const struct archive_copy *c = &r->held.list[i];
        struct cmd_archive_reached *reached = NULL;
        struct hz_error ignored = { 0 };
        bool lost = false;
        if (c->file != NULL && cmd_archive_target(&r->targets, r->w.args, c, &reached, &ignored) == HZ_OK &&
            reached->there && archive_reseal_look(&reached->target, c, &lost, &ignored) == HZ_OK && lost)
            return c;
    }
    return NULL;
}

static int choose(struct repair *r, struct hz_error *err)
{
    const char *named = cli_value(r->w.args, "copy");

    for (size_t i = 0; i < r->held.count && r->copy == NULL; i++) {
        const struct archive_copy *c = &r->held.list[i];
        if (named != NULL ? strcmp(c->copy, named) == 0 : text_equal(c->integrity, "altered") || c->beside_failed)
            r->copy = c;
    }
    if (r->copy == NULL && named == NULL)
        r->copy = unsealed(r);
    if (r->copy == NULL)
        r->copy = r->marked;
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

/* What was made anew is read back and recorded as what lay there before. */
static int find_rest(struct repair *r, struct hz_error *err)
{
    int rc = archive_rest_find(&r->rest, &r->stage, r->file, r->beside, r->seal.beside_count, err);

    for (size_t i = 0; rc == HZ_OK && i < r->rest.count; i++)
        r->beside[r->seal.beside_count++] =
            (struct archive_sidecar) { .file = r->rest.list[i].file, .sha256 = r->rest.list[i].sha256 };
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
    if (rc == HZ_OK)
        rc = find_rest(r, err);
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
    s.body.rest = r->rest.list;
    s.body.rest_count = r->rest.count;
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

/* The bytes are as they were: it is sealed where it lies. *done: it was. */
static int seal_again(struct repair *r, bool *done, struct hz_error *err)
{
    int rc = cli_value(r->w.args, "from") == NULL ? archive_reseal(&r->target, r->copy, done, err) : HZ_OK;

    if (rc == HZ_OK && *done)
        rc = cmd_archive_path(&r->target, r->copy->file, &r->staged, err);
    return rc == HZ_OK && *done
               ? cmd_archive_verify(r->w.args, &r->w.item, (const char *)r->staged.data, r->copy->sha256, &r->seen, err)
               : rc;
}

/* Only the mark of its medium was wrong. */
static int take_as_it_is(struct repair *r, struct hz_error *err)
{
    int rc;

    buf_reset(&r->staged);
    rc = cmd_archive_path(&r->target, r->copy->file, &r->staged, err);
    return rc == HZ_OK
               ? cmd_archive_verify(r->w.args, &r->w.item, (const char *)r->staged.data, r->copy->sha256, &r->seen, err)
               : rc;
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
                  r->by == NULL && r->remade     ? _("the ledger: what was not as recorded beside it was made again")
                  : r->by == NULL && !r->sealed  ? _("the ledger: the mark of its medium was written anew")
                  : r->by == NULL                ? _("itself: it was sealed again")
                  : strcmp(r->by, "parity") == 0 ? _("its recovery data")
                  : r->from != NULL              ? r->from
                                                 : _("the given file"));
    cmd_print_evidence(&r->seen);
    cmd_print_head(&r->w.head);
    return HZ_OK;
}

static int tell_stray(void *context, const char *path, struct hz_error *err)
{
    const struct repair *r = context;

    (void)err;
    cli_note(r->w.args, _("%s: is no part of the copy, and goes with what is replaced"), path);
    return HZ_OK;
}

static int mend(struct repair *r, struct hz_error *err)
{
    int rc = archive_name(r->copy->item, r->copy->copy, &r->name, err);

    if (rc == HZ_OK)
        rc = r->target.kind->begin(&r->target, (const char *)r->name.data, true, &r->stage, err);
    r->stage.most = r->copy->size;
    if (rc == HZ_OK)
        rc = repair_obtain(r, err);
    if (rc == HZ_OK)
        rc = repair_obtain_beside(r, err);
    if (rc == HZ_OK)
        rc = archive_stray(&r->target, r->copy, tell_stray, r, err);
    return rc == HZ_OK ? check_and_commit(r, err) : rc;
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
        rc = repair_marks(r, err);
    if (rc == HZ_OK)
        rc = choose(r, err);
    if (rc == HZ_OK)
        rc = cmd_archive_reach(r->w.args, r->copy, &r->target, err);
    if (rc == HZ_OK)
        rc = seal_again(r, &r->sealed, err);
    if (rc == HZ_OK && !r->sealed)
        rc = mend(r, err);
    if (rc == HZ_E_EXISTS && r->marked != NULL)
        rc = take_as_it_is(r, err);
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
