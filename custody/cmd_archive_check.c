#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/lang.h"
#include "base/num.h"
#include "base/text.h"
#include "cli/out.h"
#include "custody/archive_fill.h"
#include "custody/archive_local.h"
#include "custody/archive_pace.h"
#include "custody/archive_parity.h"
#include "custody/cmd_archive.h"
#include "custody/project_policy.h"
#include "formats/read/statement.h"

#define BATCH_SECONDS 600 /* so much work an interruption may lose */
#define ANSWER_MAX ((size_t)256 << 20)

struct check {
    struct cmd_archive w;
    struct r_policy policy;
    struct archive_held held;
    struct cmd_archive_targets targets;
    struct archive_pace pace;
    struct w_checked batch[R_STATEMENT_CHECKS]; /* have their digest, not recorded yet */
    size_t batched;
    struct stamp batch_began;
    uint64_t *entries; /* owned: what was recorded */
    size_t entry_count, checked, left;
    bool failed, unreachable; /* a copy; a target */
    struct buf line;
    struct json_out j;
    bool json;
};

static void check_free(struct check *c)
{
    cmd_archive_free(&c->w);
    r_policy_free(&c->policy);
    archive_held_free(&c->held);
    cmd_archive_targets_free(&c->targets);
    free(c->entries);
    buf_free(&c->line);
}

static int record(struct check *c, const struct w_statement *s, struct hz_error *err)
{
    uint64_t *entries = realloc(c->entries, (c->entry_count + 1) * sizeof *entries);

    if (entries == NULL)
        return hz_error_set(err, HZ_E_NOMEM, "%s", _("out of memory"));
    c->entries = entries;
    if (cmd_archive_record(&c->w, s, &entries[c->entry_count], err) != HZ_OK)
        return err->code;
    c->entry_count++;
    return HZ_OK;
}

static int flush(struct check *c, struct hz_error *err)
{
    struct w_statement s = cmd_archive_statement(&c->w, "fixity", NULL);
    int rc;

    if (c->batched == 0)
        return HZ_OK;
    s.body.checks = c->batch;
    s.body.check_count = c->batched;
    s.body.tool = CMD_TOOL;
    rc = record(c, &s, err);
    if (rc == HZ_OK)
        c->batched = 0;
    return rc;
}

/* By item and copy, which is the order of the list. */
static int add(struct check *c, const struct archive_copy *copy, struct hz_error *err)
{
    if (c->batched == 0)
        c->batch_began = stamp_now();
    c->batch[c->batched++] = (struct w_checked) { copy->item, copy->copy, copy->sha256 };
    return c->batched == R_STATEMENT_CHECKS || stamp_now().seconds - c->batch_began.seconds >= BATCH_SECONDS
               ? flush(c, err)
               : HZ_OK;
}

/* par2 opens by name whatever is there, and would wait at a pipe: only what are files is shown to it. */
static int ask_parity(struct check *c, const struct archive_copy *copy, struct archive_target *t,
                      enum archive_parity *out, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf folder = BUF_INIT(16384);
    HZ_CLEANUP(buf_free) struct buf index = BUF_INIT(16384);
    const char *file = archive_fill_name(copy->file);
    struct archive_found found, beside;

    buf_printf(&folder, "%s/%.*s", t->url, (int)(file - copy->file - 1), copy->file);
    buf_printf(&index, "%s.par2", copy->file);
    if (buf_text(&folder) == NULL || buf_text(&index) == NULL)
        return hz_error_set(err, HZ_E_NOMEM, "%s", _("out of memory"));
    if (t->kind->look(t, copy->file, NULL, &found, err) != HZ_OK ||
        t->kind->look(t, (const char *)index.data, NULL, &beside, err) != HZ_OK)
        return HZ_OK; /* it cannot */
    return archive_parity_look((const char *)folder.data, file, found.size, &c->pace, out, err);
}

/* What could mend the copy: "parity", "copy", "none"; NULL: it was interrupted. */
static const char *remedy(struct check *c, const struct archive_copy *copy, struct archive_target *t)
{
    enum archive_parity parity = ARCHIVE_PARITY_CANNOT;
    struct hz_error ignored = { 0 };

    if (copy->parity != NULL && t->store == NULL && ask_parity(c, copy, t, &parity, &ignored) == HZ_E_TIMEOUT)
        return NULL;
    if (parity == ARCHIVE_PARITY_CAN)
        return "parity";
    for (size_t i = 0; i < c->held.count; i++)
        if (&c->held.list[i] != copy && strcmp(c->held.list[i].item, copy->item) == 0 &&
            !text_equal(c->held.list[i].integrity, "altered"))
            return "copy";
    return "none";
}

static const char *remedy_text(const char *word)
{
    return strcmp(word, "parity") == 0 ? _("its recovery data can mend it: hozen archive repair")
           : strcmp(word, "copy") == 0 ? _("another copy can take its place: hozen archive repair")
                                       : _("nothing in the archive can mend it");
}

static const char *result_text(const char *word)
{
    return strcmp(word, "same") == 0          ? _("unchanged")
           : strcmp(word, "altered") == 0     ? _("altered")
           : strcmp(word, "missing") == 0     ? _("missing")
           : strcmp(word, "unreachable") == 0 ? _("not reached")
                                              : _("cannot be read");
}

static void tell(struct check *c, const struct archive_copy *copy, const char *result, const char *sha256,
                 const char *mend)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(4096);

    c->checked++;
    if (c->json) {
        json_object(&c->j);
        json_member_string(&c->j, "copy", copy->copy);
        json_member_string(&c->j, "item", copy->item);
        json_member_string(&c->j, "repair", mend);
        json_member_string(&c->j, "result", result);
        json_member_string(&c->j, "sha256", sha256);
        json_object_end(&c->j);
        return;
    }
    buf_printf(&text, "%s: %s", copy->copy, result_text(result));
    if (mend != NULL)
        buf_printf(&text, "; %s", remedy_text(mend));
    cli_out_wrapped(stdout, CLI_OUT_LABELS, copy->item, (const char *)text.data, text.len);
}

/* What hozen verify finds of it. */
static int examine(struct check *c, const struct archive_copy *copy, struct archive_target *t, const struct item *item,
                   struct verifier *seen, struct hz_error *err)
{
    HZ_CLEANUP(archive_local_free) struct archive_local local = ARCHIVE_LOCAL_INIT;
    int rc = archive_local_get(&local, t, copy, err);

    return rc == HZ_OK ? cmd_archive_verify(c->w.args, item, (const char *)local.path.data, copy->sha256, seen, err)
                       : rc;
}

/* In an entry of its own; seen NULL: it is not there, or cannot be read. */
static int recheck(struct check *c, const struct archive_copy *copy, const struct item *item, struct verifier *seen,
                   struct hz_error *err)
{
    struct w_evidence evidence;
    struct w_statement s;
    int rc = flush(c, err);

    if (rc != HZ_OK)
        return rc;
    s = cmd_archive_statement(&c->w, "recheck", item);
    s.body.copy = copy->copy;
    s.body.tool = CMD_TOOL;
    if (seen != NULL) {
        evidence = verifier_evidence(seen);
        s.content_id = seen->content_id;
        s.file_sha256 = seen->file_sha256;
        s.body.evidence = &evidence;
    }
    return record(c, &s, err);
}

/* sha256: of an altered one, else NULL. Its digest alone says that it is altered: that is recorded also where no more
 * can be found out, because there is no room for a temporary file, say. */
static int fail(struct check *c, const struct archive_copy *copy, struct archive_target *t, const char *result,
                const char *sha256, struct hz_error *err)
{
    HZ_CLEANUP(verifier_free) struct verifier seen = { 0 };
    HZ_CLEANUP(item_free) struct item item = { 0 };
    struct hz_error why = { 0 };
    int rc = item_get(c->w.store, copy->item, &item, err);

    c->failed = true;
    if (rc == HZ_OK && sha256 != NULL && examine(c, copy, t, &item, &seen, &why) != HZ_OK) {
        cli_message(c->w.args->command->program, "%s", why.text);
        rc = verifier_of_digest(&seen, sha256, copy->sha256, err);
    }
    if (rc == HZ_OK)
        rc = recheck(c, copy, &item, sha256 != NULL ? &seen : NULL, err);
    if (rc == HZ_OK)
        tell(c, copy, result, sha256, remedy(c, copy, t));
    return rc;
}

static int unreachable(struct check *c, const struct archive_copy *copy)
{
    c->unreachable = true;
    tell(c, copy, "unreachable", NULL, NULL);
    return HZ_OK;
}

/* One that had failed is verified anew. */
static int recover(struct check *c, const struct archive_copy *copy, struct archive_target *t, const char *sha256,
                   struct hz_error *err)
{
    HZ_CLEANUP(verifier_free) struct verifier seen = { 0 };
    HZ_CLEANUP(item_free) struct item item = { 0 };
    struct hz_error why = { 0 };
    int rc = item_get(c->w.store, copy->item, &item, err);

    if (rc == HZ_OK && examine(c, copy, t, &item, &seen, &why) != HZ_OK) {
        cli_message(c->w.args->command->program, "%s", why.text);
        return unreachable(c, copy);
    }
    if (rc == HZ_OK)
        rc = recheck(c, copy, &item, &seen, err);
    if (rc == HZ_OK)
        tell(c, copy, "same", sha256, NULL);
    return rc;
}

static int same(struct check *c, const struct archive_copy *copy, struct archive_target *t, const char *sha256,
                struct hz_error *err)
{
    int rc;

    if (text_equal(copy->integrity, "altered"))
        return recover(c, copy, t, sha256, err);
    rc = add(c, copy, err);
    if (rc == HZ_OK)
        tell(c, copy, "same", sha256, NULL);
    return rc;
}

/* A medium or a network that went away meanwhile says nothing about the copy. */
static bool still_there(struct check *c, const struct archive_copy *copy)
{
    HZ_CLEANUP(archive_close) struct archive_target again = ARCHIVE_TARGET_INIT;
    struct hz_error why = { 0 };

    if (cmd_archive_reach(c->w.args, copy, &again, &why) == HZ_OK)
        return true;
    cli_message(c->w.args->command->program, "%s", why.text);
    return false;
}

/* What cannot be read because of what lies there, or of the medium under it. Everything else passes: a permission, a
 * store that is busy, a network. */
static bool is_of_copy(const struct hz_error *why)
{
    return why->code == HZ_E_NOTFOUND || why->code == HZ_E_UNSUPPORTED /* not a regular file */ ||
           why->sys_errno == EIO || why->sys_errno == EUCLEAN || why->sys_errno == EBADMSG || why->sys_errno == ELOOP ||
           why->sys_errno == ENOTDIR;
}

/* The digest could not be made. */
static int unreadable(struct check *c, const struct archive_copy *copy, struct archive_target *t,
                      const struct hz_error *why, struct hz_error *err)
{
    if (why->code == HZ_E_TIMEOUT && c->pace.stopped) {
        c->left++;
        return HZ_OK;
    }
    if (why->code == HZ_E_NOMEM || why->code == HZ_E_CRYPTO) {
        *err = *why;
        return why->code;
    }
    if (!still_there(c, copy))
        return unreachable(c, copy);
    if (why->code != HZ_E_NOTFOUND)
        cli_message(c->w.args->command->program, "%s", why->text);
    if (!is_of_copy(why))
        return unreachable(c, copy);
    return fail(c, copy, t, why->code == HZ_E_NOTFOUND ? "missing" : "unreadable", NULL, err);
}

static int one(struct check *c, const struct archive_copy *copy, struct hz_error *err)
{
    struct archive_sink pace = { archive_pace_put, &c->pace };
    struct cmd_archive_reached *reached = NULL;
    struct hz_error why = { 0 };
    char sha256[W_DIGEST_HEX];
    const char *read_back;
    int rc = cmd_archive_target(&c->targets, c->w.args, copy, &reached, err);

    if (rc != HZ_OK)
        return rc;
    if (!reached->there)
        return unreachable(c, copy);
    rc = archive_digest(&reached->target, copy->file, copy->version, &pace, sha256, &read_back, &why);
    if (rc != HZ_OK)
        return unreadable(c, copy, &reached->target, &why, err);
    if (strcmp(sha256, copy->sha256) != 0)
        return fail(c, copy, &reached->target, "altered", sha256, err);
    return same(c, copy, &reached->target, sha256, err);
}

/* What was found is recorded, whatever ends it. */
static int all(struct check *c, struct hz_error *err)
{
    struct hz_error ignored = { 0 };
    bool every = cli_flag(c->w.args, "all");
    int rc = HZ_OK;

    for (size_t i = 0; rc == HZ_OK && i < c->held.count; i++) {
        const struct archive_copy *copy = &c->held.list[i];
        if (!every && !archive_held_due(copy, r_policy_archive_of(&c->policy, copy->case_id), stamp_now()))
            continue;
        if (archive_pace_stopped(&c->pace))
            c->left++;
        else
            rc = one(c, copy, err);
    }
    return flush(c, rc == HZ_OK ? err : &ignored) == HZ_OK || rc != HZ_OK ? rc : err->code;
}

static int begin(struct check *c, struct hz_error *err)
{
    const char *item = cli_operand(c->w.args, 0), *rate = cli_value(c->w.args, "max-rate");
    uint64_t bytes = 0;
    bool found;
    int rc = cmd_archive_begin(&c->w, item != NULL, err);

    if (rc == HZ_OK)
        rc = project_policy_get(c->w.store, &c->policy, &found, err);
    if (rc == HZ_OK)
        rc = archive_held_load(&c->held, c->w.store, item, err);
    if (rc == HZ_OK && rate != NULL && num_parse_size(rate, &bytes) != HZ_OK)
        rc = cli_usage(c->w.args->command, err, _("--max-rate: \"%s\" is not a size"), rate);
    archive_pace_begin(&c->pace, bytes);
    return rc;
}

static int answer(struct check *c, struct hz_error *err)
{
    int rc;

    json_array_end(&c->j);
    json_key(&c->j, "entries");
    json_array(&c->j);
    for (size_t i = 0; i < c->entry_count; i++)
        json_int(&c->j, (int64_t)c->entries[i]);
    json_array_end(&c->j);
    json_member_decimal(&c->j, "left", c->left);
    json_member_string(&c->j, "schema", "hozen-archive-check/1");
    json_object_end(&c->j);
    rc = json_check(&c->j, err);
    if (rc == HZ_OK && c->json)
        cli_out_line(stdout, &c->line);
    return rc;
}

int cmd_archive_check(const struct cli_args *args)
{
    HZ_CLEANUP(check_free) struct check c = { .w.args = args, .json = cli_flag(args, "json") };
    struct hz_error err = { 0 };
    int rc;

    buf_init(&c.line, ANSWER_MAX);
    json_init(&c.j, &c.line);
    json_object(&c.j);
    json_key(&c.j, "checked");
    json_array(&c.j);
    rc = begin(&c, &err);
    if (rc == HZ_OK)
        rc = all(&c, &err);
    if (rc == HZ_OK)
        rc = answer(&c, &err);
    if (rc != HZ_OK)
        return cli_fail(args, &err);
    if (c.checked + c.left == 0)
        cli_note(args, _("no copy of the archive is due; --all checks every one"));
    if (c.left > 0)
        cli_note(args, _("interrupted: %zu copies are left; what was checked is recorded, run it again"), c.left);
    return c.failed ? HZ_EXIT_FINDINGS : c.unreachable || c.left > 0 ? HZ_EXIT_FAILED : HZ_EXIT_OK;
}
