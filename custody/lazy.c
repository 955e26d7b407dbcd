#include "custody/lazy.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/lang.h"

static void *load(const char *library)
{
    return dlopen(library, RTLD_NOW | RTLD_LOCAL); /* to stay */
}

/* Why the loader failed: what it says itself, unless a file or a function was merely not found. */
static int explain(const char *library, struct hz_error *err)
{
    const char *why = dlerror();

    if (why != NULL && strstr(why, "No such file") == NULL && strstr(why, "undefined symbol") == NULL &&
        strstr(why, "not found") == NULL)
        return hz_error_set(err, HZ_E_IO, _("%s cannot be loaded: %s"), library, why);
    return hz_error_set(err, HZ_E_UNSUPPORTED,
                        _("%s is not on this machine, or too old; install it and run the command again"), library);
}

int lazy_load(const char *library, struct hz_error *err)
{
    return load(library) != NULL ? HZ_OK : explain(library, err);
}

void *lazy_function(const char *library, const char *name)
{
    struct hz_error err;
    void *handle = load(library), *function = handle != NULL ? dlsym(handle, name) : NULL;

    if (function != NULL)
        return function;
    explain(library, &err);
    fprintf(stderr, "hozen-custody: %s\n", err.text);
    _exit(HZ_EXIT_FAILED);
}
