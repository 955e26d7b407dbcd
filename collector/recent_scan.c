#include "collector/recent_scan.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/io_open.h"
#include "base/lang.h"
#include "collector/detached.h"
#include "collector/recent_scan_internal.h"
#include "formats/write/name.h"

void recent_roots_free(struct recent_root *roots, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        free(roots[i].path);
        io_close(&roots[i].fd);
    }
    free(roots);
}

static void free_worker(struct scan_worker *w)
{
    buf_free(&w->folder.path);
    buf_free(&w->raw);
    buf_free(&w->key);
    buf_free(&w->lines);
    buf_free(&w->kept);
    buf_free(&w->rows);
    buf_free(&w->folders);
    recent_load_free(&w->load);
    free(w->listing);
    free(w->target);
}

static void free_scan(struct scan *s)
{
    for (size_t i = 0; i < SCAN_THREADS; i++)
        free_worker(&s->workers[i]);
    recent_queue_free(&s->queue);
    recent_roots_free(s->config.roots, s->config.root_count);
    pthread_cond_destroy(&s->more);
    pthread_cond_destroy(&s->news);
    pthread_mutex_destroy(&s->lock);
    free(s);
}

/* With the lock held; it is given back. */
static void let_go(struct scan *s)
{
    bool last = --s->holders == 0;
    pthread_mutex_unlock(&s->lock);
    if (last)
        free_scan(s);
}

void scan_end(struct scan *s)
{
    s->over = true;
    pthread_cond_broadcast(&s->more);
    pthread_cond_signal(&s->news);
}

static void fail(struct scan *s, const struct hz_error *why)
{
    if (s->error.code == HZ_OK)
        s->error = *why;
    scan_end(s);
}

/* With the lock held. *at: of the rows, how many bytes are handed on. */
static int put_batches(struct scan_worker *w, size_t *at, struct hz_error *err)
{
    struct scan *s = w->scan;
    size_t used;
    int rc = recent_rows_put(s->rows, w->rows.data + *at, w->rows.len - *at, &used, &w->load, err);
    *at += used;
    if (rc == HZ_OK && *at == w->rows.len && w->folders.len > 0) {
        rc = recent_queue_push(&s->queue, w->folders.data, w->folders.len, err);
        pthread_cond_signal(&s->more);
    }
    return rc;
}

static int write_load(struct scan_worker *w, struct hz_error *err)
{
    pthread_mutex_unlock(&w->scan->lock); /* the others go on */
    int rc = recent_load_write(&w->load, err);
    pthread_mutex_lock(&w->scan->lock);
    return rc;
}

/* With the lock held, which is given back while rows are written. */
static int hand_on(struct scan_worker *w, struct hz_error *err)
{
    size_t at = 0;
    int rc = HZ_OK;
    if (w->rows.len + w->folders.len == 0)
        return HZ_OK;
    do {
        rc = w->lost || w->scan->over ? hz_error_set(err, HZ_E_TIMEOUT, "stopped") : put_batches(w, &at, err);
        if (rc == HZ_OK && w->load.spool >= 0)
            rc = write_load(w, err);
    } while (rc == HZ_OK && at < w->rows.len);
    buf_reset(&w->rows);
    buf_reset(&w->folders);
    return rc;
}

int scan_hand_on(struct scan_worker *w, struct hz_error *err)
{
    atomic_store_explicit(&w->call, 0, memory_order_relaxed);
    pthread_mutex_lock(&w->scan->lock);
    int rc = hand_on(w, err);
    pthread_mutex_unlock(&w->scan->lock);
    return rc;
}

/* With the lock held, which is given back meanwhile. false: nothing more to do here. */
static bool work_once(struct scan_worker *w)
{
    struct scan *s = w->scan;
    int rc = recent_queue_pop(&s->queue, &w->folder, &w->failure);
    if (rc == HZ_OK) {
        w->busy = true;
        s->busy++;
        pthread_mutex_unlock(&s->lock);
        rc = scan_folder(w, &w->failure);
        atomic_store_explicit(&w->call, 0, memory_order_relaxed);
        pthread_mutex_lock(&s->lock);
        if (rc == HZ_OK)
            rc = hand_on(w, &w->failure);
        if (w->lost)
            return false;
        w->busy = false;
        s->busy--;
    }
    if (rc == HZ_E_LIMIT)
        s->full = true;
    if (rc == HZ_E_LIMIT || rc == HZ_E_TIMEOUT)
        scan_end(s);
    else if (rc != HZ_OK)
        fail(s, &w->failure);
    return true;
}

static void work(void *argument)
{
    struct scan_worker *w = argument;
    struct scan *s = w->scan;
    bool on = true;
    pthread_mutex_lock(&s->lock);
    while (on && !s->over) {
        if (!recent_queue_is_empty(&s->queue))
            on = work_once(w);
        else if (s->busy == 0)
            scan_end(s);
        else
            pthread_cond_wait(&s->more, &s->lock);
    }
    if (!w->lost && --s->running == 0)
        pthread_cond_signal(&s->news);
    let_go(s);
}

static bool init_worker(struct scan *s, struct scan_worker *w)
{
    w->scan = s;
    buf_init(&w->folder.path, 2 * W_NAME_ORIGIN_MAX);
    buf_init(&w->raw, 2 * W_NAME_ORIGIN_MAX);
    buf_init(&w->key, RECENT_KEY_MAX);
    buf_init(&w->lines, (size_t)2 << 20);
    buf_init(&w->kept, (size_t)64 << 10);
    buf_init(&w->rows, (size_t)4 << 20);
    buf_init(&w->folders, (size_t)1 << 20);
    recent_load_init(&w->load);
    w->listing = malloc(SCAN_LISTING);
    w->target = malloc(SCAN_TARGET_MAX);
    return w->listing != NULL && w->target != NULL;
}

static int queue_roots(struct scan *s, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf packed = BUF_INIT((size_t)1 << 20);
    for (size_t i = s->config.root_count; i-- > 0;)
        recent_queue_pack(&packed, (uint32_t)i, NULL, 0);
    int rc = buf_check(&packed, err);
    return rc == HZ_OK && packed.len > 0 ? recent_queue_push(&s->queue, packed.data, packed.len, err) : rc;
}

static int make_scan(const struct recent_scan_config *config, struct recent_rows *rows, struct scan **out,
                     struct hz_error *err)
{
    struct scan *s = aligned_alloc(_Alignof(struct scan), sizeof *s);
    if (s == NULL) {
        recent_roots_free(config->roots, config->root_count);
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    }
    memset(s, 0, sizeof *s);
    s->config = *config;
    s->rows = rows;
    s->holders = 1;
    recent_queue_init(&s->queue, config->spool_directory);
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_mutex_init(&s->lock, NULL);
    pthread_cond_init(&s->more, NULL);
    pthread_cond_init(&s->news, &monotonic);
    pthread_condattr_destroy(&monotonic);
    bool made = true;
    for (size_t i = 0; i < SCAN_THREADS; i++)
        made &= init_worker(s, &s->workers[i]);
    int rc = made ? queue_roots(s, err) : hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    if (rc == HZ_OK)
        *out = s;
    else
        free_scan(s);
    return rc;
}

/* With the lock held. At least one, or the scan cannot be done. */
static int start_workers(struct scan *s, struct hz_error *err)
{
    int failed = 0;
    for (size_t i = 0; i < SCAN_THREADS; i++) {
        failed = detached_start(NULL, work, &s->workers[i], i == 0);
        if (failed != 0)
            break;
        s->running++;
        s->holders++;
    }
    return s->running > 0 ? HZ_OK
                          : hz_error_sys(err, HZ_E_IO, failed, "%s",
                                         _("cannot start a thread (has this host reached its limit of tasks?)"));
}

int recent_scan_begin(const struct recent_scan_config *config, struct recent_rows *rows, struct scan **out,
                      struct hz_error *err)
{
    struct scan *s = NULL;
    int rc = make_scan(config, rows, &s, err);
    if (rc != HZ_OK)
        return rc;
    pthread_mutex_lock(&s->lock);
    rc = start_workers(s, err);
    pthread_mutex_unlock(&s->lock);
    if (rc == HZ_OK)
        *out = s;
    else
        recent_scan_abandon(s);
    return rc;
}

int recent_scan_end(struct scan *s, struct recent_scan_result *result, struct hz_error *err)
{
    struct recent_scan_result sum = { 0 };
    pthread_mutex_lock(&s->lock);
    int rc = scan_oversee(s, err);
    scan_end(s);
    for (size_t i = 0; i < SCAN_THREADS; i++) {
        s->workers[i].lost |= s->workers[i].busy; /* nobody waits for it any more */
        if (!s->workers[i].lost) {
            sum.looked_at += s->workers[i].looked_at;
            sum.exposed += s->workers[i].exposed;
        }
    }
    let_go(s);
    if (rc == HZ_OK)
        *result = sum;
    return rc;
}

void recent_scan_abandon(struct scan *s)
{
    if (s == NULL)
        return;
    pthread_mutex_lock(&s->lock);
    scan_end(s);
    for (size_t i = 0; i < SCAN_THREADS; i++)
        s->workers[i].lost = true;
    let_go(s);
}

int recent_scan(const struct recent_scan_config *config, struct recent_rows *rows, struct recent_scan_result *result,
                struct hz_error *err)
{
    struct scan *s = NULL;
    int rc = recent_scan_begin(config, rows, &s, err);
    return rc == HZ_OK ? recent_scan_end(s, result, err) : rc;
}
