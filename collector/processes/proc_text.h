/* The process table as people know it from ps. */
#ifndef HZ_COLLECTOR_PROC_TEXT_H
#define HZ_COLLECTOR_PROC_TEXT_H

#include "base/buf.h"
#include "base/error.h"
#include "collector/processes/proc_table.h"
#include "collector/processes/proc_tree.h"
#include "collector/processes/proc_users.h"

struct proc_text {
    const struct proc_table *table;
    const struct proc_users *users;
    uint64_t memory_kib; /* of the machine; 0: unknown */
};

/* MemTotal of /proc/meminfo. */
uint64_t proc_text_memory(const struct proc_table *t);
int proc_text_head(struct buf *out, const struct proc_text *t, struct hz_error *err);
/* One line. marks: a letter for each thing worth a look, "" for none. */
int proc_text_line(struct buf *out, const struct proc_text *t, const struct proc_branch *b, const char *marks,
                   struct hz_error *err);

#endif
