/* The table of `hozen list`, for people. */
#ifndef HZ_VERIFY_ROWS_TEXT_H
#define HZ_VERIFY_ROWS_TEXT_H

#include <stdio.h>

#include "verify/rows_filter.h"

#define ROWS_TEXT_COLUMNS "type size time status source mode owner method sha256 path real-size name"
#define ROWS_TEXT_DEFAULT "type,size,time,status,name"
#define ROWS_TEXT_MAX 16

struct rows_text {
    unsigned char columns[ROWS_TEXT_MAX]; /* numbers of ROWS_TEXT_COLUMNS */
    size_t count;
    enum rows_time time; /* what the column of that name shows */
};

/* words: names of columns with commas between, each once. HZ_E_USAGE. */
int rows_text_columns(struct rows_text *t, const char *words, struct hz_error *err);
void rows_text_header(FILE *stream, const struct rows_text *t);
/* One row, made inert. */
void rows_text_row(FILE *stream, const struct rows_text *t, const struct reader_row *row);

/* In the reader's language: "collected", "absent", ...; "?" for no word of the format. */
const char *rows_text_status(const struct reader_row *row);

#endif
