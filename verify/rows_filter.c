#include "verify/rows_filter.h"

#include <string.h>

#include "verify/rows.h"

bool rows_filter_any(const struct rows_filter *f)
{
    return f->sources.count || f->statuses.count || f->types.count || f->names.count || f->has_since || f->has_until;
}

/* Behind a star that does not fit, the star takes one byte more and all is tried again from there; an earlier one needs
 * not be tried again */
bool rows_filter_match(const char *pattern, const char *text, size_t len)
{
    const char *star = NULL;
    size_t at = 0, again = 0;

    while (at < len) {
        if (*pattern == '*') {
            star = ++pattern;
            again = at;
        } else if (*pattern == '?' || (*pattern && *pattern == text[at])) {
            pattern++;
            at++;
        } else if (star) {
            pattern = star;
            at = ++again;
        } else {
            return false;
        }
    }
    return !pattern[strspn(pattern, "*")];
}

bool rows_filter_time(const struct reader_row *row, enum rows_time which, struct stamp *out)
{
    const struct r_stat *s = &row->stat;
    const struct stamp times[] = { s->mtime, s->ctime, s->atime, s->btime };

    if (!s->known || (which == ROWS_BTIME && !s->has_btime))
        return false;
    *out = times[which];
    return true;
}

static bool has(const struct rows_words *words, struct wire_bytes text)
{
    for (size_t i = 0; i < words->count; i++)
        if (strlen(words->list[i]) == text.len && memcmp(words->list[i], text.at, text.len) == 0)
            return true;
    return !words->count;
}

static bool matches(const struct rows_words *patterns, struct wire_bytes name)
{
    for (size_t i = 0; i < patterns->count; i++)
        if (rows_filter_match(patterns->list[i], name.at, name.len))
            return true;
    return !patterns->count;
}

static bool in_time(const struct rows_filter *f, const struct reader_row *row)
{
    struct stamp time;

    if (!f->has_since && !f->has_until)
        return true;
    if (!rows_filter_time(row, f->time, &time))
        return false;
    return !(f->has_since && stamp_compare(time, f->since) < 0) && !(f->has_until && stamp_compare(time, f->until) > 0);
}

bool rows_filter_passes(const struct rows_filter *f, const struct reader_row *row)
{
    const struct wire_bytes recorded = { "recorded", 8 };

    return has(&f->types, rows_type(row)) && has(&f->sources, row->source) &&
           has(&f->statuses, row->kind == READER_OBJECT ? recorded : row->word) && in_time(f, row) &&
           matches(&f->names, rows_name(row));
}
