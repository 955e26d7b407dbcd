/* Rows of data/recent: recent.jsonl and bodyfile.txt (formats/spec/sources.md, recent). */
#ifndef HZ_COLLECTOR_RECENT_TEXT_H
#define HZ_COLLECTOR_RECENT_TEXT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/stamp.h"
#include "formats/write/record.h"

enum { RECENT_BTIME = 1, RECENT_CTIME = 2, RECENT_MTIME = 4 };

struct recent_window {
    struct stamp since, started; /* since <= time lists a thing, started < time is its future */
};

#define RECENT_CAPABILITY_MAX 24 /* the longest that there is, linux/capability.h */

struct recent_found {      /* one thing to be listed */
    struct w_bytes origin; /* raw absolute path */
    struct w_bytes target; /* symbolic links; data NULL: unknown */
    struct w_stat stat;    /* without attributes */
    uint64_t size;
    unsigned within, future;                         /* sets of RECENT_* */
    unsigned char capability[RECENT_CAPABILITY_MAX]; /* security.capability as it is stored, for other listers */
    size_t capability_len;
};

/* Fills *out from st, without names. false: none of its times lies in the window, *out stays as it is. */
bool recent_text_judge(const struct recent_window *window, const struct statx *st, struct recent_found *out);

/* The first line of recent.jsonl, with a fresh salt. */
int recent_text_first(struct buf *out, const struct recent_window *window, const char *const *roots, size_t root_count,
                      struct hz_error *err);
/* Each appends the line of one thing with its newline. */
int recent_text_json(struct buf *out, const struct recent_found *f, struct hz_error *err);
int recent_text_json_any(struct buf *out, const struct recent_found *f, struct hz_error *err); /* the same, slower */
int recent_text_body(struct buf *out, const struct recent_found *f, struct hz_error *err);
/* How long both will be; lines: for use here. */
int recent_text_measure(struct buf *lines, const struct recent_found *f, uint32_t *body, uint32_t *json,
                        struct hz_error *err);

/* Until its lines are made, in fewer bytes: appends all but the origin and what is kept for other listers. */
int recent_text_keep(struct buf *out, const struct recent_found *f, struct hz_error *err);
/* The same again; *f has parts of kept, and no origin. */
void recent_text_again(struct recent_found *f, struct w_bytes kept);

#endif
