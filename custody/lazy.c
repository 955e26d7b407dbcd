#include "custody/lazy.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "base/lang.h"

static void *load(const char *library)
{
    return dlopen(library, RTLD_NOW | RTLD_LOCAL); /* to stay */
}

/* Why the loader failed: what a system call said, unless a file was merely not found. */
static int explain(const char *library, int failed, struct hz_error *err)
{
    if (failed != 0 && failed != ENOENT)
        return hz_error_sys(err, hz_error_class(failed), failed, _("%s cannot be loaded"), library);
    return hz_error_set(err, HZ_E_UNSUPPORTED,
                        _("%s is not on this machine, or too old; install it and run the command again"), library);
}

int lazy_load(const char *library, struct hz_error *err)
{
    errno = 0;
    return load(library) != NULL ? HZ_OK : explain(library, errno, err);
}

void *lazy_function(const char *library, const char *name)
{
    struct hz_error err;
    errno = 0;
    void *handle = load(library), *function = handle != NULL ? dlsym(handle, name) : NULL;

    if (function != NULL)
        return function;
    explain(library, errno, &err);
    fprintf(stderr, "hozen-custody: %s\n", err.text);
    _exit(HZ_EXIT_FAILED);
}
