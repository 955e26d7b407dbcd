/* For LD_PRELOAD: the read of one place of a file, HOZEN_SLOW_OFFSET, is held until there is a file "go" in the folder
 * HOZEN_SLOW_FOLDER, which gets a file "held" when it begins, and a file "last" when another one has read the file's
 * last bytes. So a test can write there meanwhile. All other reads are as they were. */
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static void name_of(char path[PATH_MAX], const char *name)
{
    const char *folder = getenv("HOZEN_SLOW_FOLDER");
    snprintf(path, PATH_MAX, "%s/%s", folder == NULL ? "." : folder, name);
}

static void tell(const char *name)
{
    char path[PATH_MAX];
    name_of(path, name);
    close(open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
}

static void hold(void)
{
    const struct timespec moment = { 0, 10000000 };
    char path[PATH_MAX];
    name_of(path, "go");
    tell("held");
    for (int i = 0; i < 5000 && access(path, F_OK) != 0; i++)
        nanosleep(&moment, NULL);
}

ssize_t pread(int fd, void *bytes, size_t len, off_t offset)
{
    ssize_t (*real)(int, void *, size_t, off_t) = (ssize_t(*)(int, void *, size_t, off_t))dlsym(RTLD_NEXT, "pread");
    const char *slow = getenv("HOZEN_SLOW_OFFSET");
    struct stat st;
    if (slow == NULL || len <= 65536)
        return real(fd, bytes, len, offset);
    if (atoll(slow) >= offset && atoll(slow) < offset + (off_t)len)
        hold();
    ssize_t got = real(fd, bytes, len, offset);
    if (got > 0 && fstat(fd, &st) == 0 && offset + got == st.st_size)
        tell("last");
    return got;
}
