#include <string.h>

#include "base/escape.h"
#include "base/text.h"
#include "verify/rows.h"
#include "verify/rows_format.h"

static void put(struct buf *out, const struct wire_bytes *text)
{
    if (text->len)
        escape_csv(out, text->at, text->len);
}

static void put_type(struct buf *out, const struct reader_row *row)
{
    struct wire_bytes type = rows_type(row);

    put(out, &type);
}

static void put_status(struct buf *out, const struct reader_row *row)
{
    if (row->kind != READER_OBJECT)
        put(out, &row->word);
}

static void put_size(struct buf *out, const struct reader_row *row)
{
    if (row->kind == READER_FILE)
        buf_decimal(out, row->size);
}

static void put_modified(struct buf *out, const struct reader_row *row)
{
    char time[STAMP_SIZE];

    if (!row->stat.known)
        return;
    stamp_format(time, row->stat.mtime);
    escape_csv(out, time, strlen(time));
}

static void put_sha256(struct buf *out, const struct reader_row *row)
{
    char hex[R_SHA256_HEX];

    if (row->kind != READER_FILE)
        return;
    text_hex(hex, row->sha256, R_SHA256_SIZE);
    escape_csv(out, hex, strlen(hex));
}

static void put_source(struct buf *out, const struct reader_row *row)
{
    put(out, &row->source);
}

static void put_path(struct buf *out, const struct reader_row *row)
{
    put(out, &row->path);
}

static void put_origin(struct buf *out, const struct reader_row *row)
{
    if (row->has_origin)
        put(out, row->origin_raw.len ? &row->origin_raw : &row->origin);
}

static void put_target(struct buf *out, const struct reader_row *row)
{
    if (row->kind == READER_OBJECT)
        put(out, row->more_raw.len ? &row->more_raw : &row->more);
}

static void put_reason(struct buf *out, const struct reader_row *row)
{
    if (row->kind == READER_ABSENT)
        put(out, &row->more);
}

static void put_method(struct buf *out, const struct reader_row *row)
{
    put(out, &row->method);
}

static void put_real_size(struct buf *out, const struct reader_row *row)
{
    if (reader_row_cut(row))
        buf_decimal(out, row->real_size);
}

static const struct {
    const char *name;
    void (*put)(struct buf *out, const struct reader_row *row);
} columns[] = {
    { "type", put_type },     { "status", put_status }, { "size", put_size },     { "modified", put_modified },
    { "sha256", put_sha256 }, { "source", put_source }, { "path", put_path },     { "origin", put_origin },
    { "target", put_target }, { "reason", put_reason }, { "method", put_method }, { "real_size", put_real_size },
};
#define COLUMN_COUNT (sizeof columns / sizeof columns[0])

static int begin(FILE *stream, const char *bundle, struct hz_error *err)
{
    (void)bundle;
    (void)err;
    for (size_t i = 0; i < COLUMN_COUNT; i++)
        fprintf(stream, "%s%s", i ? "," : "", columns[i].name);
    fputs("\r\n", stream);
    return HZ_OK;
}

static int put_row(FILE *stream, const struct reader_row *row, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf line = BUF_INIT(ROWS_LINE_MAX);

    for (size_t i = 0; i < COLUMN_COUNT; i++) {
        if (i)
            buf_putc(&line, ',');
        columns[i].put(&line, row);
    }
    buf_puts(&line, "\r\n");
    return rows_put(stream, &line, err);
}

const struct rows_format rows_csv = { "csv", begin, put_row, "" };
