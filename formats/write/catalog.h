/* The catalog: a line for every payload file, in segments, with the Merkle tree over all lines (spec section 4). */
#ifndef HZ_FORMATS_WRITE_CATALOG_H
#define HZ_FORMATS_WRITE_CATALOG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "formats/write/members.h"
#include "formats/write/merkle.h"
#include "formats/write/random.h"
#include "formats/write/record.h"
#include "formats/write/spool.h"

#define W_CATALOG_SEGMENT 4096           /* lines */
#define W_CATALOG_LINE ((size_t)1 << 20) /* bytes, the newline included */

struct w_catalog_row {
    const struct w_file *file;
    enum w_file_status status;
    uint64_t size;
    const char *sha256;
    size_t *sha256_at;  /* where its digits begin in the buffer; NULL: not asked */
    uint64_t real_size; /* these two: where the status is W_SHRUNK or W_LIMITED */
    const char *real_sha256;
    struct w_random *random; /* of the thread, for the salt; NULL: none */
};

/* Appends the line without its newline. Callable on any thread. */
int w_catalog_line(struct buf *out, const struct w_catalog_row *row, struct hz_error *err);

struct w_catalog {
    struct w_spool spool; /* the segment at work */
    struct w_merkle tree;
    struct buf line;
    unsigned in_segment, segments;
};

int w_catalog_open(struct w_catalog *c, int spool_directory, struct w_store *store, struct hz_error *err);
void w_catalog_close(struct w_catalog *c); /* legal after a failed open */
/* Adds a line with its newline, and its leaf in the tree; a segment that becomes full is written. */
int w_catalog_put(struct w_catalog *c, struct w_members *m, const void *line, size_t len,
                  const unsigned char leaf[W_DIGEST_SIZE], struct hz_error *err);
/* Makes the line and puts it. */
int w_catalog_add(struct w_catalog *c, struct w_members *m, const struct w_catalog_row *row, struct hz_error *err);
/* Writes the last segment. */
int w_catalog_flush(struct w_catalog *c, struct w_members *m, struct hz_error *err);
/* Appends the content of meta/merkle-root.txt. */
int w_catalog_root(struct w_catalog *c, struct buf *out, struct hz_error *err);

#endif
