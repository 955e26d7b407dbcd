/* The process table: a first look at every process, taken as quickly as it can be. */
#ifndef HZ_COLLECTOR_PROC_TABLE_H
#define HZ_COLLECTOR_PROC_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/stamp.h"
#include "collector/processes/proc.h"
#include "collector/processes/proc_files.h"
#include "collector/run.h"

#define PROC_TABLE_MAX 65536 /* processes that are kept; more are over budget */

struct proc_table {
    struct proc_files files;
    struct stamp taken, boot; /* when; when the machine was started, by its clock of now */
    uint32_t pid_max, swept;  /* of this host; all numbers below this one were tried (0: none) */
    struct buf mounts;        /* mountinfo of our own mount namespace; owned */
    struct proc **list;       /* each owned, as is the array; ascending by pid */
    size_t count, room;
    uint64_t left_out;  /* beyond PROC_TABLE_MAX */
    uint64_t not_begun; /* listed, but not looked at before the end */
    bool borrowed;      /* a thread that was left behind may look at entries: they stay */
};

/* What listing procfs shows; proc_hidden_look adds what only other views show. Main thread. On failure nothing is to be
 * freed. */
int proc_table_take(struct proc_table *out, struct run *run, struct hz_error *err);
void proc_table_free(struct proc_table *t);

/* NULL: not there. */
struct proc *proc_table_find(const struct proc_table *t, uint32_t pid);
struct stamp proc_table_time(const struct proc_table *t, uint64_t ticks);
/* Looks at these (each once, none of them there yet) and puts those that are there into the table, which is in order
 * again afterwards. views: what has shown them. */
int proc_table_add(struct proc_table *t, struct run *run, const uint32_t *pids, size_t count, unsigned views,
                   struct hz_error *err);

/* Puts p, which is from the heap, into the table; it belongs to it then, also on failure. The table is out of order. */
int proc_table_keep(struct proc_table *t, struct proc *p, struct hz_error *err);
void proc_table_sort(struct proc_table *t);

#endif
