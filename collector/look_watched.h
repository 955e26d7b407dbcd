/* A small file of the host read for the main thread, by a thread that can be left behind: its file system may never
 * answer. */
#ifndef HZ_COLLECTOR_LOOK_WATCHED_H
#define HZ_COLLECTOR_LOOK_WATCHED_H

#include "base/buf.h"
#include "base/error.h"
#include "collector/run.h"

/* look_read; out is empty. HZ_E_TIMEOUT: no answer within the command timeout, HZ_E_CHANGED: not begun, the collection
 * is to end (servant_do). */
int look_watched_read(struct run *run, const char *path, struct buf *out, struct hz_error *err);

#endif
