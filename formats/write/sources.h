/* Which sources a bundle holds, the order of their files, and what was counted in each (spec sections 3 and 5). */
#ifndef HZ_FORMATS_WRITE_SOURCES_H
#define HZ_FORMATS_WRITE_SOURCES_H

#include <stddef.h>

#include "base/error.h"
#include "formats/write/name.h"
#include "formats/write/record.h"

struct w_sources_row {
    char name[33];
    size_t run; /* place among the sources that have files, from 1; 0: no file yet */
    struct w_counts counts;
};

struct w_sources {
    struct w_sources_row row[W_NAME_SOURCES_MAX];
    size_t count, runs;
    struct w_counts whole;
    char previous[W_NAME_PATH_MAX]; /* path of the last file */
    size_t previous_len;
};

/* A source's row, made when it is new. HZ_E_FORMAT: not a name; HZ_E_LIMIT: too many. */
int w_sources_row(struct w_sources *s, const char *source, struct w_sources_row **row, struct hz_error *err);
/* The next payload file: its grammar, its place behind the one before. HZ_E_FORMAT. Does not count it. */
int w_sources_next(struct w_sources *s, const char *source, const char *path, struct hz_error *err);
/* Adds to the row and to the whole. */
void w_sources_count(struct w_sources *s, struct w_sources_row *row, struct w_counts add);
/* Does the summary that shall be signed say what was counted? Every source but "blind" once, those with files in their
 * order. HZ_E_FORMAT. */
int w_sources_check(struct w_sources *s, const struct w_source_summary *said, size_t count, struct hz_error *err);

#endif
