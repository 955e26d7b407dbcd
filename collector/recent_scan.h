/* Looking through folders for what changed lately, or for something else: two threads read folders and examine every
 * name in them, the caller watches over them. No file is opened. */
#ifndef HZ_COLLECTOR_RECENT_SCAN_H
#define HZ_COLLECTOR_RECENT_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/stamp.h"
#include "collector/own.h"
#include "collector/recent_rows.h"
#include "collector/recent_text.h"
#include "collector/stop.h"

struct recent_root {
    char *path; /* raw, absolute, without links; owned */
    int fd;     /* owned; a folder */
};

/* What is listed instead of what changed lately, and how. Both are called by the scan's threads and touch nothing else.
 */
struct recent_lister {
    /* Is this name listed? Then *out is filled, without names. folder: that it is in, open for listing. */
    bool (*judge)(int folder, const char *name, const struct statx *st, struct recent_found *out);
    /* Appends what its row shall keep. */
    int (*keep)(struct buf *out, const struct recent_found *found, struct hz_error *err);
};

struct recent_scan_config {
    const struct recent_lister *lister; /* NULL: what changed lately, kept by recent_text_keep */
    struct recent_root *roots;          /* owned: taken over by recent_scan, whatever becomes of it */
    size_t root_count;
    bool cross_mounts;
    bool image; /* what the running kernel mounted there is left out */
    struct recent_window window;
    struct own own;
    int spool_directory;                        /* -1: none */
    int64_t deadline_ns;                        /* for the file system to answer, 0: none */
    enum stop_reason (*stopped)(void *context); /* called by the calling thread, about twenty times a second */
    void *context;
};

struct recent_scan_result {
    uint64_t looked_at; /* names */
    uint64_t exposed;   /* folders and links read in a way that may move an access time */
};

/* Rows for everything below the roots, not for the roots themselves. HZ_OK also when it ended early or a folder could
 * not be read: rows say so. A thread whose file system does not answer is left behind, with what it holds. */
int recent_scan(const struct recent_scan_config *config, struct recent_rows *rows, struct recent_scan_result *result,
                struct hz_error *err);
/* The same in two steps: meanwhile rows belong to the scan, and nobody looks after its threads. recent_scan_end
 * releases it in any case, as does recent_scan_abandon, which waits for nothing; NULL is legal there. */
struct scan;
int recent_scan_begin(const struct recent_scan_config *config, struct recent_rows *rows, struct scan **out,
                      struct hz_error *err);
int recent_scan_end(struct scan *s, struct recent_scan_result *result, struct hz_error *err);
void recent_scan_abandon(struct scan *s);
void recent_roots_free(struct recent_root *roots, size_t count);

#endif
