/* read_bundle BUNDLE: reads a bundle as hozen-verify's child does, without the sandbox: for tools that cannot go in
 * there with it. Prints the number of files and findings. */
#include <inttypes.h>
#include <stdio.h>

#include "base/io_open.h"
#include "base/io_rw.h"
#include "formats/read/bundle.h"
#include "formats/read/pool.h"

static int give(void *context, void *bytes, size_t len, size_t *got, struct hz_error *err)
{
    int *fd = context;
    return io_read(*fd, bytes, len, got, err);
}

int main(int argc, char **argv)
{
    HZ_CLEANUP(io_close) int fd = -1;
    struct hz_error err = { .code = HZ_OK };
    const struct r_bundle_sink sink = { .context = NULL };
    struct r_bundle_result result;
    struct r_pool *pool = NULL;
    if (argc != 2) {
        fputs("usage: read_bundle BUNDLE\n", stderr);
        return 2;
    }
    int rc = io_open_input(argv[1], &fd, &err);
    if (rc == HZ_OK)
        rc = r_hash_start(&err);
    if (rc == HZ_OK)
        rc = r_pool_start(&pool, 0, &err);
    r_bundle_result_init(&result);
    if (rc == HZ_OK)
        rc = r_bundle_read(pool, give, &fd, &sink, &result, &err);
    if (rc != HZ_OK)
        fprintf(stderr, "read_bundle: %s\n", err.text);
    else
        printf("%" PRIu64 " files, %zu findings\n", result.files, result.findings.count);
    r_bundle_result_free(&result);
    r_pool_stop(pool);
    return rc == HZ_OK ? 0 : 1;
}
