/* A file that is taken in where it lies: hashed past the page cache, nothing copied, its times kept. */
#ifndef HZ_CUSTODY_INTAKE_FILE_H
#define HZ_CUSTODY_INTAKE_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include <sys/stat.h>

#include "base/error.h"
#include "formats/write/digest.h"

struct intake_file {
    int fd;       /* owned; open for reading */
    bool noatime; /* reading leaves the time of its last access alone */
    struct statx before;
    char sha256[W_DIGEST_HEX], sha512[W_DIGEST_512_HEX]; /* empty: not made */
};
#define INTAKE_FILE_INIT                                                                                               \
    {                                                                                                                  \
        .fd = -1                                                                                                       \
    }

/* Told once in a while, and at the end. */
struct intake_progress {
    void (*tell)(void *context, uint64_t done, uint64_t all); /* NULL: nobody asks */
    void *context;
};

/* A regular file, no link: HZ_E_UNSUPPORTED else. Errors name the path. */
int intake_file_open(struct intake_file *f, const char *path, struct hz_error *err);
void intake_file_close(struct intake_file *f); /* legal on INTAKE_FILE_INIT */
/* Fills sha256, and sha512 where both are wanted. HZ_E_CHANGED when the file changed meanwhile. */
int intake_file_hash(struct intake_file *f, bool both, const struct intake_progress *progress, struct hz_error *err);
/* HZ_E_CHANGED when size, times or inode are not those of the beginning. */
int intake_file_unchanged(const struct intake_file *f, struct hz_error *err);

#endif
