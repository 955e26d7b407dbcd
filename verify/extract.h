/* Files taken out of a bundle into a new directory, which appears only when everything was verified. */
#ifndef HZ_VERIFY_EXTRACT_H
#define HZ_VERIFY_EXTRACT_H

#include <stdbool.h>

#include "base/io_tree.h"
#include "verify/reader.h"

struct extract {
    struct io_tree tree;
    const char *const *paths; /* wanted names; none: all */
    size_t path_count;
    bool *met; /* owned: which of them were found */
    const char *directory;
    char path[R_NAME_PATH_MAX + 1]; /* of the file being written */
    int fd;                         /* -1: none, or not wanted */
    bool only;                      /* what is not wanted need not be read */
    bool collided;                  /* a name was in the way of another: no good bundle has such names */
    uint64_t files, bytes;
    struct r_bundle_cut cut; /* of these, the limited and shrunk ones */
    uint64_t unlocked;       /* of these, copies without a lock */
};

/* Begins DIR.partial. paths: "data/..." or a folder of it, slashes at the end are ignored. HZ_E_EXISTS when DIR or
 * DIR.partial is there. Free it with extract_abort or extract_commit. */
int extract_begin(struct extract *e, const char *directory, const char *const *paths, size_t path_count,
                  struct hz_error *err);
/* Its ears for reader_run. */
struct reader_listener extract_listener(struct extract *e);
/* HZ_E_NOTFOUND names a path that is not in the bundle; HZ_E_EXISTS: something was in the way of a file. */
int extract_check(const struct extract *e, struct hz_error *err);
/* DIR.partial, once all of it is on the disk, becomes DIR. */
int extract_commit(struct extract *e, struct hz_error *err);
/* Removes DIR.partial. Legal after a commit. */
void extract_abort(struct extract *e);

#endif
