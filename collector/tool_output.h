/* What a program prints, kept until its size is known: in an unlinked spool beside the bundle, or in memory. */
#ifndef HZ_COLLECTOR_TOOL_OUTPUT_H
#define HZ_COLLECTOR_TOOL_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "collector/run.h"

struct tool_output {
    struct run *run;
    int spool;                 /* -1: memory */
    struct buf memory;         /* at most TOOL_MEMORY_MAX */
    uint64_t size;             /* of stdout, as far as it is kept */
    const char *full;          /* why no more could be kept; NULL: all is there */
    struct budget_claim claim; /* for what is kept of stdout */
    struct buf errors;         /* stderr, at most TOOL_ERRORS_MAX */
    bool errors_cut;
};

int tool_output_begin(struct tool_output *o, struct run *run, struct hz_error *err);
/* NULL run is legal: one that never began. */
void tool_output_free(struct tool_output *o);
/* For child_reader; context: the struct. HZ_E_LIMIT: no more can be kept, `full` says why. */
int tool_output_put(void *context, bool error, const void *bytes, size_t len, struct hz_error *err);
/* As one member with method `exec`. path: mapped, from "data/" on. */
int tool_output_store(struct tool_output *o, const char *path, struct stamp since, enum w_file_status status,
                      struct hz_error *err);
int tool_output_store_errors(struct tool_output *o, const char *path, struct stamp since, struct hz_error *err);

#endif
