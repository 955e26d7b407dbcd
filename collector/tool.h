/* A program of the host as a second, labelled source (method exec): started by its absolute path with an empty
 * environment, never through a shell, under a deadline, its output bounded and kept. */
#ifndef HZ_COLLECTOR_TOOL_H
#define HZ_COLLECTOR_TOOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "collector/run.h"
#include "formats/write/digest.h"

#define TOOL_MEMORY_MAX ((size_t)8 << 20) /* of output, where there is no directory for a spool */
#define TOOL_ERRORS_MAX ((size_t)1 << 20) /* of what it writes to stderr */

struct tool {
    const char *path;          /* the caller's */
    char sha256[W_DIGEST_HEX]; /* of the binary when it was looked for; as everything, the host's word */
};

/* The first of these absolute paths at which a regular file is. HZ_E_NOTFOUND, or why it cannot be read. */
int tool_find(int root, const char *const *paths, size_t count, struct tool *out, struct hz_error *err);

struct tool_command {
    const char *const *argv; /* NULL-terminated; argv[0] included */
    const char *path;        /* of the member for its stdout, mapped, "data/<source>/..."; ".stderr" is put behind it */
    const char *about;       /* begins the reasons of absent rows: "journalctl for the unit sshd" */
    const char *empty;       /* NULL: no output is an empty file; else it is an absent row with this reason */
};

/* Runs it and writes its output, what it wrote to stderr (if it did) and an `exec` action. What was printed before it
 * was ended (deadline, limit, interruption) is kept with status limited, and an absent row stands for the rest; so it
 * does beside the output of one that failed. Fails only when the bundle cannot go on. */
int tool_take(struct run *run, const struct tool *tool, const struct tool_command *command, struct hz_error *err);

#endif
