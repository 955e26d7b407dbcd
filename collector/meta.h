/* What the file system says about one thing: statx(2) and extended attributes, as the records hold them. */
#ifndef HZ_COLLECTOR_META_H
#define HZ_COLLECTOR_META_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/error.h"
#include "collector/watch.h"
#include "formats/write/record.h"

/* Names and values of all extended attributes of one thing, each with META_XATTR_EACH for its frame: what is beyond is
 * left out and xattrs_incomplete says so. */
#define META_XATTRS_MAX ((size_t)256 << 10)
#define META_XATTR_EACH 32

struct meta {            /* reusable; stat points into the rest and is valid until the next meta_read */
    struct watch *watch; /* of the thread that reads; may be NULL */
    struct w_stat stat;
    struct buf bytes;
    char *names;            /* owned */
    struct w_xattr *xattrs; /* owned */
    size_t room;
};

void meta_init(struct meta *m);
void meta_free(struct meta *m);

void meta_from_statx(struct w_stat *out, const struct statx *st);
/* stat from st, attributes from the thing behind an O_PATH descriptor; security.*, system.posix_acl_* and trusted.*
 * as far as we may read them. Access times stay. HZ_E_NOMEM is the only failure: attributes that cannot be read make
 * xattrs_incomplete true. */
int meta_read(struct meta *m, int path_fd, const struct statx *st, struct hz_error *err);
/* The same from a descriptor that is open for reading. */
int meta_read_open(struct meta *m, int fd, const struct statx *st, struct hz_error *err);
/* Modification, change and size are as before. */
bool meta_same(const struct statx *before, const struct statx *after);

#endif
