/* For LD_PRELOAD: a medium that gives other bytes than were written. Whatever is read of a file whose name ends as
 * HOZEN_ROTTEN says, in a folder that is not finished yet (.partial), has its first byte changed. */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int is_rotten(int fd)
{
    const char *ending = getenv("HOZEN_ROTTEN");
    char link[64], path[4096];
    ssize_t len;

    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    len = readlink(link, path, sizeof path - 1);
    if (ending == NULL || len < 0 || (size_t)len < strlen(ending))
        return 0;
    path[len] = '\0';
    return strstr(path, ".partial/") != NULL && strcmp(path + len - strlen(ending), ending) == 0;
}

ssize_t pread(int fd, void *bytes, size_t len, off_t offset)
{
    ssize_t (*real)(int, void *, size_t, off_t) = (ssize_t(*)(int, void *, size_t, off_t))dlsym(RTLD_NEXT, "pread");
    ssize_t got = real(fd, bytes, len, offset);

    if (got > 0 && is_rotten(fd))
        *(unsigned char *)bytes ^= 1;
    return got;
}
