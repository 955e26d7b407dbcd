/* Lines of `hozen list` as JSON Lines (hozen-list/1) for programs, and what all its forms share. */
#ifndef HZ_VERIFY_ROWS_H
#define HZ_VERIFY_ROWS_H

#include <stdio.h>

#include "verify/reader.h"
#include "verify/verdict.h"

#define ROWS_LINE_MAX ((size_t)16 * 1024 * 1024)

/* What it is: "file", "absent", or the word of the object. */
struct wire_bytes rows_type(const struct reader_row *row);
/* What it was called on the host, to the byte; for a file that has no such name, its name in the bundle; for
 * an absence that has none, its source. */
struct wire_bytes rows_name(const struct reader_row *row);
/* Writes what was gathered, unless that failed. */
int rows_put(FILE *stream, const struct buf *text, struct hz_error *err);

/* Each one line. HZ_OK or an error of the encoder. */
int rows_json_header(FILE *stream, struct hz_error *err);
int rows_json(FILE *stream, const struct reader_row *row, struct hz_error *err);
/* The last line: whether what stands above can be believed, and why some of it is not whole. */
struct rows_whys;
int rows_json_end(FILE *stream, const struct account *account, const struct verdict *verdict,
                  const struct rows_whys *whys, struct hz_error *err);

#endif
