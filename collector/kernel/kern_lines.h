/* A file of the kernel, line by line, however long. */
#ifndef HZ_COLLECTOR_KERNEL_KERN_LINES_H
#define HZ_COLLECTOR_KERNEL_KERN_LINES_H

#include <stddef.h>

#include "base/error.h"

#define KERN_LINE_MAX ((size_t)64 << 10) /* a longer line is given in pieces */

/* line: without its newline, not NUL-terminated; valid during the call. Other than HZ_OK ends the reading. */
typedef int kern_line(void *context, const char *line, size_t len, struct hz_error *err);
/* path: below root, "proc/modules"; one of the kernel's regular files. err->sys_errno says why it cannot be read. */
int kern_lines(int root, const char *path, kern_line *each, void *context, struct hz_error *err);
/* The same of bytes in memory. */
int kern_lines_of(const void *bytes, size_t len, kern_line *each, void *context, struct hz_error *err);

#endif
