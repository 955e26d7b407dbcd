#include <string.h>

#include "base/escape.h"
#include "base/lang.h"
#include "base/text.h"
#include "verify/diff_report.h"
#include "verify/wrap.h"

#define TEXT_MAX ((size_t)512 * 1024)
#define INDENT 4

static const char *verdict_text(const struct verdict *v)
{
    if (v->answer == VERDICT_VERIFIED)
        return _("verified: intact, and signed by somebody you trust");
    if (v->answer == VERDICT_FAILED)
        return _("failed: see hozen verify");
    return v->integrity == INTEGRITY_INTACT ? _("undetermined: intact, but nobody was named whom you trust (--signers)")
                                            : _("undetermined: this could not be checked; see hozen verify");
}

static void put_side(FILE *stream, const char *label, const char *name, const struct diff_side *s)
{
    const struct account_acquisition *a = &s->work->account.acquisition;
    HZ_CLEANUP(buf_free) struct buf line = BUF_INIT(TEXT_MAX);
    char time[STAMP_SIZE];

    wrap_field(stream, label, strcmp(name, "-") == 0 ? _("standard input") : name);
    wrap_field(stream, _("verdict"), verdict_text(&s->work->verdict));
    if (!a->known)
        return;
    stamp_format(time, a->started);
    buf_printf(&line, _("%s, collected %s"), a->hostname ? a->hostname : _("host not known"), time);
    wrap_field(stream, _("host"), buf_text(&line));
}

void diff_report_sides(FILE *stream, const struct diff *d, const char *old_name, const char *new_name)
{
    const char *a = d->old_side.work->account.acquisition.hostname, *b = d->new_side.work->account.acquisition.hostname;

    put_side(stream, _("old"), old_name, &d->old_side);
    put_side(stream, _("new"), new_name, &d->new_side);
    if (a && b && strcmp(a, b) != 0)
        wrap_print(stream, 0, 0, _("The two bundles are of different hosts."));
}

static const char *title(enum fact_kind kind)
{
    static const char *const titles[FACT_KINDS] = { N_("host files"), N_("accounts"), N_("groups"),  N_("sudo rights"),
                                                    N_("listeners"),  N_("units"),    N_("cron"),    N_("autostart"),
                                                    N_("privileged"), N_("modules"),  N_("packages") };

    return _(titles[kind]);
}

static void put_count(struct buf *out, const char *format, uint64_t count)
{
    HZ_CLEANUP(buf_free) struct buf number = BUF_INIT(32);

    if (!count)
        return;
    buf_decimal(&number, count);
    if (out->len)
        buf_puts(out, ", ");
    buf_puts(out, format);
    buf_putc(out, ' ');
    buf_put(out, number.data, number.len);
}

static void put_counts(struct buf *out, const struct diff_kind *k)
{
    put_count(out, _("appeared"), k->counts[DIFF_APPEARED]);
    put_count(out, _("vanished"), k->counts[DIFF_VANISHED]);
    put_count(out, _("changed"), k->counts[DIFF_CHANGED]);
    put_count(out, _("unknown"), k->counts[DIFF_UNKNOWN]);
    if (!out->len)
        buf_puts(out, _("no difference"));
}

static void put_heading(FILE *stream, const struct diff_kind *k, enum fact_kind kind)
{
    static const char *const states[] = { NULL, N_("not compared: the old bundle has no list of them"),
                                          N_("not compared: the new bundle has no list of them"),
                                          N_("not compared: neither bundle has a list of them"),
                                          N_("not compared: a list of them is not well-formed") };
    HZ_CLEANUP(buf_free) struct buf line = BUF_INIT(TEXT_MAX);

    if (k->state == DIFF_COMPARED)
        put_counts(&line, k);
    else
        buf_puts(&line, _(states[k->state]));
    wrap_field(stream, title(kind), buf_text(&line));
    buf_reset(&line);
    put_count(&line, _("not compared, since the new collection did not look there:"), k->only_old);
    put_count(&line, _("not compared, since the old collection did not look there:"), k->only_new);
    if (line.len)
        wrap_print(stream, 0, 0, buf_text(&line) ? (const char *)line.data : "");
    if (k->cut)
        wrap_print(stream, 0, 0,
                   _("A list of them ends early or has entries that are too long to compare: there may be more."));
}

/* Programs by their files, else by their names */
static void put_programs(struct buf *out, const struct fact_member *m)
{
    struct r_json j;

    r_json_init(&j, m->at, m->len);
    for (r_json_array(&j); r_json_item(&j);) {
        HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(TEXT_MAX);
        struct fact_member whole = { .at = (const char *)j.text + j.at };
        const struct fact_member *exe;
        struct fact_row program;
        size_t begin = j.at;

        if (!r_json_skip(&j))
            return;
        whole.len = j.at - begin;
        fact_row_open(&program, &whole);
        exe = fact_member(&program, "exe");
        fact_put_text(&text, exe ? exe : fact_member(&program, "name"));
        if (out->len && out->data[out->len - 1] != ' ')
            buf_puts(out, ", ");
        buf_put(out, text.len ? text.data : (const unsigned char *)"?", text.len ? text.len : 1);
    }
}

/* A value as people read it: text without its quotes, everything else as JSON has it */
static void put_value(struct buf *out, const struct fact_member *m)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(TEXT_MAX);

    if (m && r_span_is(&m->key, "owners")) {
        put_programs(out, m);
        return;
    }
    fact_put_text(&text, m);
    if (text.len && !memchr(text.data, 0, text.len))
        buf_put(out, text.data, text.len);
    else if (m)
        buf_put(out, m->at, m->len);
    else
        buf_putc(out, '-');
}

struct lines {
    FILE *stream;
    const struct diff_change *change;
};

static void put_indented(FILE *stream, struct buf *line)
{
    fprintf(stream, "%*s", INDENT, "");
    wrap_print(stream, INDENT, INDENT, buf_text(line) ? (const char *)line->data : "");
}

/* Of content the sizes say more than digests do, which JSON has */
static void put_field(void *context, const struct r_span *key, const struct fact_member *old_member,
                      const struct fact_member *new_member)
{
    const struct lines *l = context;
    HZ_CLEANUP(buf_free) struct buf line = BUF_INIT(TEXT_MAX);

    if (r_span_is(key, "sha256")) {
        if (!old_member || !new_member)
            return;
        buf_puts(&line, _("another content"));
    } else {
        buf_put(&line, key->at, key->len);
        buf_puts(&line, ": ");
        put_value(&line, old_member);
        buf_puts(&line, " -> ");
        put_value(&line, new_member);
    }
    put_indented(l->stream, &line);
}

/* What says most about one that came or went */
static const char *summary(enum fact_kind kind)
{
    static const char *const members[FACT_KINDS] = {
        "type size mode uid mtime target",
        "uid gid home shell password",
        "gid members",
        "",
        "owners uid",
        "command enabled when",
        "when user program",
        "user program",
        "mode uid capabilities",
        "size taint views",
        "version",
    };

    return members[kind];
}

static void put_summary(FILE *stream, enum fact_kind kind, const struct fact_row *value)
{
    HZ_CLEANUP(buf_free) struct buf line = BUF_INIT(TEXT_MAX);
    const char *words = summary(kind);

    while (*words) {
        size_t n = strcspn(words, " ");

        for (size_t i = 0; i < value->count; i++) {
            const struct fact_member *m = &value->list[i];

            if (m->key.len != n || memcmp(m->key.at, words, n) != 0)
                continue;
            if (line.len)
                buf_puts(&line, ", ");
            buf_put(&line, m->key.at, n);
            buf_putc(&line, ' ');
            put_value(&line, m);
        }
        words += n + (words[n] == ' ');
    }
    if (line.len)
        put_indented(stream, &line);
}

static void put_unknown(FILE *stream, const struct diff_change *c)
{
    bool in_old = !c->new_row || fact_is(&c->new_value, "type", "absent");
    HZ_CLEANUP(buf_free) struct buf line = BUF_INIT(TEXT_MAX);
    const struct fact_row *why = in_old ? &c->new_value : &c->old_value;

    buf_puts(&line, in_old ? _("not taken for the new bundle:") : _("not taken for the old bundle:"));
    buf_putc(&line, ' ');
    if (fact_member(why, "status"))
        put_value(&line, fact_member(why, "status"));
    else
        buf_puts(&line, _("its folder, or something of its source"));
    put_indented(stream, &line);
}

static bool has_lines(const struct diff_kind *k)
{
    for (size_t i = 0; i < DIFF_WHATS; i++)
        if (k->counts[i])
            return true;
    return false;
}

static void tell_headings(struct diff_report *r, size_t until)
{
    for (; r->told < until; r->told++) {
        const struct diff_kind *k = &r->diff->kinds[r->told];
        bool long_one = k->state == DIFF_COMPARED && has_lines(k);

        if (!k->wanted)
            continue;
        if (long_one || r->after_lines || !r->begun)
            fputc('\n', r->stream);
        put_heading(r->stream, k, (enum fact_kind)r->told);
        r->after_lines = long_one;
        r->begun = true;
    }
}

int diff_report_text(void *context, const struct diff_change *c, struct hz_error *err)
{
    static const char marks[DIFF_WHATS] = { '+', '-', '~', '?' };
    struct diff_report *r = context;
    struct lines lines = { r->stream, c };

    (void)err;
    tell_headings(r, (size_t)c->kind + 1);
    fprintf(r->stream, "%c ", marks[c->what]);
    escape_print_n(r->stream, c->name, c->name_len);
    fputc('\n', r->stream);
    if (c->what == DIFF_CHANGED)
        diff_fields(c, put_field, &lines);
    else if (c->what == DIFF_UNKNOWN)
        put_unknown(r->stream, c);
    else
        put_summary(r->stream, c->kind, c->what == DIFF_APPEARED ? &c->new_value : &c->old_value);
    return HZ_OK;
}

void diff_report_end(struct diff_report *r)
{
    tell_headings(r, FACT_KINDS);
}
