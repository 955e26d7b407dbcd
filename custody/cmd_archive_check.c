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

#define ANSWER_MAX ((size_t)256 << 20)

static void check_free(struct check *c)
{
    cmd_archive_free(&c->w);
    r_policy_free(&c->policy);
    archive_held_free(&c->held);
    cmd_archive_targets_free(&c->targets);
    free(c->whole);
    free(c->order);
    free(c->entries);
    free(c->told);
    buf_free(&c->line);
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
    int rc = check_flush(c, err);

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
    return check_record(c, &s, err);
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
    c->recorded = false;
    if (rc == HZ_OK && sha256 != NULL && examine(c, copy, t, &item, &seen, &why) != HZ_OK) {
        cli_message(c->w.args->command->program, "%s", why.text);
        rc = verifier_of_digest(&seen, sha256, copy->sha256, err);
    }
    if (rc == HZ_OK)
        rc = recheck(c, copy, &item, sha256 != NULL ? &seen : NULL, err);
    if (rc == HZ_OK)
        check_tell(c, &(struct check_told) { copy, result, sha256, check_remedy(c, copy, t), false, 0, 0, false });
    return rc == HZ_OK || c->recorded ? rc
                                      : hz_error_context(err, _("%s: the copy %s: %s, which is not recorded"),
                                                         copy->item, copy->copy, check_result_text(result));
}

static int unreachable(struct check *c, const struct archive_copy *copy, struct hz_error *err)
{
    c->unreachable = true;
    return check_later(c, &(struct check_told) { copy, "unreachable", NULL, NULL, false, 0, 0, false }, err);
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
        return unreachable(c, copy, err);
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
        return unreachable(c, copy, err);
    if (why->code != HZ_E_NOTFOUND)
        cli_message(c->w.args->command->program, "%s", why->text);
    if (!archive_is_damage(why))
        return unreachable(c, copy, err);
    return fail(c, copy, t, why->code == HZ_E_NOTFOUND ? "missing" : "unreadable", NULL, err);
}

static int look_at(struct check *c, const struct archive_copy *copy, struct archive_target *t,
                   const struct archive_beside *b, size_t *bad, struct hz_error *err)
{
    const struct archive_sink pace = { archive_pace_put, &c->pace };
    const size_t at = c->beside_used + *bad;
    int rc = archive_beside_look(t, copy, b, &pace, &c->found[at], c->digests[at], err);

    if (rc != HZ_OK || c->found[at] == ARCHIVE_BESIDE_SAME)
        return rc;
    c->beside[at] = (struct w_beside) { b->file, c->digests[at][0] != '\0' ? c->digests[at] : NULL, NULL };
    ++*bad;
    return HZ_OK;
}

/* *bad: how much of what lies beside it is not as recorded, ascending by file, at most as much as an entry holds; that
 * stands in c->beside behind what is used. *remake: of the rest, too. */
static int look_beside(struct check *c, const struct archive_copy *copy, struct archive_target *t, size_t *bad,
                       bool *remake, struct hz_error *err)
{
    size_t i = 0, k = 0;
    int rc = HZ_OK;

    while (rc == HZ_OK && c->beside_used + *bad < R_STATEMENT_BESIDE &&
           (i < copy->beside_count || k < copy->rest_count)) {
        const size_t before = *bad;
        bool rest =
            i == copy->beside_count || (k < copy->rest_count && strcmp(copy->rest[k].file, copy->beside[i].file) < 0);
        rc = look_at(c, copy, t, rest ? &copy->rest[k++] : &copy->beside[i++], bad, err);
        *remake = *remake || (rest && *bad > before);
    }
    return rc;
}

/* What could mend it, where its bytes are the recorded ones. */
static void find_remedy(struct check *c, struct archive_target *t, struct check_told *told, bool remake)
{
    if (told->unsealed)
        told->mend = t->store != NULL ? "put" : "seal";
    if (told->count > 0)
        told->mend = check_remedy_beside(c, told, t, remake);
    c->failed = c->failed || told->mend != NULL || told->over;
}

/* Its bytes are the recorded ones. */
static int same(struct check *c, const struct archive_copy *copy, struct archive_target *t, struct hz_error *err)
{
    bool failed = text_equal(copy->integrity, "altered"), again = !failed, remake = false;
    struct check_told told = { copy, "same", copy->sha256, NULL, false, 0, 0, false };
    struct hz_error why = { 0 };
    int rc = HZ_OK;

    if (failed)
        rc = recover(c, copy, t, &again, err);
    if (rc == HZ_OK && again && c->beside_used + copy->beside_count + copy->rest_count > R_STATEMENT_BESIDE)
        rc = check_flush(c, err);
    if (rc != HZ_OK || !again)
        return rc;
    told.first = c->beside_used;
    if (look_beside(c, copy, t, &told.count, &remake, &why) != HZ_OK ||
        archive_reseal_look(t, copy, &told.unsealed, &why) != HZ_OK || check_over(c, &told, t, &why) != HZ_OK)
        return unreadable(c, copy, t, &why, err);
    find_remedy(c, t, &told, remake);
    return failed && told.count == 0 ? check_later(c, &told, err) : check_add(c, &told, err);
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
        return unreachable(c, copy, err);
    if (check_read(c, copy, &reached->target, sha256, &unchanged, &why) != HZ_OK)
        return unreadable(c, copy, &reached->target, &why, err);
    return unchanged ? same(c, copy, &reached->target, err)
                     : fail(c, copy, &reached->target, "altered", sha256[0] != '\0' ? sha256 : NULL, err);
}

static bool is_asked(const struct check *c, const struct archive_copy *copy)
{
    if (!cli_flag(c->w.args, "all"))
        return archive_held_due(copy, r_policy_archive_of(&c->policy, copy->case_id), stamp_now());
    return !copy->was_checked || stamp_compare(copy->checked_at, c->since) < 0;
}

/* What was found is recorded, whatever ends it. */
static int all(struct check *c, struct hz_error *err)
{
    struct hz_error ignored = { 0 };
    int rc = HZ_OK;

    for (size_t i = 0; rc == HZ_OK && i < c->held.count; i++) {
        const struct archive_copy *copy = c->order[i];
        if (!is_asked(c, copy))
            continue;
        if (archive_pace_stopped(&c->pace)) {
            c->left++;
            continue;
        }
        rc = check_make_room(c, copy, err);
        if (rc == HZ_OK)
            rc = one(c, copy, err);
    }
    return check_flush(c, rc == HZ_OK ? err : &ignored) == HZ_OK || rc != HZ_OK ? rc : err->code;
}

static int by_age(const void *a, const void *b)
{
    const struct archive_copy *one = *(const struct archive_copy *const *)a;
    const struct archive_copy *other = *(const struct archive_copy *const *)b;
    int order = stamp_compare(one->checked_at, other->checked_at);

    return order != 0 ? order : one < other ? -1 : one > other;
}

/* What was read longest ago goes first: a run that never comes to its end still reaches all of them in time. */
static int put_in_order(struct check *c, struct hz_error *err)
{
    c->whole = calloc(c->held.count + 1, sizeof *c->whole);
    c->order = calloc(c->held.count + 1, sizeof(*c->order));
    if (c->whole == NULL || c->order == NULL)
        return hz_error_set(err, HZ_E_NOMEM, "%s", _("out of memory"));
    for (size_t i = 0; i < c->held.count; i++)
        c->order[i] = &c->held.list[i];
    qsort(c->order, c->held.count, sizeof(*c->order), by_age);
    return HZ_OK;
}

/* Without --since every copy is older than the run. */
static int read_since(struct check *c, struct hz_error *err)
{
    const char *text = cli_value(c->w.args, "since");
    struct w_time since = { .at = stamp_now() };
    int rc = HZ_OK;

    c->since = stamp_add(since.at, (int64_t)100 * 365 * 86400);
    stamp_format(c->began, since.at);
    if (text == NULL)
        return HZ_OK;
    rc = cmd_time(c->w.args, "since", text, &since, err);
    if (rc == HZ_OK && stamp_compare(since.at, stamp_now()) > 0)
        return cli_usage(c->w.args->command, err, _("--since is in the future"));
    c->since = since.at;
    stamp_format(c->began, since.at);
    return rc;
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
    if (rc == HZ_OK)
        rc = read_since(c, err);
    archive_pace_begin(&c->pace, bytes);
    return rc == HZ_OK ? put_in_order(c, err) : rc;
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
    buf_printf(&text,
               _("what proves the time of %zu copies is to be renewed: hozen archive renew --authority URL "
                 "--roots PEM"),
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
    json_member_string(&c->j, "since", c->left > 0 && cli_flag(c->w.args, "all") ? c->began : NULL);
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
    if (c.left > 0 && cli_flag(args, "all"))
        cli_note(args, _("interrupted: %zu copies are left; what was checked is recorded, --all --since %s goes on"),
                 c.left, c.began);
    else if (c.left > 0)
        cli_note(args, _("interrupted: %zu copies are left; what was checked is recorded, run it again"), c.left);
    return c.failed ? HZ_EXIT_FINDINGS : c.unreachable || c.left > 0 ? HZ_EXIT_FAILED : HZ_EXIT_OK;
}
