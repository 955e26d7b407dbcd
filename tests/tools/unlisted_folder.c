/* Preloaded: the folder HOZEN_UNLISTED cannot be listed, and an entry of the name HOZEN_UNSEEN not be examined in any
 * folder: that fails with the error HOZEN_UNLISTED_ERROR. */
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

ssize_t getdents64(int folder, void *entries, size_t room)
{
    ssize_t (*next)(int, void *, size_t) = (ssize_t(*)(int, void *, size_t))dlsym(RTLD_NEXT, "getdents64");
    const char *meant = getenv("HOZEN_UNLISTED"), *error = getenv("HOZEN_UNLISTED_ERROR");
    char link[64], path[PATH_MAX];
    ssize_t len;

    snprintf(link, sizeof link, "/proc/self/fd/%d", folder);
    len = readlink(link, path, sizeof path - 1);
    path[len > 0 ? len : 0] = '\0';
    if (meant == NULL || error == NULL || strcmp(path, meant) != 0)
        return next(folder, entries, room);
    errno = atoi(error);
    return -1;
}

int statx(int folder, const char *restrict name, int flags, unsigned mask, struct statx *restrict out)
{
    int (*next)(int, const char *, int, unsigned, struct statx *) =
        (int (*)(int, const char *, int, unsigned, struct statx *))dlsym(RTLD_NEXT, "statx");
    const char *meant = getenv("HOZEN_UNSEEN"), *error = getenv("HOZEN_UNLISTED_ERROR");

    if (meant == NULL || error == NULL || strcmp(name, meant) != 0)
        return next(folder, name, flags, mask, out);
    errno = atoi(error);
    return -1;
}
