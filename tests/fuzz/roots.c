#include "tests/fuzz/roots.h"

#include "tests/fuzz/fuzz.h"

#define LONGEST ((size_t)65536)

const struct r_timestamp_roots *fuzz_roots(const void *pem, size_t len)
{
    static unsigned char bytes[LONGEST];
    static size_t kept;
    static struct r_timestamp_roots *roots;

    if (len == 0 || len >= LONGEST)
        return NULL;
    if (kept == len && memcmp(bytes, pem, len) == 0)
        return roots;
    r_timestamp_roots_free(roots);
    roots = NULL;
    r_timestamp_roots_read(pem, len, &roots, FUZZ_ERR);
    memcpy(bytes, pem, len);
    kept = len;
    return roots;
}
