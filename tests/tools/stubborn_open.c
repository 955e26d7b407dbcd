/* Preloaded: from the HOZEN_STUBBORN_FROM-th time on (HOZEN_STUBBORN_TIMES times, if that is given) that a name,
 * HOZEN_STUBBORN_NAME, is looked at without being opened (O_PATH), that fails with the error HOZEN_STUBBORN_ERROR, or
 * takes a minute where that is 0. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int is_meant(const char *name, int flags)
{
    static atomic_int times;
    const char *meant = getenv("HOZEN_STUBBORN_NAME"), *from = getenv("HOZEN_STUBBORN_FROM");
    const char *most = getenv("HOZEN_STUBBORN_TIMES");
    int nth;

    if ((flags & O_PATH) == 0 || meant == NULL || from == NULL || strcmp(name, meant) != 0)
        return 0;
    nth = ++times - atoi(from);
    return nth >= 0 && (most == NULL || nth < atoi(most));
}

int openat(int folder, const char *name, int flags, ...)
{
    int (*next)(int, const char *, int, ...) = (int (*)(int, const char *, int, ...))dlsym(RTLD_NEXT, "openat");
    const char *error = getenv("HOZEN_STUBBORN_ERROR");
    va_list more;
    mode_t mode;

    va_start(more, flags);
    mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(more, mode_t) : 0;
    va_end(more);
    if (!is_meant(name, flags))
        return next(folder, name, flags, mode);
    if (error == NULL || atoi(error) == 0) {
        sleep(60);
        return next(folder, name, flags, mode);
    }
    errno = atoi(error);
    return -1;
}
