#include "tests/fuzz/file.h"

#include <sys/mman.h>
#include <unistd.h>

#include "tests/fuzz/fuzz.h"

int fuzz_file(unsigned place, const void *bytes, size_t len)
{
    static int files[FUZZ_FILES]; /* 0: not there yet */
    int *fd = &files[place];

    if (*fd == 0)
        *fd = memfd_create("input", MFD_CLOEXEC);
    FUZZ_HOLDS(*fd > 0 && lseek(*fd, 0, SEEK_SET) == 0);
    FUZZ_HOLDS(len == 0 || pwrite(*fd, bytes, len, 0) == (ssize_t)len);
    FUZZ_HOLDS(ftruncate(*fd, (off_t)len) == 0); /* at last: its pages stay */
    return *fd;
}
