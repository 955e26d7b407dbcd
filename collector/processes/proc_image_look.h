/* One executable file: its digest, and what stands at its path now. */
#ifndef HZ_COLLECTOR_PROC_IMAGE_LOOK_H
#define HZ_COLLECTOR_PROC_IMAGE_LOOK_H

#include "collector/processes/proc_image.h"

struct proc_image_look { /* a piece of work */
    int proc, root;      /* descriptors of procfs and of "/" */
    const struct proc *process;
    struct proc_image result;
};
void proc_image_look(void *context);

/* Without " (deleted)" at its end, which the kernel puts behind names that are gone (d_path); false: it has none. */
bool proc_image_base(const struct buf *link, size_t *len);

#endif
