/* Which rows of a bundle are wanted. */
#ifndef HZ_VERIFY_ROWS_FILTER_H
#define HZ_VERIFY_ROWS_FILTER_H

#include <stdbool.h>

#include "verify/reader.h"

/* Times of a thing on its host. */
enum rows_time { ROWS_MTIME, ROWS_CTIME, ROWS_ATIME, ROWS_BTIME };

struct rows_words { /* one of these; none: any */
    const char *const *list;
    size_t count;
};

/* A row passes when it fits all of them. */
struct rows_filter {
    struct rows_words sources, statuses, types, names; /* names: patterns of the whole name, see below */
    bool has_since, has_until;
    struct stamp since, until; /* both inclusive */
    enum rows_time time;       /* which they are about; a row without it does not pass them */
};

bool rows_filter_any(const struct rows_filter *f); /* is anything asked for? */
bool rows_filter_passes(const struct rows_filter *f, const struct reader_row *row);
/* The time of a row. false: it is not known. */
bool rows_filter_time(const struct reader_row *row, enum rows_time which, struct stamp *out);
/* true when all of the text is what the pattern says: * stands for any bytes, ? for one, slashes as well. Takes time
 * proportional to both lengths. */
bool rows_filter_match(const char *pattern, const char *text, size_t len);

#endif
