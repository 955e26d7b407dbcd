/* fuzz_serve BUNDLE: what the jailed reader sends to its parent about a bundle, with contents and rows. For seeds. */
#include <stdio.h>
#include <unistd.h>

#include "base/io_open.h"
#include "verify/reader.h"

int main(int argc, char **argv)
{
    struct reader_job job = { .fd = -1, .want_data = true, .want_rows = true };
    struct hz_error err;

    if (argc != 2 || io_open_input(argv[1], &job.fd, &err) != HZ_OK) {
        fputs("usage: fuzz_serve BUNDLE\n", stderr);
        return 2;
    }
    return reader_serve(&job, STDOUT_FILENO);
}
