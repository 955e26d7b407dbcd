/* Bytes whose number is not known before their end: kept in memory while they are few, then in an unlinked file. */
#ifndef HZ_FORMATS_WRITE_SPOOL_H
#define HZ_FORMATS_WRITE_SPOOL_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "formats/write/stream.h"

struct w_spool {
    int directory;   /* the caller's */
    int fd;          /* owned; -1 until needed */
    uint64_t total;  /* bytes in all */
    uint64_t stored; /* of these in the file */
    struct buf pending;
};

void w_spool_open(struct w_spool *s, int directory);
void w_spool_close(struct w_spool *s);
int w_spool_put(struct w_spool *s, const void *bytes, size_t len, struct hz_error *err);
/* Copies everything into the stream, and into the digest when it is not NULL; then the spool is empty and open again.
 */
int w_spool_drain(struct w_spool *s, struct w_stream *stream, struct w_digest *digest, struct hz_error *err);

#endif
