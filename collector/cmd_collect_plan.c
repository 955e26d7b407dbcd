#include "base/escape.h"
#include "base/json_out.h"
#include "base/lang.h"
#include "base/reason.h"
#include "base/text.h"
#include "base/width.h"
#include "cli/out.h"
#include "collector/absence.h"
#include "collector/cmd_collect.h"

#include <inttypes.h>
#include <string.h>

/* printf counts bytes, a terminal columns. */
static void put_heading(const char *text, unsigned columns, bool right)
{
    unsigned used = width_text(text);
    int blanks = used < columns ? (int)(columns - used) : 0;
    printf("%*s%s%*s", right ? blanks : 0, "", text, right ? 0 : blanks, "");
}

/* What the profiles ask for, before the command line's own values replace theirs. */
static void show_profiles(const struct collect_options *o)
{
    const struct profile_set *s = o->profiles.list;
    for (size_t i = 0; s != NULL && i < s->count; i++) {
        if (i == 0)
            printf("\n%s\n", _("profiles:"));
        cmd_collect_profile_text(s->list[i], false, true);
    }
}

static void put_reason(const char *reason)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT((size_t)1 << 20);
    reason_put(&text, reason, strlen(reason));
    fputs(" (", stdout);
    escape_print_n(stdout, text.data, text.len);
    fputs(")\n", stdout);
}

static void show_text(const struct survey *s, const struct collect_options *o)
{
    put_heading(_("source"), 10, false);
    put_heading(_("files"), 11, true);
    put_heading(_("bytes"), 17, true);
    put_heading(_("recorded"), 11, true);
    put_heading(_("absent"), 9, true);
    printf("  %s\n", _("path"));
    for (size_t i = 0; i < s->count; i++) {
        const struct survey_row *r = &s->rows[i];
        printf("%-10s %10" PRIu64 " %16" PRIu64 " %10" PRIu64 " %8" PRIu64 "  ", r->source, r->files, r->bytes,
               r->objects, r->absent);
        escape_print(stdout, r->path);
        printf("%s\n", r->made ? _(" (made while collecting)") : "");
    }
    for (size_t i = 0; i < s->problem_count; i++) {
        const struct survey_problem *p = &s->problems[i];
        printf("%s: ", lang_text(absence_name(p->status)));
        escape_print(stdout, p->path);
        put_reason(p->reason);
    }
    for (size_t i = 0; i < s->tally.mount_count; i++) {
        printf("%s: ", _("mount point, not crossed"));
        escape_print(stdout, s->tally.mounts[i]);
        putchar('\n');
    }
    show_profiles(o);
}

static void put_text(struct json_out *j, const char *key, const char *raw)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT((size_t)1 << 20);
    text_to_utf8(&text, raw, strlen(raw));
    if (key != NULL)
        json_key(j, key);
    json_string_n(j, text.data, text.len);
}

static void put_row(struct json_out *j, const struct survey_row *r)
{
    json_object(j);
    json_member_decimal(j, "absent", r->absent);
    json_member_decimal(j, "bytes", r->bytes);
    json_member_decimal(j, "files", r->files);
    json_member_bool(j, "made", r->made);
    put_text(j, "path", r->path);
    json_member_decimal(j, "recorded", r->objects);
    json_member_string(j, "source", r->source);
    json_object_end(j);
}

static void put_problems(struct json_out *j, const struct survey *s)
{
    json_key(j, "problems");
    json_array(j);
    for (size_t i = 0; i < s->problem_count; i++) {
        const struct survey_problem *p = &s->problems[i];
        json_object(j);
        put_text(j, "path", p->path);
        json_member_string(j, "reason", p->reason);
        json_member_string(j, "status", absence_name(p->status));
        json_object_end(j);
    }
    json_array_end(j);
}

static void put_mounts(struct json_out *j, const struct tally *t)
{
    json_key(j, "mounts_not_crossed");
    json_array(j);
    for (size_t i = 0; i < t->mount_count; i++)
        put_text(j, NULL, t->mounts[i]);
    json_array_end(j);
}

static void put_profiles(struct json_out *j, const struct collect_options *o)
{
    const struct profile_set *s = o->profiles.list;
    if (s == NULL)
        return;
    json_key(j, "profiles");
    json_array(j);
    for (size_t i = 0; i < s->count; i++)
        cmd_collect_profile_json(j, s->list[i]);
    json_array_end(j);
}

static int show_json(const struct cli_args *args, const struct collect_options *o, const struct survey *s)
{
    HZ_CLEANUP(buf_free) struct buf line = BUF_INIT((size_t)256 << 20);
    struct hz_error err;
    struct json_out j;
    json_init(&j, &line);
    json_object(&j);
    json_member_decimal(&j, "absent", tally_absences(&s->tally));
    put_mounts(&j, &s->tally);
    json_key(&j, "plan");
    json_array(&j);
    for (size_t i = 0; i < s->count; i++)
        put_row(&j, &s->rows[i]);
    json_array_end(&j);
    put_problems(&j, s);
    put_profiles(&j, o);
    json_member_string(&j, "schema", "hozen-plan/1");
    json_member_string(&j, "status", s->tally.partial ? "partial" : "complete");
    json_object_end(&j);
    if (json_check(&j, &err) != HZ_OK)
        return cli_fail(args, &err);
    cli_out_line(stdout, &line);
    return HZ_OK;
}

int cmd_collect_plan(const struct cli_args *args, const struct collect_options *o, const struct survey *s)
{
    int rc = HZ_OK;
    if (cli_flag(args, "json"))
        rc = show_json(args, o, s);
    else
        show_text(s, o);
    return rc != HZ_OK ? rc : s->tally.partial ? HZ_EXIT_PARTIAL : HZ_EXIT_OK;
}
