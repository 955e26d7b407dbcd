/* What was asked for, checked. */
#ifndef HZ_COLLECTOR_OPTIONS_H
#define HZ_COLLECTOR_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/stamp.h"
#include "formats/write/compress.h"
#include "formats/write/record.h"

#define OPTIONS_TEXT_MAX 500                        /* a value of bag-info.txt */
#define OPTIONS_COMMAND_LINE_MAX ((size_t)64 << 10) /* it is written into a record of at most 1 MiB, escaped */
#define OPTIONS_MAX_SIZE_MIN ((uint64_t)4 << 20)    /* below it hardly more than the bundle's own records would fit */
#define OPTIONS_PROCESSES_MAX 64                    /* named with --process-memory */
#define OPTIONS_UNIT_MAX 255                        /* systemd.unit(5) */

enum options_progress {
    PROGRESS_AUTO, /* on a terminal */
    PROGRESS_NONE,
    PROGRESS_JSON
};

struct profile_set;

struct options_profiles { /* what profiles add: found or not, it is taken where it is there */
    const char *const *names;
    size_t name_count;
    const char *const *paths, *const *databases; /* patterns */
    size_t path_count, database_count;
    uint64_t max_file_size, total; /* of what was not named by a person; 0: none */
    bool every_package_file;
    const struct profile_set *list; /* NULL: none */
};

struct collect_options { /* nothing is owned; NULL: not given */
    const char *case_id, *operator_name, *organisation, *exhibit, *authority, *reason, *location;
    const char *const *witnesses;
    size_t witness_count;
    const char *const *not_before; /* as bounds_load makes them */
    size_t not_before_count;
    const char *item; /* never NULL after options_item */
    const char *out;  /* an existing directory; NULL with --plan and to_stdout */
    bool to_stdout;
    enum w_compress compress;
    bool sha512;                   /* beside sha256 */
    const char *const *recipients; /* the bundle is encrypted to these; none: it is not */
    size_t recipient_count;
    const char *const *sources; /* named with --source, or by a profile; names of source_table */
    size_t source_count;
    const char *const *typed_sources; /* those of --source alone */
    size_t typed_source_count;
    struct options_profiles profiles;
    const char *const *paths;
    size_t path_count;
    bool cross_mounts;
    const char *const *databases;
    size_t database_count;
    const char *const *units;
    size_t unit_count;
    bool has_since;
    struct stamp since;              /* CLOCK_REALTIME */
    bool logs_named;                 /* --since or --unit, not only a profile, asks for journal and logs */
    int64_t recent_ns;               /* 0: not asked for */
    struct stamp recent_since;       /* so long before the start, CLOCK_REALTIME */
    const char *const *recent_roots; /* "/" when none were named */
    size_t recent_root_count;
    bool recent_content;
    bool recent_named, recent_content_named; /* roots and content are from the command line */
    uint64_t max_size, max_file_size;        /* bytes; 0: none */
    uint64_t max_rate;                       /* bytes a second; 0: none */
    int64_t timeout_ns;                      /* 0: none */
    int64_t command_timeout_ns, db_hold_ns;  /* never 0 when read from a command line */
    bool has_command_timeout, has_db_hold;   /* given, not the default */
    bool environ_values;                     /* of processes, not only names */
    bool host_tools;                         /* what programs of the host print, as a labelled second source */
    int processes[OPTIONS_PROCESSES_MAX];    /* whose memory is to be taken */
    size_t process_count;
    bool wary;        /* planned again, because no answer came: patterns keep away from what others serve */
    const char *root; /* a mounted image instead of the live host; "/" else */
    enum options_progress progress;
    bool has_reference;
    struct stamp reference_time, reference_taken_at;
    const char *reference_source;
    const struct w_bytes *command_line;
    size_t command_line_count;
};

/* Texts are one line of UTF-8 within OPTIONS_TEXT_MAX, the item follows its grammar, units are names of units, paths
 * are not empty, recipients are ones of age, limits do not contradict each other, since is not after now, the command
 * line is within its bound.
 * HZ_E_USAGE with the option's name. */
int options_check(const struct collect_options *o, struct hz_error *err);
/* The name of a systemd unit, with its type or without: letters that systemd allows, no '-' first, no pattern. */
bool options_unit_valid(const char *unit);
/* Was this source named, or does a profile ask for it? */
bool options_chosen(const struct collect_options *o, const char *source);
/* Is it an image (--root), not the running host? */
bool options_rooted(const struct collect_options *o);
/* An item name from a host name (NULL: unknown) and a time: "web01-20261120T123456Z". What the grammar does not allow
 * becomes '-'. Appends to out, NUL-terminated. */
int options_item(struct buf *out, const char *hostname, struct stamp now, struct hz_error *err);
/* What stands behind the item in the name of the bundle file: ".tar", ".tar.gz", ".tar.zst", each with ".age" behind it
 * where the bundle is encrypted. */
const char *options_suffix(const struct collect_options *o);
/* Appends the path of the bundle file, NUL-terminated: DIR/ITEM and the suffix; "-" for standard output. */
int options_bundle(struct buf *out, const struct collect_options *o, struct hz_error *err);

#endif
