#include "collector/sum.h"

#include "base/io_rw.h"

int sum_fd(int fd, char hex[W_DIGEST_HEX], struct hz_error *err)
{
    unsigned char chunk[16384];
    struct w_digest *d;
    int rc = w_digest_new(&d, err);
    if (rc != HZ_OK)
        return rc;
    rc = w_digest_start(d, err);
    for (size_t got = sizeof chunk; rc == HZ_OK && got == sizeof chunk;) {
        rc = io_read(fd, chunk, sizeof chunk, &got, err);
        if (rc == HZ_OK)
            rc = w_digest_update(d, chunk, got, err);
    }
    if (rc == HZ_OK)
        rc = w_digest_end_hex(d, hex, err);
    w_digest_free(d);
    return rc;
}
