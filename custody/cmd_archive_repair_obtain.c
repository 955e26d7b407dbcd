/* Where what mends a copy comes from. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/io_open.h"
#include "base/lang.h"
#include "cli/out.h"
#include "custody/archive_beside.h"
#include "custody/archive_fill.h"
#include "custody/archive_local.h"
#include "custody/cmd_archive_repair.h"

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

/* Of memory or room: it says nothing about what could mend the copy. */
static bool is_want(const struct hz_error *why)
{
    return why->code == HZ_E_NOMEM || why->sys_errno == ENOSPC || why->sys_errno == EDQUOT || why->sys_errno == EFBIG;
}

static int from_parity(struct repair *r, bool *done, struct hz_error *err)
{
    struct hz_error why = { 0 };
    int rc;

    if (r->copy->parity == NULL)
        return HZ_OK;
    rc = r->target.kind->mend(&r->target, &r->stage, (const char *)r->name.data, r->file, &why);
    if (rc != HZ_OK && is_want(&why)) {
        *err = why;
        return rc;
    }
    if (rc != HZ_OK) {
        cli_message(r->w.args->command->program, "%s", why.text);
        return HZ_OK;
    }
    *done = is_good(r);
    r->by = "parity";
    return HZ_OK;
}

/* Why one of them is of no use is said; only want of memory or room ends the search. */
static int from_copy(struct repair *r, const struct archive_copy *c, bool *done, struct hz_error *err)
{
    HZ_CLEANUP(archive_local_free) struct archive_local local = ARCHIVE_LOCAL_INIT;
    HZ_CLEANUP(archive_close) struct archive_target other = ARCHIVE_TARGET_INIT;
    struct hz_error why = { 0 };
    int rc = cmd_archive_reach(r->w.args, c, &other, &why);

    if (rc == HZ_OK)
        rc = archive_local_get(&local, &other, c, &why);
    if (rc == HZ_OK)
        rc = take_file(r, (const char *)local.path.data, done, &why);
    r->by = "copy";
    r->from = c->copy;
    if (rc != HZ_OK && is_want(&why)) {
        *err = why;
        return rc;
    }
    if (rc != HZ_OK)
        cli_message(r->w.args->command->program, "%s", why.text);
    return HZ_OK;
}

static int from_copies(struct repair *r, bool *done, struct hz_error *err)
{
    int rc = HZ_OK;

    for (size_t i = 0; rc == HZ_OK && !*done && i < r->held.count; i++) {
        const struct archive_copy *c = &r->held.list[i];
        if (c != r->copy && c->file != NULL && strcmp(c->sha256, r->copy->sha256) == 0)
            rc = from_copy(r, c, done, err);
    }
    return rc;
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
           archive_digest_of(&r->target, r->copy->file, NULL, r->copy->size, NULL, digest, &read_back, &ignored) ==
               HZ_OK &&
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

int repair_obtain(struct repair *r, struct hz_error *err)
{
    bool done = false;
    int rc;

    if (cli_value(r->w.args, "from") != NULL)
        return given(r, cli_value(r->w.args, "from"), err);
    if (as_it_is(r))
        return HZ_OK;
    rc = from_parity(r, &done, err);
    if (rc == HZ_OK && !done)
        rc = from_copies(r, &done, err);
    if (rc == HZ_OK && !done)
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
    bool there;
    int rc;

    buf_printf(&full, "%.*s%s", (int)(archive_fill_name(path) - path), path, b->file);
    if (buf_text(&full) == NULL)
        return buf_check(&full, err);
    rc = io_find_regular(AT_FDCWD, (const char *)full.data, (const char *)full.data, &there, err);
    if (rc != HZ_OK || !there)
        return rc;
    rc = io_open_input((const char *)full.data, &from, err);
    if (rc == HZ_OK)
        rc = verifier_hash(from, sha256, err);
    if (rc != HZ_OK || strcmp(sha256, b->sha256) != 0)
        return rc;
    rc = io_create_new(r->stage.tree.fd, b->file, 0644, &to, err);
    if (rc == HZ_OK)
        rc = archive_pour(from, to, 0, UINT64_MAX, err);
    *done = rc == HZ_OK;
    return rc;
}

/* One file beside it: from what was given, from where it lies, from another copy. */
static int obtain_one(struct repair *r, size_t i, struct hz_error *err)
{
    const struct cmd_archive_beside beside = { r->w.args, &r->targets, &r->held, r->stage.tree.fd, &r->remade };
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

/* What is made anew in any case: is there a reason to? */
static int look_rest(struct repair *r, struct hz_error *err)
{
    int rc = HZ_OK;

    for (size_t i = 0; rc == HZ_OK && !r->remade && i < r->copy->rest_count; i++) {
        enum archive_beside_found found = ARCHIVE_BESIDE_SAME;
        char sha256[W_DIGEST_HEX];
        rc = archive_beside_look(&r->target, r->copy, &r->copy->rest[i], NULL, &found, sha256, err);
        r->remade = found != ARCHIVE_BESIDE_SAME;
    }
    return rc;
}

int repair_obtain_beside(struct repair *r, struct hz_error *err)
{
    const struct cmd_archive_beside beside = { r->w.args, &r->targets, &r->held, r->stage.tree.fd, &r->remade };
    int rc = look_rest(r, err);

    r->seal.beside = r->beside;
    for (size_t i = 0; rc == HZ_OK && i < r->copy->beside_count; i++)
        rc = obtain_one(r, i, err);
    if (rc == HZ_OK && r->by == NULL && !r->remade && r->lost_count > 0)
        return hz_error_set(err, HZ_E_INVALID,
                            _("%s: no copy in the archive has it as it was recorded; nothing was changed"),
                            r->lost[0].file);
    if (rc == HZ_OK && r->by == NULL && !r->remade)
        return hz_error_set(
            err, HZ_E_EXISTS,
            _("the copy %s of %s is as it was recorded; nothing was changed (hozen archive check records "
              "that it is whole)"),
            r->copy->copy, r->w.item.name);
    if (rc == HZ_OK)
        rc = archive_beside_rest(&r->target, r->copy, r->stage.tree.fd, err);
    return rc == HZ_OK ? cmd_archive_bring_record(&beside, r->copy, err) : rc;
}
