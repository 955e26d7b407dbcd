/* For LD_PRELOAD: the read of one place of a file, HOZEN_SLOW_OFFSET, takes two seconds longer, so that a test can
 * write there meanwhile. All other reads are as they were. */
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

ssize_t pread(int fd, void *bytes, size_t len, off_t offset)
{
    ssize_t (*real)(int, void *, size_t, off_t) = (ssize_t(*)(int, void *, size_t, off_t))dlsym(RTLD_NEXT, "pread");
    const char *slow = getenv("HOZEN_SLOW_OFFSET");
    const struct timespec wait = { 2, 0 };
    if (slow != NULL && len > 65536 && atoll(slow) >= offset && atoll(slow) < offset + (off_t)len)
        nanosleep(&wait, NULL);
    return real(fd, bytes, len, offset);
}
