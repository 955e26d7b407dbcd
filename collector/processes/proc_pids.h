/* Numbers of processes, kept as a growing list. */
#ifndef HZ_COLLECTOR_PROC_PIDS_H
#define HZ_COLLECTOR_PROC_PIDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct proc_pids {
    uint32_t *list; /* owned */
    size_t count, room;
};

void proc_pids_free(struct proc_pids *p);
int proc_pids_add(struct proc_pids *p, uint32_t pid, struct hz_error *err);
/* Ascending, each once. */
void proc_pids_sort(struct proc_pids *p);
bool proc_pids_has(const struct proc_pids *sorted, uint32_t pid);
/* Every entry of a folder whose name is a number; sorted. */
int proc_pids_list(struct proc_pids *p, int directory, const char *path, struct hz_error *err);

#endif
