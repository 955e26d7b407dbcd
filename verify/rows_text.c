#include "verify/rows_text.h"

#include <string.h>

#include "base/escape.h"
#include "base/lang.h"
#include "base/reason.h"
#include "base/text.h"
#include "base/width.h"
#include "verify/rows.h"
#include "verify/rows_cut.h"

static bool is(const struct wire_bytes *b, const char *text)
{
    return b->len == strlen(text) && memcmp(b->at, text, b->len) == 0;
}

static void put_inert(struct buf *out, const struct wire_bytes *bytes)
{
    if (bytes->len)
        escape_terminal(out, bytes->at, bytes->len);
}

/* What people call it, in at most 8 columns */
static void put_type(struct buf *out, const struct rows_text *t, const struct reader_row *row)
{
    static const struct {
        const char *word, *shown;
    } types[] = {
        { "directory", N_("dir") }, { "symlink", N_("link") },          { "fifo", N_("fifo") },
        { "socket", N_("socket") }, { "character-device", N_("char") }, { "block-device", N_("block") },
        { "file", N_("file") },     { "absent", N_("absent") },
    };
    struct wire_bytes type = rows_type(row);
    const char *shown = "?";

    (void)t;
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (is(&type, types[i].word))
            shown = _(types[i].shown);
    buf_puts(out, shown);
}

static void put_size(struct buf *out, const struct rows_text *t, const struct reader_row *row)
{
    (void)t;
    if (row->kind == READER_FILE)
        buf_decimal(out, row->size);
}

static void put_real_size(struct buf *out, const struct rows_text *t, const struct reader_row *row)
{
    (void)t;
    if (row->kind == READER_FILE)
        buf_decimal(out, row->real_size);
}

static void put_time(struct buf *out, const struct rows_text *t, const struct reader_row *row)
{
    char text[STAMP_SIZE];
    struct stamp time;

    if (!rows_filter_time(row, t->time, &time))
        return;
    stamp_format(text, time);
    if (strlen(text) > 16 && text[10] == 'T') {
        text[10] = ' ';
        text[16] = 0;
    }
    buf_puts(out, text);
}

const char *rows_text_status(const struct reader_row *row)
{
    static const char *const words[] = {
        N_("collected"), N_("changed"), N_("grew"),        N_("shrunk"),   N_("limited"),     N_("vanished"),
        N_("denied"),    N_("timeout"), N_("over-budget"), N_("excluded"), N_("unavailable"), N_("io-error"),
    };

    if (row->kind == READER_OBJECT)
        return _("recorded");
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (is(&row->word, words[i]))
            return _(words[i]);
    return "?";
}

static void put_status(struct buf *out, const struct rows_text *t, const struct reader_row *row)
{
    (void)t;
    buf_puts(out, rows_text_status(row));
}

static void put_source(struct buf *out, const struct rows_text *t, const struct reader_row *row)
{
    (void)t;
    put_inert(out, &row->source);
}

static void put_mode(struct buf *out, const struct rows_text *t, const struct reader_row *row)
{
    (void)t;
    if (row->stat.known)
        buf_puts(out, row->stat.mode);
}

static void put_owner(struct buf *out, const struct rows_text *t, const struct reader_row *row)
{
    (void)t;
    if (row->stat.known)
        buf_printf(out, "%lu:%lu", (unsigned long)row->stat.uid, (unsigned long)row->stat.gid);
}

static void put_method(struct buf *out, const struct rows_text *t, const struct reader_row *row)
{
    (void)t;
    put_inert(out, &row->method);
}

static void put_sha256(struct buf *out, const struct rows_text *t, const struct reader_row *row)
{
    char hex[R_SHA256_HEX];

    (void)t;
    if (row->kind != READER_FILE)
        return;
    text_hex(hex, row->sha256, R_SHA256_SIZE);
    buf_puts(out, hex);
}

static void put_path(struct buf *out, const struct rows_text *t, const struct reader_row *row)
{
    (void)t;
    put_inert(out, &row->path);
}

/* Where a link leads, or why a thing is absent, which the record says in English */
static void put_more(struct buf *out, const struct reader_row *row)
{
    HZ_CLEANUP(buf_free) struct buf reason = BUF_INIT(ROWS_LINE_MAX);
    const struct wire_bytes *more = row->more_raw.len ? &row->more_raw : &row->more;

    if (row->kind == READER_ABSENT && reason_put(&reason, more->at, more->len) == HZ_OK)
        escape_terminal(out, reason.data, reason.len);
    else
        put_inert(out, more);
}

static void put_name(struct buf *out, const struct rows_text *t, const struct reader_row *row)
{
    const struct wire_bytes name = rows_name(row);

    (void)t;
    put_inert(out, &name);
    if (row->kind == READER_FILE) {
        rows_cut_row(out, row);
        return;
    }
    if (!row->more.len && !row->more_raw.len)
        return;
    buf_puts(out, row->kind == READER_OBJECT ? " -> " : ": ");
    put_more(out, row);
}

/* In the order of ROWS_TEXT_COLUMNS */
static const struct {
    const char *word, *title;
    unsigned width;
    bool right;
    void (*put)(struct buf *out, const struct rows_text *t, const struct reader_row *row);
} columns[] = {
    { "type", N_("type"), 8, false, put_type },
    { "size", N_("size"), 11, true, put_size },
    { "time", NULL, 16, false, put_time },
    { "status", N_("status"), 11, false, put_status },
    { "source", N_("source"), 12, false, put_source },
    { "mode", N_("mode"), 5, false, put_mode },
    { "owner", N_("owner"), 11, false, put_owner },
    { "method", N_("method"), 10, false, put_method },
    { "sha256", N_("sha256"), 64, false, put_sha256 },
    { "path", N_("name in the bundle"), 40, false, put_path },
    { "real-size", N_("really read"), 11, true, put_real_size },
    { "name", N_("name"), 40, false, put_name },
};
#define COLUMN_COUNT (sizeof columns / sizeof columns[0])

static int add(struct rows_text *t, const char *word, size_t len, struct hz_error *err)
{
    unsigned char i = 0;

    while (i < COLUMN_COUNT && !(strlen(columns[i].word) == len && memcmp(columns[i].word, word, len) == 0))
        i++;
    if (i == COLUMN_COUNT)
        return hz_error_set(err, HZ_E_USAGE, _("--columns: %.*s is no column; there are %s"), (int)len, word,
                            ROWS_TEXT_COLUMNS);
    if (memchr(t->columns, i, t->count))
        return hz_error_set(err, HZ_E_USAGE, _("--columns: %s is there twice"), columns[i].word);
    t->columns[t->count++] = i;
    return HZ_OK;
}

int rows_text_columns(struct rows_text *t, const char *words, struct hz_error *err)
{
    int code = HZ_OK;

    t->count = 0;
    while (!code) {
        size_t len = strcspn(words, ",");

        code = add(t, words, len, err);
        if (!words[len])
            break;
        words += len + 1;
    }
    return code;
}

/* Inert text in a field of so many columns; last: nothing stands behind it */
static void put_cell(FILE *stream, const char *text, unsigned width, bool right, bool last)
{
    unsigned used = width_text(text);
    int blanks = used < width ? (int)(width - used) : 0;

    if (right)
        fprintf(stream, "%*s%s", blanks, "", text);
    else
        fprintf(stream, "%s%*s", text, last ? 0 : blanks, "");
    fputc(last ? '\n' : ' ', stream);
}

void rows_text_header(FILE *stream, const struct rows_text *t)
{
    static const char *const times[] = { N_("modified (UTC)"), N_("changed (UTC)"), N_("accessed (UTC)"),
                                         N_("born (UTC)") };

    for (size_t i = 0; i < t->count; i++) {
        unsigned char c = t->columns[i];

        put_cell(stream, _(columns[c].title ? columns[c].title : times[t->time]), columns[c].width, columns[c].right,
                 i + 1 == t->count);
    }
}

void rows_text_row(FILE *stream, const struct rows_text *t, const struct reader_row *row)
{
    for (size_t i = 0; i < t->count; i++) {
        HZ_CLEANUP(buf_free) struct buf cell = BUF_INIT(ROWS_LINE_MAX);
        unsigned char c = t->columns[i];

        columns[c].put(&cell, t, row);
        put_cell(stream, !cell.len || !buf_text(&cell) ? "-" : (const char *)cell.data, columns[c].width,
                 columns[c].right, i + 1 == t->count);
    }
}
