#include "formats/write/output.h"

#include <stdlib.h>
#include <string.h>

#include "base/io_direct.h"
#include "base/io_rw.h"
#include "base/lang.h"
#include "base/thread.h"

#define WRITE_BACK (UINT64_C(8) << 20) /* bytes after which the kernel is asked to begin writing them down */

/* Under the lock. */
static int failure(const struct w_output *o, struct hz_error *err)
{
    if (o->error.code != HZ_OK && err != NULL)
        *err = o->error;
    return o->error.code;
}

/* After a failure the rest of the parts is passed over. */
static void *write_parts(void *argument)
{
    struct w_output *o = argument;
    pthread_mutex_lock(&o->lock);
    for (;;) {
        while (o->written == o->full && !o->over)
            pthread_cond_wait(&o->told, &o->lock);
        if (o->written == o->full)
            break;
        struct hz_error err = { 0 };
        const unsigned char *bytes = o->part[o->written % W_OUTPUT_PARTS];
        bool failed = o->error.code != HZ_OK;
        pthread_mutex_unlock(&o->lock);
        int rc = failed ? HZ_OK : io_direct_write(o->fd, bytes, W_OUTPUT_PART, &err);
        atomic_fetch_sub(&o->waiting, W_OUTPUT_PART);
        pthread_mutex_lock(&o->lock);
        if (rc != HZ_OK)
            o->error = err;
        o->written++;
        pthread_cond_signal(&o->told);
    }
    pthread_mutex_unlock(&o->lock);
    return NULL;
}

static int open_direct(struct w_output *o, struct hz_error *err)
{
    pthread_mutex_init(&o->lock, NULL); /* these two cannot fail on Linux with default attributes */
    pthread_cond_init(&o->told, NULL);
    o->locks = true;
    for (unsigned i = 0; i < W_OUTPUT_PARTS; i++) {
        o->part[i] = aligned_alloc(IO_DIRECT_ALIGN, W_OUTPUT_PART);
        if (o->part[i] == NULL)
            return hz_error_set(err, HZ_E_NOMEM, "%s", _("out of memory"));
    }
    int code = thread_start(&o->thread, write_parts, o, true);
    if (code != 0)
        return hz_error_sys(err, HZ_E_IO, code, "%s",
                            _("cannot start a thread (has this host reached its limit of tasks?)"));
    o->runs = true;
    return HZ_OK;
}

int w_output_open(struct w_output *o, int fd, struct hz_error *err)
{
    memset(o, 0, sizeof *o);
    o->fd = fd;
    atomic_init(&o->waiting, 0);
    o->direct = fd >= 0 && io_direct_begin(fd);
    return o->direct ? open_direct(o, err) : HZ_OK;
}

static void stop(struct w_output *o, bool drop)
{
    if (!o->runs)
        return;
    pthread_mutex_lock(&o->lock);
    o->over = true;
    if (drop && o->error.code == HZ_OK)
        o->error.code = HZ_E_IO;
    pthread_cond_signal(&o->told);
    pthread_mutex_unlock(&o->lock);
    pthread_join(o->thread, NULL);
    o->runs = false;
}

void w_output_close(struct w_output *o)
{
    stop(o, true);
    if (o->locks) {
        pthread_cond_destroy(&o->told);
        pthread_mutex_destroy(&o->lock);
    }
    for (unsigned i = 0; i < W_OUTPUT_PARTS; i++)
        free(o->part[i]);
    memset(o, 0, sizeof *o);
}

/* Lets the medium work while we do, so that the fsync at the end is short. */
static void write_back(struct w_output *o)
{
    if (o->fd < 0 || o->no_write_back || o->bytes - o->handed < WRITE_BACK)
        return;
    o->no_write_back = !io_write_back(o->fd, o->handed, o->bytes - o->handed);
    o->handed = o->bytes;
}

static int put_cached(struct w_output *o, const void *bytes, size_t len, struct hz_error *err)
{
    int rc = o->fd < 0 ? HZ_OK : io_write(o->fd, bytes, len, err);
    if (rc != HZ_OK)
        return rc;
    o->bytes += len;
    write_back(o);
    return HZ_OK;
}

/* The full part is the thread's; waits until there is another to gather in. */
static int turn(struct w_output *o, struct hz_error *err)
{
    pthread_mutex_lock(&o->lock);
    o->full++;
    o->len = 0;
    pthread_cond_signal(&o->told);
    while (o->full - o->written == W_OUTPUT_PARTS)
        pthread_cond_wait(&o->told, &o->lock);
    int rc = failure(o, err);
    pthread_mutex_unlock(&o->lock);
    return rc;
}

int w_output_put(struct w_output *o, const void *bytes, size_t len, struct hz_error *err)
{
    const unsigned char *p = bytes;
    int rc = HZ_OK;
    if (!o->direct)
        return put_cached(o, bytes, len, err);
    while (rc == HZ_OK && len > 0) {
        size_t room = W_OUTPUT_PART - o->len, n = len < room ? len : room;
        memcpy(o->part[o->full % W_OUTPUT_PARTS] + o->len, p, n);
        atomic_fetch_add(&o->waiting, n);
        o->len += n;
        p += n;
        len -= n;
        rc = o->len == W_OUTPUT_PART ? turn(o, err) : HZ_OK;
    }
    return rc;
}

int w_output_end(struct w_output *o, struct hz_error *err)
{
    if (!o->direct)
        return HZ_OK;
    stop(o, false);
    int rc = failure(o, err);
    if (rc != HZ_OK)
        return rc;
    io_direct_end(o->fd); /* the rest is not aligned */
    rc = io_write(o->fd, o->part[o->full % W_OUTPUT_PARTS], o->len, err);
    atomic_store(&o->waiting, 0);
    return rc;
}

uint64_t w_output_waiting(struct w_output *o)
{
    return atomic_load(&o->waiting);
}
