/* SHA-256 of many pieces that lie in memory, several at a time where the processor has wide registers. */
#ifndef HZ_FORMATS_WRITE_DIGESTS_H
#define HZ_FORMATS_WRITE_DIGESTS_H

#include <stddef.h>

#include "base/error.h"
#include "formats/write/digest.h"

struct w_digests_job {
    const void *bytes;
    size_t len;
    unsigned char *out; /* W_DIGEST_SIZE bytes */
};

struct w_digests; /* reusable; for one thread at a time */

int w_digests_new(struct w_digests **out, struct hz_error *err);
void w_digests_free(struct w_digests *d); /* NULL is legal */
/* All of them, in an order of its own, in which the jobs are afterwards. */
int w_digests_run(struct w_digests *d, struct w_digests_job *jobs, size_t count, struct hz_error *err);

#endif
