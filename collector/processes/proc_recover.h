/* Files that have no name any more and that only processes still hold: executables, mapped code, open files. Their
 * bytes become members, each file once. */
#ifndef HZ_COLLECTOR_PROC_RECOVER_H
#define HZ_COLLECTOR_PROC_RECOVER_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "collector/processes/proc_detail.h"
#include "collector/processes/proc_image.h"
#include "collector/processes/proc_table.h"
#include "collector/products.h"
#include "collector/run.h"

#define PROC_RECOVER_EACH ((uint64_t)64 << 20)        /* bytes of an open or mapped file */
#define PROC_RECOVER_EXECUTABLE ((uint64_t)256 << 20) /* bytes of an executable */
#define PROC_RECOVER_ALL ((uint64_t)1 << 30)          /* bytes of all */
#define PROC_RECOVER_COUNT 4096                       /* files */

struct proc_lost_file {
    const struct proc *p;
    struct proc_image *image; /* NULL: wanted tells */
    struct proc_wanted wanted;
};

struct proc_recover {
    struct run *run;
    struct products *products;
    struct proc_table *table;
    struct proc_lost_file *list; /* owned */
    size_t count, room;
    uint64_t left_out;           /* files beyond PROC_RECOVER_COUNT */
    uint64_t stored;             /* bytes */
    struct product *rows, *text; /* recovered.jsonl, recovered.txt */
};

/* Notes what is to be recovered. A file that is noted already (device and inode) is not noted again. */
int proc_recover_note(struct proc_recover *r, const struct proc *p, const struct proc_wanted *wanted,
                      struct hz_error *err);
/* Those that run something without a name, or with another file at its path. */
int proc_recover_images(struct proc_recover *r, struct proc_images *images, struct hz_error *err);
/* Reads them and writes the listing. Main thread. */
int proc_recover_all(struct proc_recover *r, struct hz_error *err);
void proc_recover_free(struct proc_recover *r);

#endif
