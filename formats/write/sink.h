/* Where the bundle's bytes go: buffered, in order, with the running digest and offset of the whole file. Frames of a
 * compressed container belong here, between what is put in and what is digested and written. */
#ifndef HZ_FORMATS_WRITE_SINK_H
#define HZ_FORMATS_WRITE_SINK_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "formats/write/digest.h"

struct w_sink {
    int fd;                /* the caller's */
    uint64_t offset;       /* bytes put in so far */
    unsigned char *buffer; /* owned */
    size_t used;
    struct w_digest *digest; /* owned */
};

int w_sink_open(struct w_sink *s, int fd, struct hz_error *err);
void w_sink_close(struct w_sink *s); /* frees; writes nothing; legal on a zeroed struct */
int w_sink_put(struct w_sink *s, const void *bytes, size_t len, struct hz_error *err);
int w_sink_zeros(struct w_sink *s, uint64_t count, struct hz_error *err);
/* Writes what is buffered and gives the SHA-256 of everything. */
int w_sink_end(struct w_sink *s, char file_sha256[W_DIGEST_HEX], struct hz_error *err);

#endif
