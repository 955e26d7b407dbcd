#include <stdlib.h>
#include <string.h>

#include "base/json_out.h"
#include "base/lang.h"
#include "base/reason.h"
#include "base/text.h"
#include "base/width.h"
#include "cli/help.h"
#include "cli/out.h"
#include "collector/absence.h"
#include "collector/cmd_collect.h"

/* "12.345", rounded down. */
static void put_seconds(struct buf *out, struct stamp start, struct stamp end)
{
    int64_t seconds = end.seconds - start.seconds;
    int64_t rest = (int64_t)end.nanoseconds - start.nanoseconds;
    if (rest < 0) {
        seconds--;
        rest += 1000000000;
    }
    buf_printf(out, "%lld.%03d", (long long)seconds, (int)(rest / 1000000));
}

static void put_path(struct buf *out, const struct collect_options *o)
{
    HZ_CLEANUP(buf_free) struct buf raw = BUF_INIT((size_t)1 << 20);
    struct hz_error ignored;
    if (options_bundle(&raw, o, &ignored) == HZ_OK)
        text_to_utf8(out, raw.data, raw.len);
}

/* Where the bundle goes nothing else does. */
static FILE *result_stream(const struct collect_options *o)
{
    return o->to_stdout ? stderr : stdout;
}

static void put_profiles(struct json_out *j, const struct options_profiles *profiles)
{
    if (profiles->name_count == 0)
        return;
    json_key(j, "profiles");
    json_array(j);
    for (size_t i = 0; i < profiles->name_count; i++)
        json_string(j, profiles->names[i]);
    json_array_end(j);
}

static void put_by_source(struct json_out *j, const struct collect_result *r)
{
    json_key(j, "by_source");
    json_array(j);
    for (size_t i = 0; i < r->time_count; i++) {
        HZ_CLEANUP(buf_free) struct buf seconds = BUF_INIT(64);
        put_seconds(&seconds, r->times[i].start, r->times[i].end);
        json_object(j);
        json_member_string(j, "seconds", buf_text(&seconds));
        json_member_string(j, "source", r->times[i].source);
        json_object_end(j);
    }
    json_array_end(j);
}

static int show_json(const struct cli_args *args, const struct collect_options *o, const struct collect_result *r,
                     const struct w_key *key)
{
    HZ_CLEANUP(buf_free) struct buf line = BUF_INIT((size_t)1 << 20);
    HZ_CLEANUP(buf_free) struct buf path = BUF_INIT((size_t)1 << 20);
    HZ_CLEANUP(buf_free) struct buf seconds = BUF_INIT(64);
    struct hz_error err;
    struct json_out j;
    put_path(&path, o);
    put_seconds(&seconds, r->start, r->end);
    json_init(&j, &line);
    json_object(&j);
    json_member_int(&j, "absent", (int64_t)r->counts.absent);
    json_member_string(&j, "bundle", buf_text(&path));
    put_by_source(&j, r);
    json_member_decimal(&j, "bytes", r->bundle.bytes);
    json_member_string(&j, "case", o->case_id);
    json_member_string(&j, "content_id", r->bundle.content_id);
    json_member_int(&j, "files", (int64_t)r->bundle.files);
    json_member_string(&j, "fingerprint", w_key_fingerprint(key));
    json_member_string(&j, "item", o->item);
    cmd_collect_put_observed(&j, &r->observations);
    put_profiles(&j, &o->profiles);
    json_member_string(&j, "schema", "hozen-collect/1");
    json_member_string(&j, "seconds", buf_text(&seconds));
    json_member_string(&j, "sha256", r->bundle.file_sha256);
    json_member_string(&j, "status", r->tally.partial ? "partial" : "complete");
    json_object_end(&j);
    if (json_check(&j, &err) != HZ_OK)
        return cli_fail(args, &err);
    cli_out_line(result_stream(o), &line);
    return r->tally.partial ? HZ_EXIT_PARTIAL : HZ_EXIT_OK;
}

static void show_number(FILE *stream, const char *label, uint64_t value)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(64);
    buf_printf(&text, "%llu", (unsigned long long)value);
    cli_out_field(stream, CLI_OUT_LABELS, label, buf_text(&text));
}

static void show_wrapped(FILE *stream, const char *label, const struct buf *text)
{
    cli_out_wrapped(stream, CLI_OUT_LABELS, label, (const char *)text->data, text->len);
}

/* "3 (denied 2, excluded 1)" */
static void show_absent(FILE *stream, const struct tally *t, uint64_t sum)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(1000);
    buf_printf(&text, "%llu", (unsigned long long)sum);
    const char *before = " (";
    for (int status = 0; status < ABSENCE_STATUSES; status++) {
        if (t->absent[status] == 0)
            continue;
        buf_printf(&text, "%s%s %llu", before, lang_text(absence_name((enum w_absent_status)status)),
                   (unsigned long long)t->absent[status]);
        before = ", ";
    }
    if (sum > 0)
        buf_puts(&text, ")");
    show_wrapped(stream, _("absent"), &text);
}

/* "processes: /proc is not there" names its source itself. */
static bool begins_with(const char *reason, const char *what)
{
    size_t len = strlen(what);
    return strncmp(reason, what, len) == 0 && reason[len] == ':';
}

/* The first of so many, one by one. */
static void show_things(FILE *stream, const char *label, const struct tally_thing *first, uint64_t count)
{
    for (size_t i = 0; i < count && i < TALLY_FIRST; i++) {
        HZ_CLEANUP(buf_free) struct buf text = BUF_INIT((size_t)1 << 20);
        const struct tally_thing *thing = &first[i];
        const char *reason = thing->reason == NULL ? "" : thing->reason;
        if (!begins_with(reason, thing->what))
            buf_printf(&text, "%s%s", thing->what, reason[0] == '\0' ? "" : ": ");
        reason_put(&text, reason, strlen(reason));
        show_wrapped(stream, label, &text);
    }
    if (count > TALLY_FIRST) {
        HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(200);
        buf_printf(&text, _("and %llu more"), (unsigned long long)(count - TALLY_FIRST));
        show_wrapped(stream, label, &text);
    }
}

static bool took_a_while(const struct source_time *t)
{
    int64_t ns = (t->end.seconds - t->start.seconds) * 1000000000 + t->end.nanoseconds - t->start.nanoseconds;
    return ns >= 100000000;
}

/* "9.412 s (processes 0.812, packages 4.100)": those of a tenth of a second and more. */
static void show_time(FILE *stream, const struct collect_result *r)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(4096);
    const char *before = " (";
    put_seconds(&text, r->start, r->end);
    buf_puts(&text, " s");
    for (size_t i = 0; i < r->time_count; i++) {
        if (!took_a_while(&r->times[i]))
            continue;
        buf_printf(&text, "%s%s ", before, r->times[i].source);
        put_seconds(&text, r->times[i].start, r->times[i].end);
        before = ", ";
    }
    buf_puts(&text, before[0] == ',' ? ")" : "");
    show_wrapped(stream, _("time"), &text);
}

/* Files whose content is not simply what it was: said by kind. */
static void show_unsteady(FILE *stream, const struct tally *t)
{
    const struct {
        enum w_file_status status;
        const char *label;
    } kinds[] = {
        { W_CHANGED, N_("changed") }, { W_GREW, N_("grew") }, { W_SHRUNK, N_("shrunk") }, { W_LIMITED, N_("limited") }
    };
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (t->file_status[kinds[i].status] > 0)
            show_number(stream, lang_text(kinds[i].label), t->file_status[kinds[i].status]);
    show_things(stream, _("cut short"), t->limited, t->file_status[W_LIMITED]);
    if (t->unlocked > 0)
        show_number(stream, _("unlocked"), t->unlocked);
}

/* A paragraph below the fields. */
static void say(FILE *stream, const char *text)
{
    fputc('\n', stream);
    width_wrap(stream, text, 0, 0, HELP_COLUMNS - 1);
}

static void show_text(const struct collect_options *o, const struct collect_result *r, const struct w_key *key,
                      bool one_time)
{
    HZ_CLEANUP(buf_free) struct buf path = BUF_INIT((size_t)1 << 20);
    FILE *stream = result_stream(o);
    put_path(&path, o);
    cli_out_field(stream, CLI_OUT_LABELS, _("bundle"), buf_text(&path));
    cli_out_field(stream, CLI_OUT_LABELS, _("file sha256"), r->bundle.file_sha256);
    cli_out_field(stream, CLI_OUT_LABELS, _("content id"), r->bundle.content_id);
    cli_out_field(stream, CLI_OUT_LABELS, _("fingerprint"), w_key_fingerprint(key));
    show_number(stream, _("files"), r->bundle.files);
    show_number(stream, _("bytes"), r->bundle.bytes);
    show_number(stream, _("recorded"), r->counts.recorded);
    show_absent(stream, &r->tally, r->counts.absent);
    show_things(stream, _("not taken"), r->tally.first, r->tally.failures); /* a responder may be able to mend it */
    show_unsteady(stream, &r->tally);
    cmd_collect_show_observed(stream, &r->observations);
    show_time(stream, r);
    cli_out_field(stream, CLI_OUT_LABELS, _("status"), r->tally.partial ? _("partial") : _("complete"));
    if (r->tally.partial)
        say(stream, _("Something that was asked for could not be taken: hozen list BUNDLE shows what, and why."));
    if (o->recipient_count > 0)
        say(stream,
            _("The bundle is encrypted: the file sha256 is that of the encrypted file, the content id that of the "
              "evidence in it. On the receiving side, before anything else:\n\nage -d -i KEY FILE > BUNDLE"));
    if (r->observations.count > 0)
        say(stream,
            _("What was observed is no verdict: data/closing/observations.txt in the bundle has every line of it, "
              "and docs/OBSERVATIONS.md says what each code means."));
    if (r->tally.unlocked > 0)
        say(stream, _("Databases counted as unlocked were copied without a lock: such a copy can be torn. hozen "
                      "list names them and says why."));
    if (one_time)
        say(stream,
            _("This bundle is signed with a key that was made for it alone and is wiped by now. Write the file sha256, "
              "the content id and the fingerprint down, by hand and outside this host: they are what ties the bundle "
              "to you. On the receiving side:\n\nhozen countersign BUNDLE --key KEY --fingerprint FINGERPRINT"));
}

int cmd_collect_show(const struct cli_args *args, const struct collect_options *o, const struct collect_result *r,
                     const struct w_key *key, bool one_time)
{
    if (cli_flag(args, "json"))
        return show_json(args, o, r, key);
    show_text(o, r, key, one_time);
    return r->tally.partial ? HZ_EXIT_PARTIAL : HZ_EXIT_OK;
}
