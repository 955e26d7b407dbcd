/* Loadable modules as the kernel tells of them in several places. */
#ifndef HZ_COLLECTOR_KERNEL_KERN_MODULE_H
#define HZ_COLLECTOR_KERNEL_KERN_MODULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

#define KERN_MODULE_NAME 64 /* with its NUL; the kernel's MODULE_NAME_LEN is 56 (64 - sizeof(long)) */
#define KERN_MODULE_MAX 4096

enum kern_view { KERN_IN_KALLSYMS = 1, KERN_IN_PROC = 2, KERN_IN_SYSFS = 4 };

struct kern_module {
    char name[KERN_MODULE_NAME];
    unsigned views;
    bool known;             /* the fields below are from /proc/modules */
    uint64_t size, address; /* bytes; 0: hidden by kptr_restrict */
    int64_t references;     /* -1: cannot be unloaded */
    char state[16];         /* "Live", "Loading", "Unloading" */
    char taint[32];         /* letters, and '+' or '-' while it comes or goes */
    char users[512];        /* "a,b,": modules that use it; cut where there are more */
};

struct kern_modules {         /* zeroed: empty */
    struct kern_module *list; /* owned; by name after kern_module_sort */
    size_t count, room;
};

void kern_module_free(struct kern_modules *m);
/* One line of /proc/modules without its newline. HZ_E_FORMAT. */
int kern_module_parse(struct kern_module *out, const char *line, size_t len);
/* The module's name at the end of a line of /proc/kallsyms, or NULL: none, or one of the kernel's own parts ("bpf",
 * "__builtin__ftrace"). */
const char *kern_module_of_symbol(const char *line, size_t len, size_t *name_len);
/* What all views show now. Views that are not there are left out of *asked. root: of the host. */
int kern_module_views(int root, struct kern_modules *out, unsigned *asked, struct hz_error *err);
/* Is it in all views that were asked? A module that comes or goes may be missing in some. */
bool kern_module_agrees(const struct kern_module *m, unsigned asked);
const struct kern_module *kern_module_find(const struct kern_modules *m, const char *name);

#endif
