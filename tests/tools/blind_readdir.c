/* Preloaded: the first two listings in a folder that is filled and has not its name yet (.partial) are empty. A copy is
 * put so as programs of the time before `rest` was recorded did. */
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int is_filled(int folder)
{
    return faccessat(folder, "custody/export.json", F_OK, 0) == 0 || faccessat(folder, "export.json", F_OK, 0) == 0;
}

struct dirent *readdir(DIR *listing)
{
    struct dirent *(*next)(DIR *) = (struct dirent * (*)(DIR *)) dlsym(RTLD_NEXT, "readdir");
    char link[64], path[PATH_MAX];
    static int blind = 2;
    int before = errno, hidden;
    ssize_t len;

    snprintf(link, sizeof link, "/proc/self/fd/%d", dirfd(listing));
    len = readlink(link, path, sizeof path - 1);
    path[len > 0 ? len : 0] = '\0';
    hidden = strstr(path, ".partial") != NULL && is_filled(dirfd(listing)) && blind-- > 0;
    errno = before;
    return hidden ? NULL : next(listing);
}
