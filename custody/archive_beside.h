/* What lies beside the bundle of a copy, read again and compared with its recorded digest. */
#ifndef HZ_CUSTODY_ARCHIVE_BESIDE_H
#define HZ_CUSTODY_ARCHIVE_BESIDE_H

#include "base/error.h"
#include "custody/archive.h"
#include "custody/archive_held.h"

#define ARCHIVE_BESIDE_MAX ((size_t)4 << 20) /* bytes of one that is taken out */

enum archive_beside_found {
    ARCHIVE_BESIDE_SAME,
    ARCHIVE_BESIDE_ALTERED,
    ARCHIVE_BESIDE_MISSING,
    ARCHIVE_BESIDE_UNREADABLE
};

/* One file beside the copy, of its beside or its rest, as it is there now; sha256: empty where there is none. also:
 * gets the bytes, too; NULL: nobody does. An error when that says nothing about the file: a network, a permission,
 * somebody who ended it. */
int archive_beside_look(struct archive_target *t, const struct archive_copy *c, const struct archive_beside *b,
                        const struct archive_sink *also, enum archive_beside_found *out, char sha256[W_DIGEST_HEX],
                        struct hz_error *err);
/* *over: in a store another version, or a deletion marker, lies over that file, which is there as it was recorded. */
int archive_beside_over(struct archive_target *t, const struct archive_copy *c, const struct archive_beside *b,
                        bool *over, struct hz_error *err);
/* The same of the i-th of its beside; and only one that has its digest is written into the folder, under its name.
 * HZ_E_EXISTS: the name is taken there. */
int archive_beside_take(struct archive_target *t, const struct archive_copy *c, size_t i, int folder,
                        enum archive_beside_found *out, struct hz_error *err);
/* What else lies beside a copy in a folder: signatures and time stamps of which the folder has none of that name, as
 * they are; what cannot be read stays behind. */
int archive_beside_rest(struct archive_target *t, const struct archive_copy *c, int folder, struct hz_error *err);
/* The place in the list of what another copy has beside it that is the same file; SIZE_MAX: it has no such. */
size_t archive_beside_in(const struct archive_copy *other, const struct archive_beside *file);

#endif
