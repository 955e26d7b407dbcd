/* One file of a bundle, with its proof, written into a new file (formats/spec/disclosure.md). It appears only when it
 * was read again and holds. */
#ifndef HZ_VERIFY_DISCLOSE_H
#define HZ_VERIFY_DISCLOSE_H

#include "base/io_commit.h"
#include "verify/reader.h"

struct disclose {
    struct io_partial out;
    const char *to;
    char path[R_NAME_PATH_MAX + 1]; /* of the file, "data/..." */
    char item[R_NAME_ITEM_MAX + 1]; /* empty: nothing is written yet */
    bool met, open;                 /* the file was there; it is being written */
    uint64_t mtime, written;
};

#define DISCLOSE_INIT                                                                                                  \
    {                                                                                                                  \
        .out = {.directory = -1, .fd = -1 }                                                                            \
    }

/* HZ_E_USAGE: not the name of a file that can be disclosed: "data/...", or a host path from "/" on. */
int disclose_check(const char *wanted, struct hz_error *err);
/* Finds the one file of a bundle that has this host path. HZ_E_NOTFOUND; HZ_E_UNSUPPORTED names several; and what
 * reading can give. Not found in what is no sound bundle: path is origin, which names no file of any bundle, and
 * reading it again tells why. fd is read to its end. */
int disclose_find(int fd, const char *origin, char path[R_NAME_PATH_MAX + 1], struct hz_error *err);
/* Begins TO.partial; d->path is set. HZ_E_EXISTS when TO or TO.partial is there. Free it with disclose_abort. */
int disclose_begin(struct disclose *d, const char *to, struct hz_error *err);
/* Its ears for reader_run. */
struct reader_listener disclose_listener(struct disclose *d);
/* After the bundle was read and may be believed: signatures, the end; then all of it is read again as anybody would.
 * *made: what was read (account_init before). HZ_E_NOTFOUND: the file was not in the bundle. */
int disclose_finish(struct disclose *d, const struct account *bundle, struct account *made, struct hz_error *err);
/* TO.partial, once it is on the disk, becomes TO. */
int disclose_commit(struct disclose *d, struct hz_error *err);
void disclose_abort(struct disclose *d); /* removes TO.partial; legal after a commit and on DISCLOSE_INIT */

#endif
