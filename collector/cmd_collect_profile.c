/* How a profile is shown. */
#include <string.h>

#include "base/escape.h"
#include "base/lang.h"
#include "base/width.h"
#include "cli/help.h"
#include "collector/cmd_collect.h"

#define MINUTE INT64_C(60000000000)

static const char *said(const struct profile_said *s)
{
    return lang_selected() == LANG_JA ? s->ja : s->en;
}

static void put_size(struct buf *out, uint64_t size)
{
    static const char units[] = "TGMK";
    for (unsigned i = 0; i < 4; i++) {
        uint64_t unit = UINT64_C(1) << (40 - 10 * i);
        if (size >= unit && size % unit == 0) {
            buf_printf(out, "%llu%c", (unsigned long long)(size / unit), units[i]);
            return;
        }
    }
    buf_decimal(out, size);
}

static void put_duration(struct buf *out, int64_t ns)
{
    if (ns % (1440 * MINUTE) == 0)
        buf_printf(out, "%lldd", (long long)(ns / (1440 * MINUTE)));
    else if (ns % (60 * MINUTE) == 0)
        buf_printf(out, "%lldh", (long long)(ns / (60 * MINUTE)));
    else if (ns % MINUTE == 0)
        buf_printf(out, "%lldm", (long long)(ns / MINUTE));
    else
        buf_printf(out, "%lldms", (long long)(ns / 1000000));
}

static void put_texts(struct buf *out, const struct profile_texts *t)
{
    for (size_t i = 0; i < t->count; i++)
        buf_printf(out, "%s%s", i == 0 ? "" : " ", t->list[i]);
}

/* A label at the left, text behind it, wrapped. */
static void show_row(const char *label, struct buf *text)
{
    HZ_CLEANUP(buf_free) struct buf plain = BUF_INIT((size_t)1 << 20);
    if (text->len == 0)
        return;
    escape_terminal(&plain, text->data, text->len);
    printf("    %s: ", label);
    if (buf_text(&plain) != NULL)
        width_wrap(stdout, (const char *)plain.data, 6 + width_text(label), 8, HELP_COLUMNS - 1);
}

static void show_texts(const char *label, const struct profile_texts *t)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT((size_t)1 << 20);
    put_texts(&text, t);
    show_row(label, &text);
}

static void show_duration(const char *label, int64_t ns)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(64);
    if (ns > 0)
        put_duration(&text, ns);
    show_row(label, &text);
}

static void show_size(const char *label, uint64_t size)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(64);
    if (size > 0)
        put_size(&text, size);
    show_row(label, &text);
}

static void show_sources(const struct profile *p)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT((size_t)1 << 16);
    for (size_t i = 0; i < p->source_count; i++)
        buf_printf(&text, "%s%s", i == 0 ? "" : " ", p->sources[i]);
    show_row(_("sources"), &text);
}

static void show_description(const struct profile *p)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT((size_t)1 << 16);
    fputs("    ", stdout);
    escape_terminal(&text, said(&p->description), strlen(said(&p->description)));
    if (buf_text(&text) != NULL)
        width_wrap(stdout, (const char *)text.data, 4, 4, HELP_COLUMNS - 1);
}

void cmd_collect_profile_text(const struct profile *p, bool described, bool wide)
{
    printf("%s  ", p->name);
    escape_print(stdout, said(&p->title));
    putchar('\n');
    if (described)
        show_description(p);
    show_sources(p);
    show_duration(_("journal and logs back"), p->since_ns);
    show_duration(_("recent files back"), p->recent_ns);
    show_size(_("largest file"), p->max_file_size);
    show_size(_("files in all"), p->total);
    if (wide) {
        show_texts(_("recent below"), &p->roots);
        show_texts(_("units"), &p->units);
        show_texts(_("databases"), &p->databases);
        show_texts(_("files and trees"), &p->paths);
    }
}

static void json_said(struct json_out *j, const char *key, const struct profile_said *s)
{
    json_key(j, key);
    json_object(j);
    json_member_string(j, "en", s->en);
    json_member_string(j, "ja", s->ja);
    json_object_end(j);
}

static void json_texts(struct json_out *j, const char *key, const struct profile_texts *t)
{
    if (t->count == 0)
        return;
    json_key(j, key);
    json_array(j);
    for (size_t i = 0; i < t->count; i++)
        json_string(j, t->list[i]);
    json_array_end(j);
}

static void json_amount(struct json_out *j, const char *key, uint64_t value)
{
    if (value > 0)
        json_member_decimal(j, key, value);
}

void cmd_collect_profile_json(struct json_out *j, const struct profile *p)
{
    json_object(j);
    json_texts(j, "databases", &p->databases);
    json_said(j, "description", &p->description);
    if (p->every_package_file)
        json_member_bool(j, "every_package_file", true);
    json_amount(j, "max_file_size", p->max_file_size);
    json_member_string(j, "name", p->name);
    json_texts(j, "paths", &p->paths);
    json_amount(j, "recent_milliseconds", (uint64_t)(p->recent_ns / 1000000));
    json_texts(j, "roots", &p->roots);
    json_amount(j, "since_milliseconds", (uint64_t)(p->since_ns / 1000000));
    json_key(j, "sources");
    json_array(j);
    for (size_t i = 0; i < p->source_count; i++)
        json_string(j, p->sources[i]);
    json_array_end(j);
    json_said(j, "title", &p->title);
    json_amount(j, "total", p->total);
    json_texts(j, "units", &p->units);
    json_object_end(j);
}
