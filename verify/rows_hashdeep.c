#include <inttypes.h>

#include "base/text.h"
#include "verify/rows.h"
#include "verify/rows_format.h"

static int begin(FILE *stream, const char *bundle, struct hz_error *err)
{
    (void)bundle;
    (void)err;
    fputs("%%%% HASHDEEP-1.0\n%%%% size,sha256,filename\n", stream);
    return HZ_OK;
}

/* What the digest in the next line is not of */
static void put_comment(struct buf *out, const struct reader_row *row)
{
    buf_puts(out, "## ");
    buf_put(out, row->path.at, row->path.len);
    if (reader_row_cut(row)) {
        buf_puts(out, ": ");
        buf_put(out, row->word.at, row->word.len);
        buf_printf(out, ", real_size %" PRIu64, row->real_size);
    }
    buf_puts(out, reader_row_unlocked(row) ? ": " R_RECORDS_UNLOCKED "\n" : "\n");
}

/* A payload path is of letters, digits and ._+,@=-/ alone (formats/spec/bundle.md section 3): it needs no escaping */
static int put_row(FILE *stream, const struct reader_row *row, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf line = BUF_INIT(ROWS_LINE_MAX);
    char hex[R_SHA256_HEX];

    if (row->kind != READER_FILE)
        return HZ_OK;
    if (reader_row_cut(row) || reader_row_unlocked(row))
        put_comment(&line, row);
    text_hex(hex, row->sha256, R_SHA256_SIZE);
    buf_printf(&line, "%" PRIu64 ",%s,", row->size, hex);
    buf_put(&line, row->path.at, row->path.len);
    buf_putc(&line, '\n');
    return rows_put(stream, &line, err);
}

const struct rows_format rows_hashdeep = { "hashdeep", begin, put_row, "" };
