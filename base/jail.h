/* The jail of a process that parses hostile bytes: no_new_privs, Landlock (no file system), rlimits, and a seccomp
 * filter that kills on anything outside a short list. Enter after everything is loaded and every thread exists. */
#ifndef HZ_BASE_JAIL_H
#define HZ_BASE_JAIL_H

#include <stddef.h>

#include "base/buf.h"
#include "base/error.h"

enum jail_layer { JAIL_NO_NEW_PRIVS = 1, JAIL_LANDLOCK = 2, JAIL_RLIMITS = 4, JAIL_SECCOMP = 8, JAIL_ALL = 15 };

/* no_new_privs and Landlock alone, for the caller and the threads that it starts from now on. */
void jail_prepare(unsigned *layers);

/* Allowed afterwards: read write close lseek brk mmap/mprotect (no exec) munmap mremap madvise fstat futex
 * clock_gettime getrandom rt_sigreturn rt_sigprocmask exit exit_group, on descriptors that are open already. The C
 * library's fstat() fails with EPERM (it asks by name), and so does whatever wants a new descriptor. The filter binds
 * every thread; those must run already (wait for a sign of life: what glibc does to start one is not allowed). Landlock
 * binds the caller, and threads that were started after jail_prepare. *layers says what this kernel gave; a missing
 * layer is not an error here, the caller reports it. HZ_E_IO only when seccomp exists and loading fails. */
int jail_enter(unsigned *layers, struct hz_error *err);

/* At most so many bytes of its own for this process, heap, stacks and private mappings, from now on: what wants more is
 * told that memory is out. Nothing in a build with a sanitizer, which needs its own. */
void jail_bound_memory(size_t most);

/* The layers that this kernel can give, without entering. */
unsigned jail_offered(void);
/* Appends the names of those that are not among them: "landlock, seccomp". Nothing when all are. */
void jail_missing(unsigned layers, struct buf *out);

#endif
