/* make_bundle FILES SIZE [zstd|gzip] >BUNDLE: an honest bundle of so many files of that size. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/num.h"
#include "tests/hostile/making.h"

int main(int argc, char **argv)
{
    struct hz_error err = { .code = HZ_OK };
    struct making m = { .files = 0 };
    uint64_t files, size;

    if (argc < 3 || num_parse_size(argv[1], &files) || num_parse_size(argv[2], &size)) {
        fputs("usage: make_bundle FILES SIZE [zstd|gzip] >BUNDLE\n", stderr);
        return 2;
    }
    m.files = (size_t)files;
    m.size = (size_t)size;
    if (argc > 3)
        m.compress = strcmp(argv[3], "zstd") == 0 ? W_COMPRESS_ZSTD : W_COMPRESS_GZIP;
    if (making_bundle(&m, STDOUT_FILENO, &err)) {
        fprintf(stderr, "make_bundle: %s\n", err.text);
        return 1;
    }
    return 0;
}
