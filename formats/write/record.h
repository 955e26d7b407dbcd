/* What is known of one file, object, absence, action and of the whole acquisition: plain data, owned by the caller,
 * valid during the call it is given to. NULL or `known == false` is "unknown", which becomes an absent key. */
#ifndef HZ_FORMATS_WRITE_RECORD_H
#define HZ_FORMATS_WRITE_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/stamp.h"

struct w_bytes {
    const void *data;
    size_t len;
}; /* raw; data NULL: unknown */

struct w_xattr {
    struct w_bytes name, value;
};

struct w_stat { /* from statx(2), before reading */
    bool known;
    mode_t mode; /* type and permission bits */
    uint32_t uid, gid, links;
    uint64_t inode;
    uint32_t device_major, device_minor;
    uint32_t rdevice_major, rdevice_minor;
    struct stamp atime, mtime, ctime, btime;
    bool has_btime;
    const struct w_xattr *xattrs; /* any order */
    size_t xattr_count;
    bool xattrs_incomplete;
};

enum w_file_status { W_COLLECTED, W_CHANGED, W_GREW, W_SHRUNK, W_LIMITED };

struct w_file {
    const char *path; /* "data/files/etc/passwd": mapped by w_name_* */
    const char *source;
    struct w_bytes origin; /* absolute host path; unknown for produced files */
    const char *method;    /* "read", "procfs", "generated", ... */
    struct w_stat stat;
    struct stamp acquired_at;
};

struct w_object { /* type follows from stat.mode */
    const char *source;
    struct w_bytes origin;
    struct w_bytes target; /* symlinks */
    struct w_stat stat;
    struct stamp acquired_at;
};

enum w_absent_status { W_VANISHED, W_DENIED, W_TIMEOUT, W_OVER_BUDGET, W_EXCLUDED, W_UNAVAILABLE, W_IO_ERROR };

struct w_absent {
    const char *source;
    struct w_bytes origin;
    enum w_absent_status status;
    const char *reason; /* English, one line */
    int sys_errno;      /* 0: none */
};

struct w_moment {
    struct stamp realtime, boottime;
};

struct w_action {
    const char *action; /* [a-z][a-z0-9-]{0,31} */
    const char *source;
    const char *target;
    const char *detail;
    struct w_moment start, end;
    uint64_t count, failures;
};

struct w_counts {
    uint64_t collected, recorded, absent;
};

struct w_source_summary {
    const char *name;
    bool complete;
    struct w_counts counts;
};

struct w_recent { /* files changed not long ago */
    bool asked;
    struct stamp since;
    const char *const *roots;
    size_t root_count;
    bool content;
};

struct w_limits {                               /* 0: none was set */
    uint64_t max_size, max_file_size, max_rate; /* bytes, bytes, bytes per second */
    uint64_t timeout_seconds, command_timeout_seconds, db_hold_milliseconds;
};

struct w_requested {
    const struct w_bytes *paths;
    size_t path_count;
    bool cross_mounts;
    const char *const *databases;
    size_t database_count; /* 0: absent */
    const char *const *units;
    size_t unit_count; /* 0: absent */
    bool has_since;
    struct stamp since;
    struct w_recent recent;
    struct w_limits limits;
    const char *const *profiles, *const *sources;
    size_t profile_count, source_count; /* 0: absent */
    const char *root;                   /* NULL: the live host */
    bool environ, host_tools;           /* absent when false */
    const int *processes;
    size_t process_count; /* 0: absent */
};

struct w_acquisition {
    const char *case_id, *operator_name, *organisation, *exhibit, *authority, *reason, *location;
    const char *const *witnesses;
    size_t witness_count;
    const char *const *not_before; /* texts of formats/spec/timestamp.md section 4 */
    size_t not_before_count;
    struct {
        const char *hostname, *machine_id, *boot_id, *kernel, *architecture, *operating_system;
    } host;
    struct w_moment clock_start, clock_end;
    int offset_start_minutes, offset_end_minutes;
    struct {
        bool known;
        struct stamp time, taken_at;
        const char *source;
    } reference;
    struct {
        const char *name, *version, *sha256;
        const struct w_bytes *command_line;
        size_t command_line_count;
        uint32_t uid;
    } tool;
    struct w_requested requested;
    const struct w_source_summary *sources; /* in tar order, without blind; its counts included in the whole */
    size_t source_count;
    const struct w_bytes *mounts_not_crossed;
    size_t mount_count;
    bool complete; /* status complete or partial */
    struct stamp finished;
};

#endif
