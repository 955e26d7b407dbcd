/* Processes as things that come and go (collector/keys.h). */
#ifndef HZ_COLLECTOR_PROC_KEYS_H
#define HZ_COLLECTOR_PROC_KEYS_H

#include "base/error.h"
#include "collector/keys.h"
#include "collector/processes/proc_table.h"
#include "collector/processes/proc_users.h"
#include "collector/run.h"

/* Adds every process of the table but this program itself: kind "process"; key: pid and start, so that a number that
 * was given to another process is no mix-up; text: number, user, start and command line. Sets taken. */
int proc_keys_add(struct keys *k, const struct proc_table *t, const struct proc_users *users, struct hz_error *err);
/* The same from a table that is taken now, for the end of a run: to be compared with run->live, which the source
 * processes fills. Main thread. */
int proc_keys_take(struct run *run, struct keys *k, struct hz_error *err);

#endif
