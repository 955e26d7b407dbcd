#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/lang.h"
#include "base/num.h"
#include "base/text.h"
#include "cli/out.h"
#include "custody/archive_aging.h"
#include "custody/archive_local.h"
#include "custody/archive_reseal.h"
#include "custody/cmd_archive_check.h"
#include "custody/project_policy.h"

#define BATCH_SECONDS 600 /* so much work an interruption may lose */
#define ANSWER_MAX ((size_t)256 << 20)

static void check_free(struct check *c)
{
    cmd_archive_free(&c->w);
    r_policy_free(&c->policy);
    archive_held_free(&c->held);
    cmd_archive_targets_free(&c->targets);
    free(c->whole);
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
        c->batched = c->beside_used = 0;
    return rc;
}

/* By item and copy, which is the order of the list. bad: so much of what lies beside it is not as it was. */
static int add(struct check *c, const struct archive_copy *copy, size_t bad, struct hz_error *err)
{
    if (c->batched == 0)
        c->batch_began = stamp_now();
    c->batch[c->batched++] =
        (struct w_checked) { copy->item, copy->copy, copy->sha256, c->beside + c->beside_used, bad };
    c->beside_used += bad;
    return c->batched == R_STATEMENT_CHECKS || stamp_now().seconds - c->batch_began.seconds >= BATCH_SECONDS
               ? flush(c, err)
               : HZ_OK;
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

/* sha256: of an altered one that was read to its end, else NULL. Its digest alone says that it is altered: that is
 * recorded also where no more can be found out, because there is no room for a temporary file, say. */
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
        check_tell(c, &(struct check_told) { copy, result, sha256, check_remedy(c, copy, t), false, 0, 0 });
    return rc;
}

static int unreachable(struct check *c, const struct archive_copy *copy)
{
    c->unreachable = true;
    check_tell(c, &(struct check_told) { copy, "unreachable", NULL, NULL, false, 0, 0 });
    return HZ_OK;
}

/* One that had failed is verified anew. *again: it was. */
static int recover(struct check *c, const struct archive_copy *copy, struct archive_target *t, bool *again,
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
    *again = rc == HZ_OK;
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
    if (!archive_is_damage(why))
        return unreachable(c, copy);
    return fail(c, copy, t, why->code == HZ_E_NOTFOUND ? "missing" : "unreadable", NULL, err);
}

/* *bad: how much of what lies beside it is not as recorded; that stands in c->beside behind what is used. */
static int look_beside(struct check *c, const struct archive_copy *copy, struct archive_target *t, size_t *bad,
                       struct hz_error *err)
{
    const struct archive_sink pace = { archive_pace_put, &c->pace };
    int rc = HZ_OK;

    for (size_t i = 0; rc == HZ_OK && i < copy->beside_count; i++) {
        size_t at = c->beside_used + *bad;
        rc = archive_beside_look(t, copy, i, &pace, &c->found[at], c->digests[at], err);
        if (rc != HZ_OK || c->found[at] == ARCHIVE_BESIDE_SAME)
            continue;
        c->beside[at] =
            (struct w_beside) { copy->beside[i].file, c->digests[at][0] != '\0' ? c->digests[at] : NULL, NULL };
        ++*bad;
    }
    return rc;
}

/* Its bytes are the recorded ones. */
static int same(struct check *c, const struct archive_copy *copy, struct archive_target *t, struct hz_error *err)
{
    bool failed = text_equal(copy->integrity, "altered"), again = !failed;
    struct check_told told = { copy, "same", copy->sha256, NULL, false, 0, 0 };
    struct hz_error why = { 0 };
    int rc = HZ_OK;

    if (failed)
        rc = recover(c, copy, t, &again, err);
    if (rc == HZ_OK && again && c->beside_used + copy->beside_count > R_STATEMENT_BESIDE)
        rc = flush(c, err);
    if (rc != HZ_OK || !again)
        return rc;
    if (look_beside(c, copy, t, &told.count, &why) != HZ_OK ||
        archive_reseal_look(t, copy, &told.unsealed, &why) != HZ_OK)
        return unreadable(c, copy, t, &why, err);
    if (told.unsealed) {
        c->failed = true;
        told.mend = t->store != NULL ? "put" : "seal";
    }
    told.first = c->beside_used;
    if (told.count > 0) {
        c->failed = true;
        told.mend = check_remedy_beside(c, copy, t, told.first, told.count);
    }
    if (!failed || told.count > 0)
        rc = add(c, copy, told.count, err);
    if (rc == HZ_OK)
        check_tell(c, &told);
    return rc;
}

static int one(struct check *c, const struct archive_copy *copy, struct hz_error *err)
{
    struct cmd_archive_reached *reached = NULL;
    struct hz_error why = { 0 };
    char sha256[W_DIGEST_HEX];
    bool unchanged = false;
    int rc = cmd_archive_target(&c->targets, c->w.args, copy, &reached, err);

    if (rc != HZ_OK)
        return rc;
    if (!reached->there)
        return unreachable(c, copy);
    if (check_read(c, copy, &reached->target, sha256, &unchanged, &why) != HZ_OK)
        return unreadable(c, copy, &reached->target, &why, err);
    return unchanged ? same(c, copy, &reached->target, err)
                     : fail(c, copy, &reached->target, "altered", sha256[0] != '\0' ? sha256 : NULL, err);
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
    c->whole = calloc(c->held.count + 1, sizeof *c->whole);
    return rc == HZ_OK && c->whole == NULL ? hz_error_set(err, HZ_E_NOMEM, "%s", _("out of memory")) : rc;
}

/* Nobody reads a status every day; a check that is due comes by itself. */
static void remind(struct check *c)
{
    const struct archive_aging aging = archive_aging(&c->held, &c->policy, stamp_now());
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(4096);
    char ends[STAMP_SIZE];

    stamp_format(ends, aging.ends);
    c->failed = c->failed || aging.due > 0;
    if (c->json) {
        json_member_string(&c->j, "proof_ends", aging.ends.seconds != 0 ? ends : NULL);
        json_member_decimal(&c->j, "renew", aging.due);
        return;
    }
    if (aging.due == 0)
        return;
    buf_printf(&text, _("what proves the time of %zu copies is to be renewed: hozen archive renew --authority URL"),
               aging.due);
    if (aging.ends.seconds != 0)
        buf_printf(&text, _("; the first certificate ends at %s"), ends);
    cli_out_wrapped(stdout, CLI_OUT_LABELS, _("renew"), buf_text(&text), text.len);
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
    remind(c);
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
