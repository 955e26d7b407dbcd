/* SIGINT, SIGTERM and SIGHUP while evidence is read, before anything is recorded: work ends at the next look at
 * interrupt_asked, with all that belongs to it. */
#ifndef HZ_CUSTODY_INTERRUPT_H
#define HZ_CUSTODY_INTERRUPT_H

#include <signal.h>
#include <stdbool.h>

#include "base/error.h"

#define INTERRUPT_SIGNALS 3

struct interrupt {
    struct sigaction before[INTERRUPT_SIGNALS];
};

/* One that is ignored stays ignored. */
void interrupt_begin(struct interrupt *i);
/* Calls behind it end with EINTR once; false for good where interrupt_begin was not called. */
bool interrupt_asked(void);
/* Once for each signal that came: the number of the last; else 0. */
int interrupt_passed(void);
/* The signals are what they were before. rc: of the work; HZ_E_TIMEOUT with a message of its own when a signal came,
 * whatever the work made of it. */
int interrupt_end(const struct interrupt *i, int rc, struct hz_error *err);

#endif
