/* Functions of libraries that few commands need. Linked in, these libraries - 40 with those that they need themselves -
 * would be more than half of what it costs to start the program, which every other command pays. */
#ifndef HZ_CUSTODY_LAZY_H
#define HZ_CUSTODY_LAZY_H

#include "base/error.h"

#define LAZY_CURL "libcurl.so.4"
#define LAZY_ARCHIVE "libarchive.so.13"

/* HZ_E_UNSUPPORTED: it is not on this machine; HZ_E_IO: it could not be loaded, with the loader's reason. */
int lazy_load(const char *library, struct hz_error *err);
/* The function of this name. Where it is missing that is said and the program ends (exit 3). Once a library is loaded
 * this needs no system call, so that a jail can be entered then. */
void *lazy_function(const char *library, const char *name);

#endif
