/* The listings of the source processes. */
#ifndef HZ_COLLECTOR_PROC_LIST_H
#define HZ_COLLECTOR_PROC_LIST_H

#include "base/error.h"
#include "collector/processes/proc_detail.h"
#include "collector/processes/proc_image.h"
#include "collector/processes/proc_table.h"
#include "collector/processes/proc_users.h"
#include "collector/products.h"
#include "collector/run.h"

#define PROC_MARK_EXECUTABLE_MEMORY 1u
#define PROC_MARK_GONE 2u

struct proc_recover;

struct proc_list {
    struct run *run;
    struct products *products;
    struct proc_table *table;
    struct proc_images *images;
    const struct proc_users *users;
    struct proc_recover *recover; /* where what a process wants recovered goes */
    unsigned char *marks;         /* owned; PROC_MARK_*, by number in the table */
    struct product *rows, *descriptors, *descriptors_text, *mappings, *mappings_text;
    size_t denied;     /* processes of which files could not be read for want of permission */
    unsigned observed; /* processes of which raw files were kept */
};

/* Looks at every process thoroughly and writes processes, descriptors and mappings (.jsonl, .txt); observes. Everything
 * but marks is set; marks is the caller's to free. */
int proc_list_make(struct proc_list *l, struct hz_error *err);

#endif
