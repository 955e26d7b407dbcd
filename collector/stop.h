/* Why a collection ends early. Whoever takes something asks stop_now before each thing; from the first reason on, all
 * that is left becomes absent with stop_status and stop_text. What was begun is finished. */
#ifndef HZ_COLLECTOR_STOP_H
#define HZ_COLLECTOR_STOP_H

#include <stdatomic.h>
#include <stdint.h>

#include "collector/interrupt.h"
#include "formats/write/record.h"

enum stop_reason {
    STOP_NONE,
    STOP_SIGNAL,  /* interrupt.h */
    STOP_TIMEOUT, /* --timeout */
    STOP_SILENT,  /* too many calls were not answered */
    STOP_SIZE,    /* --max-size is reached */
    STOP_ROWS,    /* rows no longer fit in memory */
    STOP_NO_SPACE /* the medium is full, but for the reserve */
};

struct stop {
    atomic_int reason;           /* the first that came; never changes again */
    int64_t deadline;            /* CLOCK_BOOTTIME in nanoseconds; INT64_MAX: none */
    _Atomic int64_t asked;       /* when somebody last looked for signals */
    struct interrupt *interrupt; /* the caller's; NULL: signals are not looked for */
};

/* timeout_ns: from now on; 0: none. interrupt: between interrupt_begin and interrupt_end as long as s is asked. */
void stop_begin(struct stop *s, int64_t timeout_ns, struct interrupt *interrupt);
/* The first reason given stays. Any thread. */
void stop_set(struct stop *s, enum stop_reason why);
/* Looks at the clock, and now and then for signals. Any thread; cheap enough for every entry of a directory. */
enum stop_reason stop_poll(struct stop *s);

struct run;
enum stop_reason stop_now(struct run *run);

/* For the records of what was left. */
enum w_absent_status stop_status(enum stop_reason why);
const char *stop_text(enum stop_reason why);
const char *stop_rest(enum stop_reason why); /* of a directory, in one row */

#endif
