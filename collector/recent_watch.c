/* What the caller does while two threads look for recent files: it looks after them and says what is left out. */
#include <string.h>
#include <time.h>

#include "base/lang.h"
#include "collector/recent_scan_internal.h"
#include "formats/write/name.h"

#define WATCH_NS 50000000                  /* how often the caller looks after the workers */
#define GRACE_NS ((int64_t)2 * 1000000000) /* for a worker to come back once all is over */

static int64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* With the lock held. path: of a folder in a root, or NULL for the root. */
static int put_absence(struct scan *s, size_t root, const struct buf *path, struct walk_absence a, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf origin = BUF_INIT(2 * W_NAME_ORIGIN_MAX);
    HZ_CLEANUP(buf_free) struct buf packed = BUF_INIT((size_t)1 << 20);
    const char *text = s->config.roots[root].path;
    buf_puts(&origin, text);
    if (path != NULL && path->len > 0) {
        if (strcmp(text, "/") != 0)
            buf_putc(&origin, '/');
        buf_put(&origin, path->data, path->len);
    }
    a.failure = true;
    const struct recent_row row = { .absent = true, .origin = { origin.data, origin.len }, .absence = a };
    int rc = buf_check(&origin, err);
    if (rc == HZ_OK)
        rc = recent_rows_pack(&packed, &row, err);
    if (rc != HZ_OK)
        return rc;
    struct recent_rows *r = s->rows; /* a row about what could not be listed is never left out */
    if (r->room < r->pile.bytes.len + packed.len)
        r->room = r->pile.bytes.len + packed.len;
    if (r->most - r->weight < packed.len)
        r->most = r->weight + packed.len;
    return recent_rows_add(r, packed.data, packed.len, err);
}

/* With the lock held. The rest of every root: what is left in the queue may be millions of names. */
static int put_rest(struct scan *s, struct walk_absence a, struct hz_error *err)
{
    int rc = HZ_OK;
    for (size_t i = 0; rc == HZ_OK && i < s->config.root_count; i++)
        rc = put_absence(s, i, NULL, a, err);
    return rc;
}

/* With the lock held. Counted by how long the same call was seen: workers need no clock. */
static bool waits_too_long(const struct scan *s, struct scan_worker *w, int64_t now)
{
    uint64_t call = atomic_load_explicit(&w->call, memory_order_relaxed);
    int64_t most = s->config.deadline_ns;
    if (call != w->seen) {
        w->seen = call;
        w->seen_since = now;
    }
    if (s->over && (most == 0 || most > GRACE_NS))
        most = GRACE_NS;
    return w->busy && !w->lost && call != 0 && most != 0 && now - w->seen_since >= most;
}

/* With the lock held. Leaves behind workers that have been in one call for too long. */
static int watch(struct scan *s, struct hz_error *err)
{
    int64_t now = now_ns();
    int rc = HZ_OK;
    for (size_t i = 0; rc == HZ_OK && i < SCAN_THREADS; i++) {
        struct scan_worker *w = &s->workers[i];
        if (!waits_too_long(s, w, now))
            continue;
        struct walk_absence a = { .status = W_TIMEOUT, .reason = N_("its file system did not answer in time") };
        rc = put_absence(s, w->folder.root, &w->folder.path, a, err);
        w->lost = true;
        s->running--;
        s->busy--;
        pthread_cond_broadcast(&s->more); /* the others may have waited for what it would find */
    }
    if (rc == HZ_OK && s->running == 0 && !s->over && !recent_queue_is_empty(&s->queue)) {
        struct walk_absence a = { .status = W_TIMEOUT,
                                  .reason = N_("not looked at to the end: file systems did not answer in time") };
        rc = put_rest(s, a, err);
    }
    return rc;
}

static void wait_a_little(struct scan *s)
{
    int64_t ns = now_ns() + WATCH_NS;
    const struct timespec until = { .tv_sec = ns / 1000000000, .tv_nsec = ns % 1000000000 };
    pthread_cond_timedwait(&s->news, &s->lock, &until);
}

int scan_oversee(struct scan *s, struct hz_error *err)
{
    int rc = HZ_OK;
    while (rc == HZ_OK && s->running > 0) {
        wait_a_little(s);
        rc = watch(s, err);
        enum stop_reason why = s->over ? STOP_NONE : s->config.stopped(s->config.context);
        if (rc != HZ_OK || why == STOP_NONE)
            continue;
        scan_end(s);
        rc = put_rest(s, (struct walk_absence) { .status = stop_status(why), .reason = stop_text(why) }, err);
    }
    if (rc == HZ_OK && s->error.code != HZ_OK) {
        if (err != NULL)
            *err = s->error;
        return s->error.code;
    }
    struct walk_absence full = { .status = W_OVER_BUDGET,
                                 .reason = N_("more recent files than there is room for; the rest is not listed") };
    return rc == HZ_OK && s->full ? put_rest(s, full, err) : rc;
}
