/* File systems whose files the kernel makes while they are read. */
#ifndef HZ_COLLECTOR_PSEUDO_H
#define HZ_COLLECTOR_PSEUDO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

struct pseudo {
    long magic;
    const char *method;    /* how files were read, for the record: "procfs" */
    const char *consuming; /* reading these takes the bytes away from whoever should get them */
};

/* The one that fd (O_PATH is enough) lies in, or NULL. */
const struct pseudo *pseudo_find(int fd);

/* A file system that lives in the memory of the running kernel (these, tmpfs, devpts and others): mounted inside an
 * image of a disk it is the examiner's, not the image's. */
bool pseudo_running(int fd);
/* Is fd, somewhere below the image's root, in such a one? An image may itself lie in a tmpfs. */
bool pseudo_foreign(int fd, int root);

#define PSEUDO_CACHE 16

struct pseudo_cache { /* device by device, so that not every directory is asked; zeroed at first */
    struct {
        uint32_t major, minor;
        const struct pseudo *pseudo;
    } known[PSEUDO_CACHE];
    size_t count;
};

/* What was kept of the device of st; false: nothing, and pseudo_find has to be asked. */
bool pseudo_known(const struct pseudo_cache *cache, const struct statx *st, const struct pseudo **out);
void pseudo_keep(struct pseudo_cache *cache, const struct statx *st, const struct pseudo *pseudo);
/* Why a file must not even be opened: that, or reading, would alter the host. NULL: it may. p may be NULL. */
const char *pseudo_refuses(const struct pseudo *p, const char *name, size_t len, const struct statx *st);

#endif
