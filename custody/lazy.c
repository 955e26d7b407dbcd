#include "custody/lazy.h"

#include <dlfcn.h>
#include <stdio.h>
#include <unistd.h>

#include "base/lang.h"

static void *load(const char *library)
{
    return dlopen(library, RTLD_NOW | RTLD_LOCAL); /* to stay */
}

int lazy_load(const char *library, struct hz_error *err)
{
    if (load(library) != NULL)
        return HZ_OK;
    return hz_error_set(err, HZ_E_UNSUPPORTED,
                        _("%s is not on this machine, or too old; install it and run the command again"), library);
}

void *lazy_function(const char *library, const char *name)
{
    void *handle = load(library), *function = handle != NULL ? dlsym(handle, name) : NULL;

    if (function != NULL)
        return function;
    fprintf(stderr, "hozen-custody: ");
    fprintf(stderr, _("%s is not on this machine, or too old; install it and run the command again"), library);
    fputc('\n', stderr);
    _exit(HZ_EXIT_FAILED);
}
