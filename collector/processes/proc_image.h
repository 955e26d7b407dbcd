/* The files that processes run: each distinct one once, with its digest and what stands at its path now. */
#ifndef HZ_COLLECTOR_PROC_IMAGE_H
#define HZ_COLLECTOR_PROC_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#include "base/error.h"
#include "collector/processes/proc_table.h"
#include "collector/run.h"
#include "formats/write/digest.h"

#define PROC_IMAGE_MAX ((uint64_t)1 << 30) /* bytes of a file that a digest is made of */

enum proc_image_state {
    PROC_IMAGE_UNKNOWN,  /* it could not be told: its path cannot be followed from here */
    PROC_IMAGE_PRESENT,  /* its path leads to it */
    PROC_IMAGE_DELETED,  /* no name leads to it, nothing is at its path */
    PROC_IMAGE_REPLACED, /* another file is at its path now */
    PROC_IMAGE_MEMORY    /* memfd_create(2): it never had a path */
};

struct proc_image {
    const struct proc *process; /* the first that runs it; of the table */
    enum proc_image_state state;
    bool hashed;
    bool exposed; /* reading it may have moved its access time */
    char sha256[W_DIGEST_HEX];
    int sys_errno; /* why there is no digest; EFBIG: over PROC_IMAGE_MAX */
    char *stored;  /* owned; the member that has its bytes, or NULL */
};

struct proc_images {
    struct proc_image *list; /* owned */
    size_t count;
};

/* Sets image_no of the table's entries, where has_image. Main thread. On failure nothing is to be freed. */
int proc_images_take(struct proc_images *out, struct proc_table *t, struct run *run, struct hz_error *err);
void proc_images_free(struct proc_images *images);
/* "deleted"; static. */
const char *proc_image_name(enum proc_image_state state);
/* Observes deleted-executable, replaced-executable and memfd-executable, once for each process. */
int proc_images_observe(const struct proc_images *images, const struct proc_table *t, struct run *run,
                        struct hz_error *err);

#endif
