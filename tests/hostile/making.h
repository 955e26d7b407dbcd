/* Honest bundles of any number of files, made by the writing side: what sweeps flip, and what must be read in little
 * memory. */
#ifndef HZ_TESTS_HOSTILE_MAKING_H
#define HZ_TESTS_HOSTILE_MAKING_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/error.h"
#include "formats/write/compress.h"

struct making {
    size_t files;
    size_t size; /* of each, of bytes that do not compress */
    enum w_compress compress;
    bool flat; /* all in one folder, f000000 to f999999 at most; else a thousand in each folder */
};

/* Writes the bundle SAMPLE-1, signed by a key made for it, to `output`, which stays the caller's. Its spools lie in
 * /tmp. */
int making_bundle(const struct making *m, int output, struct hz_error *err);
/* The same into memory: appended to out. */
int making_in_memory(const struct making *m, struct buf *out, struct hz_error *err);

#endif
