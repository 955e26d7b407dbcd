/* What was asked for, checked. */
#ifndef HZ_COLLECTOR_OPTIONS_H
#define HZ_COLLECTOR_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/stamp.h"
#include "formats/write/record.h"

#define OPTIONS_TEXT_MAX 500                        /* a value of bag-info.txt */
#define OPTIONS_COMMAND_LINE_MAX ((size_t)64 << 10) /* it is written into a record of at most 1 MiB, escaped */

struct collect_options { /* nothing is owned; NULL: not given */
    const char *case_id, *operator_name, *organisation, *exhibit, *authority, *reason, *location;
    const char *const *witnesses;
    size_t witness_count;
    const char *item; /* never NULL after options_item */
    const char *out;  /* an existing directory; NULL with --plan */
    const char *const *paths;
    size_t path_count;
    bool cross_mounts;
    bool has_reference;
    struct stamp reference_time, reference_taken_at;
    const char *reference_source;
    const struct w_bytes *command_line;
    size_t command_line_count;
};

/* Texts are one line of UTF-8 within OPTIONS_TEXT_MAX, the item follows its grammar, paths are not empty, the command
 * line is within its bound. HZ_E_USAGE with the option's name. */
int options_check(const struct collect_options *o, struct hz_error *err);
/* An item name from a host name (NULL: unknown) and a time: "web01-20261120T123456Z". What the grammar does not allow
 * becomes '-'. Appends to out, NUL-terminated. */
int options_item(struct buf *out, const char *hostname, struct stamp now, struct hz_error *err);

#endif
