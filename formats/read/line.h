/* Splits a stream into lines that end in LF, of bounded length. */
#ifndef HZ_FORMATS_READ_LINE_H
#define HZ_FORMATS_READ_LINE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

/* One line without its LF; number from 1; offset of its first byte in the stream. HZ_OK or a code that ends it all. */
typedef int r_line_take(void *context, const char *line, size_t len, uint64_t number, uint64_t offset,
                        struct hz_error *err);

struct r_line {
    struct buf part; /* beginning of an unfinished line */
    size_t limit;    /* longest line */
    uint64_t number; /* lines given so far */
    uint64_t offset; /* of the next byte */
    bool too_long;   /* a line was over the limit: nothing more is given */
};

void r_line_begin(struct r_line *l, size_t limit);
int r_line_put(struct r_line *l, const void *bytes, size_t len, r_line_take *take, void *context, struct hz_error *err);
/* true when the stream ended with an LF (or was empty). */
bool r_line_whole(const struct r_line *l);
void r_line_free(struct r_line *l);

#endif
