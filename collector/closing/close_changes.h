/* data/closing/changes.jsonl and .txt, and processes.jsonl and .txt: sockets and processes that came or went between
 * the first look and the last. */
#ifndef HZ_COLLECTOR_CLOSING_CLOSE_CHANGES_H
#define HZ_COLLECTOR_CLOSING_CLOSE_CHANGES_H

#include "base/error.h"
#include "collector/products.h"
#include "collector/run.h"

/* after: taken just now; before: run->live. Nothing is written where either was not taken. */
int close_changes(struct run *run, struct products *p, struct keys *after, struct hz_error *err);
/* The processes among what was taken just now. */
int close_processes(struct products *p, struct keys *after, struct hz_error *err);

#endif
