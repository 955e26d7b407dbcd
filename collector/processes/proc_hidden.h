/* Processes that listing /proc does not show, found by other views of the kernel. */
#ifndef HZ_COLLECTOR_PROC_HIDDEN_H
#define HZ_COLLECTOR_PROC_HIDDEN_H

#include "base/error.h"
#include "collector/processes/proc_table.h"
#include "collector/run.h"

/* Sets views, covered, swept and mounts, and adds what only other views
 * show and what a second look confirms. Without an own pid namespace in /proc (files.same) only mounts are looked at.
 */
int proc_hidden_look(struct proc_table *t, struct run *run, struct hz_error *err);
/* Is this one hidden by what proc_hidden_look found? */
bool proc_hidden_is(const struct proc_table *t, const struct proc *p);
/* Observes hidden-process and proc-mount. */
int proc_hidden_observe(const struct proc_table *t, struct run *run, struct hz_error *err);

#endif
