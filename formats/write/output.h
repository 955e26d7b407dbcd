/* The file or pipe that a stream ends in. A file on a disk is written past the page cache where that can be, by a
 * thread of its own while the next bytes are gathered: what other programs have in memory stays there, and nothing is
 * left to be written when the bundle is synced. */
#ifndef HZ_FORMATS_WRITE_OUTPUT_H
#define HZ_FORMATS_WRITE_OUTPUT_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

#define W_OUTPUT_PARTS 2
#define W_OUTPUT_PART ((size_t)2 << 20) /* bytes of one write */

struct w_output {
    int fd; /* the caller's */
    bool direct;
    uint64_t bytes, handed; /* through the cache: put so far, and of these what the kernel was asked to write down */
    bool no_write_back;
    atomic_uint_fast64_t waiting;
    unsigned char *part[W_OUTPUT_PARTS]; /* owned */
    size_t len;                          /* of the part being gathered */
    pthread_t thread;
    bool runs, locks;
    pthread_mutex_t lock;
    pthread_cond_t told;
    /* under the lock: */
    uint64_t full, written; /* parts */
    bool over;
    struct hz_error error; /* the first failure */
};

/* fd: written in order, never seeked; -1: nothing is written, only counted by the caller. The thread, where there is
 * one, has the caller's signal mask. HZ_E_NOMEM, HZ_E_IO (no thread). */
int w_output_open(struct w_output *o, int fd, struct hz_error *err);
/* Legal on a zeroed struct. Waits for the write under way; what is still waiting is not written. */
void w_output_close(struct w_output *o);
/* By one thread. A failure to write earlier bytes is returned by a later call or by end. */
int w_output_put(struct w_output *o, const void *bytes, size_t len, struct hz_error *err);
/* Everything is written. Nothing but close after it. */
int w_output_end(struct w_output *o, struct hz_error *err);
/* Bytes that were put and not yet written. By any thread. */
uint64_t w_output_waiting(struct w_output *o);

#endif
