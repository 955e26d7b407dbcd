/* One file of an exported folder: written piece by piece, hashed on the way, listed in SHA256SUMS. */
#ifndef HZ_CUSTODY_EXPORT_FILE_H
#define HZ_CUSTODY_EXPORT_FILE_H

#include <stddef.h>

#include "base/buf.h"
#include "base/error.h"
#include "formats/write/digest.h"

struct export_file {
    int fd;                  /* owned */
    struct w_digest *digest; /* owned */
    struct buf pending;
    const char *name; /* the caller's */
};
#define EXPORT_FILE_INIT                                                                                               \
    {                                                                                                                  \
        .fd = -1                                                                                                       \
    }

/* Makes NAME in the folder. */
int export_file_open(struct export_file *f, int folder, const char *name, struct hz_error *err);
int export_file_put(struct export_file *f, const void *bytes, size_t len, struct hz_error *err);
/* Writes what is left and appends its line to sums (NULL: none); the file is closed. */
int export_file_end(struct export_file *f, struct buf *sums, struct hz_error *err);
void export_file_close(struct export_file *f); /* legal after EXPORT_FILE_INIT */

/* All of it in one go. */
int export_file_whole(int folder, const char *name, const void *bytes, size_t len, struct buf *sums,
                      struct hz_error *err);

#endif
