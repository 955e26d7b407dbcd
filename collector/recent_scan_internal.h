/* Shared by recent_scan.c (threads), recent_folder.c (one folder) and recent_watch.c, and by nobody else. */
#ifndef HZ_COLLECTOR_RECENT_SCAN_INTERNAL_H
#define HZ_COLLECTOR_RECENT_SCAN_INTERNAL_H

#include <pthread.h>
#include <stdatomic.h>

#include "collector/recent_queue.h"
#include "collector/recent_scan.h"

#define SCAN_THREADS 2
#define SCAN_LISTING ((size_t)64 << 10)   /* bytes of entries asked for at a time */
#define SCAN_BATCH ((size_t)128 << 10)    /* bytes of rows and of folders before they are handed on */
#define SCAN_TARGET_MAX ((size_t)8 << 10) /* of a symbolic link; Linux allows 4,095 */
#define SCAN_APART 128                    /* bytes: processors take memory in pairs of lines */

struct scan;

struct scan_worker { /* written for each name: no other thread's words are in its lines */
    _Alignas(SCAN_APART) struct scan *scan;
    _Atomic uint64_t call;       /* which one may be waiting now, counted; 0: none */
    uint64_t calls;              /* that were begun */
    uint64_t seen;               /* call, when the caller looked after it last, */
    int64_t seen_since;          /* and when it first was that */
    bool busy, lost;             /* under the lock */
    struct recent_folder folder; /* changes under the lock only */
    struct buf raw;              /* absolute path of the entry at hand */
    size_t raw_len;              /* of the folder's own in it, without a slash at its end */
    struct buf key;              /* of the folder, once a row needs it; then of the entry at hand */
    size_t key_len;              /* of the folder's own in it; SIZE_MAX: not made yet */
    struct buf lines, kept;      /* of the entry at hand */
    struct buf rows, folders;    /* packed, not handed on yet */
    struct recent_load load;     /* on its way into the spool */
    struct statx stat;           /* of the entry at hand; these four are not on the stack, where each would be zeroed */
    struct hz_error why, failure; /* what is said about evidence; why the scan ends */
    struct recent_found found;
    uint64_t looked_at, exposed;
    unsigned char *listing; /* owned, SCAN_LISTING bytes */
    char *target;           /* owned, SCAN_TARGET_MAX bytes */
};

struct scan { /* outlives the call when a thread had to be left behind */
    pthread_mutex_t lock;
    pthread_cond_t more; /* for workers: a folder waits, or over */
    pthread_cond_t news; /* for the caller: over */
    _Alignas(SCAN_APART) struct recent_scan_config config;
    struct recent_rows *rows; /* the caller's: not touched by a worker that is lost */
    struct recent_queue queue;
    struct scan_worker workers[SCAN_THREADS];
    unsigned running, busy; /* workers that are not lost; of these, in a folder */
    unsigned holders;       /* who still uses this: the last one frees it */
    atomic_bool over;       /* changes under the lock */
    bool full;              /* the spool is missing and memory used up */
    struct hz_error error;
};

/* Reads the worker's folder: rows and folders are handed on in batches, but for the last of them. HZ_OK also when it
 * cannot be read, HZ_E_TIMEOUT when the scan ended meanwhile. */
int scan_folder(struct scan_worker *w, struct hz_error *err);
/* Hands on what the worker holds. HZ_E_TIMEOUT: the scan ended meanwhile, or left this worker behind. */
int scan_hand_on(struct scan_worker *w, struct hz_error *err);
/* With the lock held: looks after the workers until none that is not lost runs any more. */
int scan_oversee(struct scan *s, struct hz_error *err);
void scan_end(struct scan *s); /* with the lock held */

#endif
