/* Our own output files, known by device and inode: they are never evidence. */
#ifndef HZ_COLLECTOR_OWN_H
#define HZ_COLLECTOR_OWN_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#include "base/error.h"

#define OWN_MAX 4

struct own {
    struct statx files[OWN_MAX];
    size_t count;
};

/* At most OWN_MAX descriptors; they stay the caller's. */
int own_add(struct own *own, int fd, struct hz_error *err);
bool own_has(const struct own *own, const struct statx *st);

#endif
