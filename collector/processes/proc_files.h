/* The procfs that processes are read from. */
#ifndef HZ_COLLECTOR_PROC_FILES_H
#define HZ_COLLECTOR_PROC_FILES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

struct proc_files {
    int fd;        /* of the procfs to read from; owned */
    int mounted;   /* of /proc as everybody sees it; owned */
    uint32_t own;  /* the number of this program in it; 0: it is not there */
    bool clean;    /* fd is an instance of our own: nothing can be mounted over its entries */
    bool same;     /* fd is of our own pid namespace: our numbers are its numbers */
    bool foreign;  /* what is at /proc is of another pid namespace: no view to compare with */
    bool borrowed; /* a thread that was left behind may use them still: they stay open */
};

/* A procfs of our own (fsopen(2), fsmount(2)) that is attached nowhere, so that no mount hides anything in it and no
 * hidepid= option holds; where that is not allowed, or /proc is of another pid namespace, /proc itself. root: "/". */
int proc_files_open(struct proc_files *out, int root, struct hz_error *err);
void proc_files_close(struct proc_files *f);

#endif
