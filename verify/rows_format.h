/* `hozen list --format`: the rows of a bundle as other tools read them (formats/spec/exports.md). */
#ifndef HZ_VERIFY_ROWS_FORMAT_H
#define HZ_VERIFY_ROWS_FORMAT_H

#include <stdio.h>

#include "verify/reader.h"

struct rows_format {
    const char *word;
    /* Writes what stands before the rows; bundle is the name the user gave. */
    int (*begin)(FILE *stream, const char *bundle, struct hz_error *err);
    /* One row, or nothing for a row that the format has no place for. HZ_OK, or an error of the encoder. */
    int (*row)(FILE *stream, const struct reader_row *row, struct hz_error *err);
    const char *end; /* stands behind the rows */
};

extern const struct rows_format rows_csv, rows_hashdeep, rows_dfxml;
/* The format of this word; NULL when there is none. */
const struct rows_format *rows_format(const char *word);

#endif
