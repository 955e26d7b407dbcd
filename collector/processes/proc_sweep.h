/* Which numbers of processes and threads the kernel knows, whatever procfs shows. */
#ifndef HZ_COLLECTOR_PROC_SWEEP_H
#define HZ_COLLECTOR_PROC_SWEEP_H

#include <stdbool.h>

#include "base/error.h"
#include "collector/processes/proc_pids.h"
#include "collector/run.h"

#define PROC_SWEEP_NS INT64_C(1500000000) /* time for all of it */

/* kill(2) with signal 0, which delivers nothing, and where that finds nobody sched_getscheduler(2). */
bool proc_sweep_alive(uint32_t pid);
/* Tries 1 to limit - 1: those below `near` in both ways, the others with sched_getscheduler(2) alone. out: those that
 * are there, sorted. *swept: all below this were tried (less than limit when there was no time). */
int proc_sweep(struct run *run, uint32_t near, uint32_t limit, struct proc_pids *out, uint32_t *swept,
               struct hz_error *err);
/* Every number in the cgroup.procs of all control groups below /sys/fs/cgroup; none where there are none. sorted. */
int proc_sweep_cgroups(int root, struct proc_pids *out, struct hz_error *err);

#endif
