/* How far a collection is, on standard error: one line on a terminal, or JSON Lines for programs
 * (formats/spec/schema/progress-line.schema.json). */
#ifndef HZ_COLLECTOR_PROGRESS_H
#define HZ_COLLECTOR_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

#include "collector/count.h"
#include "formats/write/bundle.h"

#define PROGRESS_COLUMNS 79 /* at most; one less than the terminal has: behind the last one some begin a new line */

struct progress {
    enum options_progress form; /* never PROGRESS_AUTO */
    bool terminal;              /* a line that is drawn again and again */
    struct count *count;        /* owned; NULL: no estimate */
    int64_t start, next;        /* CLOCK_BOOTTIME in nanoseconds */
    int64_t rate_time;          /* these two: of a while ago */
    uint64_t rate_bytes;
    bool drawn;
};

struct progress_numbers {
    const char *source;
    uint64_t files, bytes; /* of payload */
    uint64_t recorded, absent, written;
};

/* root: descriptor of "/", for counting. After this, threads inherit what it sets up: nothing. */
void progress_begin(struct progress *p, const struct collect_options *options, int root);
/* Main thread, as often as it likes: says something five times a second on a terminal, once a second in JSON. */
void progress_tick(struct progress *p, const struct w_bundle *bundle, const char *source);
/* A last time in JSON; on a terminal the line goes. */
void progress_end(struct progress *p, const struct w_bundle *bundle);

/* The line for a terminal, at most so many columns wide, without a newline: what does not fit is left out from the end,
 * no number is cut. rate: bytes a second; left_s: seconds, <0: not known. */
void progress_line(struct buf *out, const struct progress_numbers *n, uint64_t rate, int64_t elapsed_s, int64_t left_s,
                   unsigned columns);
/* Seconds that are left, from what was done in elapsed_ns; -1: not known. */
int64_t progress_left(const struct progress_numbers *n, const struct count_numbers *all, int64_t elapsed_ns);

#endif
