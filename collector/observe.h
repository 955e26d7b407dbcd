/* What a responder should look at first: observations with documented codes (formats/spec/sources/closing.md), not
 * verdicts. Main thread. */
#ifndef HZ_COLLECTOR_OBSERVE_H
#define HZ_COLLECTOR_OBSERVE_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "formats/write/record.h"

/* Kept of each code; the rest is counted, so that much of one thing hides nothing of another. */
#define OBSERVE_EACH 512
#define OBSERVE_EACH_BYTES ((size_t)128 << 10) /* of subjects and details */
#define OBSERVE_CODES 64

struct observation {
    const char *code;       /* static: "hidden-process" */
    const char *source;     /* static */
    struct w_bytes subject; /* owned; a path, or "pid 4711"; raw */
    char *detail;           /* owned; English, one line of text, or NULL */
};

struct observe_code {
    const char *code;
    uint64_t times;
    size_t first, kept, bytes; /* first: its place in the list */
};

struct observations {
    struct observation *list; /* owned */
    size_t count, room;
    uint64_t dropped;
    struct observe_code codes[OBSERVE_CODES]; /* in the order in which they were first seen */
    size_t code_count;
};

struct run;
/* code: [a-z][a-z0-9-]{0,39}, one of closing.md. subject: raw bytes; detail: text, made inert here. Copied. */
int observe(struct run *run, const char *code, struct w_bytes subject, const char *detail, struct hz_error *err);
void observe_free(struct observations *o);

#endif
