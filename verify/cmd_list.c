#include <stdio.h>
#include <string.h>

#include "base/lang.h"
#include "base/num.h"
#include "cli/out.h"
#include "verify/commands.h"
#include "verify/rows.h"
#include "verify/rows_cut.h"
#include "verify/rows_format.h"
#include "verify/rows_text.h"

struct list {
    struct rows_filter filter;
    struct rows_text text;
    struct rows_whys whys;
    const struct rows_format *format; /* NULL: a table, or JSON Lines */
    bool json, begun;
    uint64_t rows, shown;
};

static void free_work(struct work **w)
{
    work_free(*w);
}

static int put_row(struct list *l, const struct reader_row *row, struct hz_error *err)
{
    if (l->format)
        return l->format->row(stdout, row, err);
    if (l->json)
        return rows_json(stdout, row, err);
    if (!l->begun)
        rows_text_header(stdout, &l->text);
    l->begun = true;
    rows_text_row(stdout, &l->text, row);
    return HZ_OK;
}

static int on_row(void *context, const struct reader_row *row, struct hz_error *err)
{
    struct list *l = context;

    l->rows++;
    if (!rows_filter_passes(&l->filter, row))
        return HZ_OK;
    l->shown++;
    return put_row(l, row, err);
}

static int on_why(void *context, const struct reader_why *why, struct hz_error *err)
{
    struct list *l = context;

    return rows_whys_add(&l->whys, why, err);
}

/* The bundle tells it behind all entries */
static void tell_whys(const struct cli_args *args, const struct rows_whys *whys)
{
    const char *text = (const char *)whys->text.data;
    uint64_t left = whys->count - whys->told + whys->more;

    for (size_t i = 0; i < whys->told; i++, text += strlen(text) + 1)
        cli_note(args, "%s", text);
    if (left)
        cli_note(args, _("and %llu more that are limited or were copied without a lock: --json says why"),
                 (unsigned long long)left);
}

/* What stands in the list is the bundle's own account: what speaks against it is said after it */
static int conclude(const struct cli_args *args, const struct work *w, const struct list *l)
{
    const struct r_findings *findings = &w->account.result.findings;

    if (w->account.result.disclosure)
        cli_note(args, _("%s is a disclosure of one file, not a bundle"), cli_operand(args, 0));
    tell_whys(args, &l->whys);
    if (rows_filter_any(&l->filter))
        cli_note(args, _("%llu of %llu entries are shown"), (unsigned long long)l->shown, (unsigned long long)l->rows);
    if (w->verdict.answer == VERDICT_FAILED)
        cli_note(args, _("this list cannot be relied on (findings: %llu); hozen verify shows them"),
                 (unsigned long long)(findings->count + findings->dropped));
    else if (w->verdict.integrity != INTEGRITY_INTACT)
        cli_note(args, _("this could not be read as an evidence bundle; hozen verify says why"));
    if (w->verdict.answer == VERDICT_FAILED)
        return HZ_EXIT_FINDINGS;
    return w->verdict.integrity == INTEGRITY_INTACT ? HZ_EXIT_OK : HZ_EXIT_FAILED;
}

static int run(const struct cli_args *args, struct list *l, struct work *w, struct hz_error *err)
{
    const struct policy_order order = { .bundle = cli_operand(args, 0) };
    const struct reader_listener listener = { .row = on_row, .why = on_why, .context = l };
    int code = HZ_OK;

    if (cli_flag(args, "bom"))
        fputs("\xEF\xBB\xBF", stdout);
    if (l->format)
        code = l->format->begin(stdout, order.bundle, err);
    else if (l->json)
        code = rows_json_header(stdout, err);
    if (!code)
        code = work_run(w, &order, &listener, err);
    if (!code && l->format)
        fputs(l->format->end, stdout);
    return !code && l->json ? rows_json_end(stdout, &w->account, &w->verdict, &l->whys, err) : code;
}

/* A duration back from now, or a time: the table of options has seen to that */
static bool read_time(const struct cli_args *args, const char *name, struct stamp *out)
{
    const char *text = cli_value(args, name);
    int64_t back;

    if (!text)
        return false;
    if (num_parse_duration(text, &back) == HZ_OK)
        *out = stamp_back(stamp_now(), back);
    else
        stamp_parse_lenient(out, text);
    return true;
}

static int check_status(const struct rows_words *words, struct hz_error *err)
{
    static const char all[] = "collected changed grew shrunk limited recorded " R_RECORDS_ABSENCES;

    for (size_t i = 0; i < words->count; i++)
        if (!cli_choice_has(all, words->list[i]))
            return hz_error_set(err, HZ_E_USAGE, _("--status: %s is none of %s"), words->list[i], all);
    return HZ_OK;
}

static struct rows_words read_words(const struct cli_args *args, const char *name)
{
    struct rows_words words;

    words.list = cli_values(args, name, &words.count);
    return words;
}

static enum rows_time read_which(const struct cli_args *args)
{
    static const char *const words[] = { "mtime", "ctime", "atime", "btime" };
    const char *word = cli_value(args, "time");
    enum rows_time which = ROWS_MTIME;

    while (word && strcmp(words[which], word) != 0)
        which++;
    return which;
}

static int read_options(const struct cli_args *args, struct list *l, struct hz_error *err)
{
    const char *format = cli_value(args, "format"), *columns = cli_value(args, "columns");
    struct rows_filter *f = &l->filter;

    l->json = cli_flag(args, "json");
    l->format = format ? rows_format(format) : NULL;
    f->sources = read_words(args, "source");
    f->statuses = read_words(args, "status");
    f->types = read_words(args, "type");
    f->names = read_words(args, "name");
    f->has_since = read_time(args, "since", &f->since);
    f->has_until = read_time(args, "until", &f->until);
    l->text.time = f->time = read_which(args);
    if (cli_flag(args, "bom") && l->format != &rows_csv)
        return hz_error_set(err, HZ_E_USAGE, _("--bom goes with --format csv alone"));
    if (check_status(&f->statuses, err))
        return HZ_E_USAGE;
    return rows_text_columns(&l->text, columns ? columns : ROWS_TEXT_DEFAULT, err);
}

static void free_list(struct list *l)
{
    rows_whys_free(&l->whys);
}

int cmd_list(const struct cli_args *args)
{
    HZ_CLEANUP(free_work) struct work *w = NULL;
    struct hz_error err = { .code = HZ_OK };
    HZ_CLEANUP(free_list) struct list l = { .begun = false };
    int code;

    rows_whys_init(&l.whys);
    code = read_options(args, &l, &err);
    if (!code)
        code = work_new(&w, &err);
    if (!code)
        code = run(args, &l, w, &err);
    return code ? cli_fail(args, &err) : conclude(args, w, &l);
}
