#include "collector/db_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <time.h>
#include <unistd.h>

#include "base/lang.h"

#define SECOND INT64_C(1000000000)
#define NAP 2000000 /* nanoseconds between two tries */

struct range {
    int64_t start, len;
};

/* os_unix.c: PENDING_BYTE and behind it RESERVED and SHARED; UNIX_SHM_BASE (120) and behind it the locks of wal.c. */
static const struct range pending = { 0x40000000, 1 }, reserved = { 0x40000001, 1 }, shared = { 0x40000002, 510 };
static const struct range checkpointing = { 121, 1 }, mark_0 = { 123, 1 }, mark_4 = { 127, 1 }, dead_man = { 128, 1 };

int64_t db_lock_now(void)
{
    struct timespec t = { 0, 0 };
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * SECOND + t.tv_nsec;
}

static struct flock of(short type, struct range r)
{
    return (struct flock) { .l_type = type, .l_whence = SEEK_SET, .l_start = r.start, .l_len = r.len };
}

static void give_back(int fd, struct range r)
{
    struct flock lock = of(F_UNLCK, r);
    fcntl(fd, F_OFD_SETLK, &lock);
}

static int wait_for(int fd, struct range r, const struct db_patience *p, struct hz_error *err)
{
    struct flock lock = of(F_RDLCK, r);
    while (fcntl(fd, F_OFD_SETLK, &lock) != 0) {
        if (errno == EINTR)
            continue;
        if (errno != EAGAIN && errno != EACCES)
            return hz_error_sys(err, HZ_E_IO, errno, "%s", _("cannot lock"));
        if (db_lock_now() >= p->until || p->stopped(p->context))
            return hz_error_set(err, HZ_E_TIMEOUT, "%s", _("not done in time"));
        nanosleep(&(struct timespec) { 0, NAP }, NULL);
    }
    return HZ_OK;
}

/* PENDING first, as SQLite does: a writer that waits for its readers to leave is not kept waiting by a new one. */
int db_lock_database(int fd, const struct db_patience *patience, struct hz_error *err)
{
    int rc = wait_for(fd, pending, patience, err);
    if (rc == HZ_OK)
        rc = wait_for(fd, shared, patience, err);
    give_back(fd, pending);
    return rc;
}

int db_lock_index(int shm, const struct db_patience *patience, struct hz_error *err)
{
    const struct range wanted[] = { dead_man, checkpointing, mark_0, mark_4 };
    int rc = HZ_OK;
    for (size_t i = 0; rc == HZ_OK && i < sizeof wanted / sizeof wanted[0]; i++)
        rc = wait_for(shm, wanted[i], patience, err);
    if (rc != HZ_OK)
        db_lock_release(shm);
    return rc;
}

void db_lock_release(int fd)
{
    if (fd >= 0)
        give_back(fd, (struct range) { 0, 0 });
}

static bool held(int fd, struct range r)
{
    struct flock lock = of(F_WRLCK, r);
    return fcntl(fd, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

bool db_lock_index_used(int shm)
{
    return held(shm, dead_man);
}

bool db_lock_reserved(int fd)
{
    return held(fd, reserved);
}
