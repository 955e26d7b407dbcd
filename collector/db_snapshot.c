#include "collector/db_snapshot.h"

#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "base/io_open.h"
#include "base/io_rw.h"
#include "base/lang.h"
#include "formats/write/name.h"

#define TRIES 3
#define GROWTH_MIN ((uint64_t)256 << 20) /* bytes that a log may grow by under lock, or as much as its database has */
#define NAP 2000000                      /* nanoseconds between two looks at an index that is being written */

const char *const db_suffix[DB_ROLES] = { "", "-journal", "-wal", "-shm" };

enum outcome { HELD, UNLOCKED, AGAIN };

struct work {
    struct db_snapshot *s;
    const struct db_request *r;
    struct db_patience patience;
    struct db_pace pace;
    struct db_index index;
    int64_t locked_at; /* 0: not locked (any more) */
    bool bounded;      /* by hold_ns */
    uint64_t spooled;
    size_t owed; /* bytes that were copied faster than the pace, since writers waited */
};

void db_snapshot_init(struct db_snapshot *s)
{
    memset(s, 0, sizeof *s);
    for (int i = 0; i < DB_ROLES; i++)
        db_copy_init(&s->files[i]);
}

void db_snapshot_close(struct db_snapshot *s)
{
    for (int i = 0; i < DB_ROLES; i++)
        db_copy_close(&s->files[i]);
}

static bool writers_wait(const struct work *w)
{
    return w->bounded && w->locked_at != 0;
}

static void unlock(struct work *w)
{
    db_lock_release(w->s->files[DB_INDEX].fd);
    db_lock_release(w->s->files[DB_MAIN].fd);
    if (w->locked_at != 0)
        w->s->held_ns += db_lock_now() - w->locked_at;
    w->locked_at = 0;
}

/* Under our locks no checkpoint empties the log: it must not fill the host's disk. */
static bool grows_too_much(const struct work *w)
{
    const struct db_file *wal = &w->s->files[DB_WAL];
    uint64_t size = w->s->files[DB_MAIN].size, bound = size > GROWTH_MIN ? size : GROWTH_MIN;
    struct statx now;
    struct hz_error ignored;
    return w->s->mode == DB_MODE_WAL_LIVE && wal->fd >= 0 && io_statx(wal->fd, &now, &ignored) == HZ_OK &&
           now.stx_size > wal->before.stx_size + bound;
}

static int step(void *context, size_t len, struct hz_error *err)
{
    struct work *w = context;
    w->spooled += len;
    const char *over = NULL;
    int rc = HZ_OK;
    w->owed += len;
    if (!writers_wait(w)) {
        rc = w->r->step(w->r->context, w->owed, err);
        w->owed = 0;
    } else if (w->r->stopped(w->r->context)) {
        rc = hz_error_set(err, HZ_E_TIMEOUT, "%s", _("not done in time"));
    }
    if (rc != HZ_OK || w->locked_at == 0)
        return rc;
    if (w->bounded && db_lock_now() - w->locked_at > w->r->hold_ns)
        over = N_("writers were kept waiting for as long as --db-hold allows");
    else if (grows_too_much(w))
        over = N_("its -wal grew too much behind the locks");
    if (over != NULL) {
        w->s->why = w->s->why == NULL ? over : w->s->why;
        unlock(w);
    }
    return rc;
}

static int open_role(struct work *w, enum db_role role, struct db_file *f, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf path = BUF_INIT(W_NAME_ORIGIN_MAX + 16);
    buf_put(&path, w->r->origin.data, w->r->origin.len);
    buf_puts(&path, db_suffix[role]);
    if (buf_text(&path) == NULL)
        return buf_check(&path, err);
    return db_copy_open(f, w->r->root, (const char *)path.data, path.len, err);
}

/* What stands beside the database. One that is there and cannot be opened: not consistent. */
static int open_beside(struct work *w, struct hz_error *err)
{
    int rc = HZ_OK;
    for (enum db_role role = DB_JOURNAL; rc == HZ_OK && role < DB_ROLES; role++) {
        struct db_file *f = &w->s->files[role];
        rc = open_role(w, role, f, err);
        if (rc == HZ_OK && f->failed != 0)
            w->s->why = N_("a file that belongs to it cannot be read");
        if (rc == HZ_OK && f->fd >= 0)
            rc = db_copy_measure(f, err);
    }
    return rc;
}

/* https://www.sqlite.org/fileformat2.html section 1.3; an empty -wal is none to SQLite (unixAccess in os_unix.c) */
static void read_mode(struct work *w)
{
    static const char magic[16] = "SQLite format 3";
    struct db_snapshot *s = w->s;
    unsigned char header[20] = { 0 };
    struct hz_error ignored;
    size_t got = 0;
    if (io_read_at(s->files[DB_MAIN].fd, 0, header, sizeof header, &got, &ignored) != HZ_OK)
        got = 1; /* then it is not known */
    uint32_t size = (uint32_t)header[16] << 8 | header[17];
    bool known = got == 0 || (got == sizeof header && memcmp(header, magic, sizeof magic) == 0);
    s->page_size = !known || got == 0 ? 0 : size == 1 ? 65536 : size;
    s->mode = DB_MODE_UNKNOWN;
    if (s->files[DB_INDEX].fd >= 0 && db_lock_index_used(s->files[DB_INDEX].fd))
        s->mode = DB_MODE_WAL_LIVE;
    else if (known)
        s->mode = header[19] == 2 || s->files[DB_WAL].size > 0 ? DB_MODE_WAL : DB_MODE_ROLLBACK;
    else
        s->why = N_("its header is not that of an SQLite database: encrypted, or something else");
    w->bounded = s->mode == DB_MODE_ROLLBACK || s->mode == DB_MODE_UNKNOWN;
}

static bool out_of_time(const struct work *w)
{
    return db_lock_now() >= w->patience.until || w->r->stopped(w->r->context);
}

static int read_index(struct work *w, struct hz_error *err)
{
    struct db_snapshot *s = w->s;
    int rc = db_wal_index(s->files[DB_INDEX].fd, &w->index, err);
    while (rc == HZ_E_CHANGED && !out_of_time(w)) {
        nanosleep(&(struct timespec) { 0, NAP }, NULL);
        rc = db_wal_index(s->files[DB_INDEX].fd, &w->index, err);
    }
    if (rc == HZ_OK) {
        s->page_size = w->index.page_size;
        s->frames = w->index.frames;
    }
    return rc;
}

/* Only what is committed: behind it lie frames of an older log, or of a transaction that is not at its end. */
static bool cut_log(struct work *w)
{
    struct db_file *wal = &w->s->files[DB_WAL];
    uint64_t prefix = db_wal_prefix(&w->index), there = wal->fd >= 0 ? wal->before.stx_size : 0;
    if (w->index.frames > 0 && there < prefix)
        return false;
    wal->size = there < prefix ? there : prefix;
    w->s->left_out = there - wal->size;
    return true;
}

/* Locks the index of a log in use and finds out how much of the log counts. *why stays NULL when all went well. */
static int settle_live(struct work *w, const char **why, struct hz_error *err)
{
    int rc = db_lock_index(w->s->files[DB_INDEX].fd, &w->patience, err);
    if (rc == HZ_E_TIMEOUT)
        *why = N_("the locks on its -shm were not granted in time");
    else if (rc == HZ_OK && (rc = read_index(w, err)) != HZ_OK)
        *why = N_("its -shm holds no index that can be read");
    else if (rc == HZ_E_IO)
        *why = N_("its -shm cannot be locked");
    if (*why != NULL)
        return HZ_OK;
    if (rc == HZ_OK && w->s->files[DB_WAL].fd >= 0)
        rc = db_copy_measure(&w->s->files[DB_WAL], err); /* it may have grown since */
    if (rc == HZ_OK && !cut_log(w))
        *why = N_("its -wal is shorter than its -shm says");
    return rc;
}

static int copy_role(struct work *w, enum db_role role, struct hz_error *err)
{
    struct db_file *f = &w->s->files[role];
    if (f->fd < 0)
        return HZ_OK;
    if (f->size > w->r->room || w->spooled > w->r->room - f->size)
        return hz_error_set(err, HZ_E_LIMIT, "%s", _("the copy of the database does not fit"));
    return db_copy_bytes(f, &w->pace, err);
}

static int copy_all(struct work *w, struct hz_error *err)
{
    w->spooled = 0;
    int rc = copy_role(w, DB_MAIN, err);
    if (rc == HZ_OK)
        rc = copy_role(w, DB_WAL, err);
    return rc == HZ_OK ? copy_role(w, DB_JOURNAL, err) : rc;
}

/* A journal whose transaction is at work is not hot: its writer holds RESERVED. */
static int look_at_journal(struct work *w, struct hz_error *err)
{
    static const unsigned char magic[8] = { 0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7 };
    struct db_file *f = &w->s->files[DB_JOURNAL];
    unsigned char first = 0, last[8] = { 0 };
    size_t got = 0;
    if (f->spool < 0 || f->copied < sizeof last)
        return HZ_OK;
    int rc = io_read_at(f->spool, 0, &first, 1, &got, err);
    if (rc == HZ_OK)
        rc = io_read_at(f->spool, f->copied - sizeof last, last, sizeof last, &got, err);
    w->s->hot = first != 0 && !db_lock_reserved(w->s->files[DB_MAIN].fd);
    w->s->super = w->s->hot && memcmp(last, magic, sizeof last) == 0;
    return rc;
}

/* *same: at the path of this role stands what we opened there, or nothing now as then. */
static int check_place(struct work *w, enum db_role role, bool *same, struct hz_error *err)
{
    const struct db_file *f = &w->s->files[role];
    HZ_CLEANUP(db_copy_close) struct db_file now;
    db_copy_init(&now);
    int rc = open_role(w, role, &now, err);
    if (rc != HZ_OK)
        return rc;
    if (now.fd < 0 || f->fd < 0)
        *same = now.fd < 0 && (f->fd < 0 || role == DB_MAIN); /* deleted: ours is what it was */
    else
        *same = now.before.stx_ino == f->before.stx_ino && now.before.stx_dev_major == f->before.stx_dev_major &&
                now.before.stx_dev_minor == f->before.stx_dev_minor;
    return HZ_OK;
}

/* Nobody has opened a log, or written to one: whoever does sets up an index anew, which shows on the -shm. */
static int check_rest(struct work *w, bool *same, struct hz_error *err)
{
    const struct db_file *shm = &w->s->files[DB_INDEX], *wal = &w->s->files[DB_WAL];
    int rc = check_place(w, DB_INDEX, same, err);
    if (rc == HZ_OK && *same && shm->fd >= 0)
        *same = db_copy_same(shm) && !db_lock_index_used(shm->fd);
    if (rc == HZ_OK && *same)
        rc = check_place(w, DB_WAL, same, err);
    if (rc == HZ_OK && *same && wal->fd >= 0)
        *same = db_copy_same(wal);
    return rc;
}

/* Does what was copied under lock belong together? Says so in s->why where it does not. */
static int check(struct work *w, struct hz_error *err)
{
    struct db_snapshot *s = w->s;
    bool good = true;
    int rc = check_place(w, DB_MAIN, &good, err);
    if (rc == HZ_OK && !good)
        s->why = N_("another file took its place while it was copied");
    if (rc != HZ_OK || !good)
        return rc;
    s->changed = !db_copy_same(&s->files[DB_MAIN]);
    if (s->changed)
        s->why = N_("it was written while it was copied, in spite of the lock");
    if (s->mode != DB_MODE_WAL_LIVE)
        rc = check_rest(w, &good, err);
    unlock(w);
    if (rc == HZ_OK && s->mode == DB_MODE_WAL_LIVE && s->files[DB_WAL].spool >= 0)
        rc = db_wal_check(s->files[DB_WAL].spool, &w->index, &good, err);
    if (rc == HZ_OK && !good)
        s->why = s->mode == DB_MODE_WAL_LIVE ? N_("its -wal does not hold what its -shm says")
                                             : N_("it was opened while it was copied");
    for (int i = 0; i < DB_ROLES; i++)
        if (s->files[i].read_errno != 0)
            s->why = N_("it could not be read to its end");
    return rc;
}

static int copy_held(struct work *w, enum outcome *outcome, struct hz_error *err)
{
    int rc = copy_all(w, err);
    if (rc == HZ_OK)
        rc = look_at_journal(w, err);
    if (rc == HZ_OK && w->locked_at != 0) {
        rc = check(w, err);
        *outcome = w->s->why == NULL ? HELD : w->s->mode == DB_MODE_UNKNOWN ? UNLOCKED : AGAIN;
    } else if (rc == HZ_OK) { /* the hold was over: whole, but not under lock */
        w->s->changed = !db_copy_same(&w->s->files[DB_MAIN]);
        *outcome = UNLOCKED;
    }
    return rc;
}

static int attempt(struct work *w, enum outcome *outcome, struct hz_error *err)
{
    struct db_snapshot *s = w->s;
    int64_t start = db_lock_now();
    w->patience.until = s->tries == 1 ? start + w->r->wait_ns : w->patience.until; /* opening took none of it */
    *outcome = UNLOCKED;
    s->why = NULL;
    s->hot = s->super = s->changed = false; /* of an earlier try */
    int rc = db_lock_database(s->files[DB_MAIN].fd, &w->patience, err);
    s->waited_ns += db_lock_now() - start;
    if (rc == HZ_E_TIMEOUT || rc == HZ_E_IO) {
        s->refused = rc == HZ_E_TIMEOUT && out_of_time(w);
        s->why = rc == HZ_E_IO ? N_("this file system gives no locks") : N_("the lock was not granted in time");
        return HZ_OK;
    }
    w->locked_at = db_lock_now();
    if (rc == HZ_OK)
        rc = open_beside(w, err);
    read_mode(w);
    start = db_lock_now();
    const char *trouble = NULL;
    if (rc == HZ_OK && s->mode == DB_MODE_WAL_LIVE)
        rc = settle_live(w, &trouble, err);
    s->waited_ns += db_lock_now() - start;
    s->refused = trouble != NULL && out_of_time(w);
    s->why = trouble != NULL ? trouble : s->why;
    if (rc != HZ_OK || trouble != NULL)
        return rc;
    rc = db_copy_measure(&s->files[DB_MAIN], err);
    return rc == HZ_OK ? copy_held(w, outcome, err) : rc;
}

/* Zeros where there is none. */
static void log_header(const struct db_file *wal, unsigned char out[DB_WAL_HEADER])
{
    struct hz_error ignored;
    size_t got = 0;
    memset(out, 0, DB_WAL_HEADER);
    if (wal->fd >= 0)
        io_read_at(wal->fd, 0, out, DB_WAL_HEADER, &got, &ignored);
}

/* The file first, its log after it: whatever a checkpoint carries over meanwhile stands in the log, too, unless the log
 * begins anew. */
static int copy_unlocked(struct work *w, struct hz_error *err)
{
    struct db_snapshot *s = w->s;
    struct db_file *wal = &s->files[DB_WAL];
    unsigned char before[DB_WAL_HEADER], after[DB_WAL_HEADER];
    const char *why = s->why;
    w->spooled = 0;
    s->left_out = 0;
    int rc = open_beside(w, err);
    read_mode(w);
    s->why = why;
    w->bounded = false;
    log_header(wal, before);
    if (rc == HZ_OK)
        rc = db_copy_measure(&s->files[DB_MAIN], err);
    if (rc == HZ_OK)
        rc = copy_role(w, DB_MAIN, err);
    if (rc == HZ_OK && wal->fd >= 0)
        rc = db_copy_measure(wal, err);
    if (rc == HZ_OK)
        rc = copy_role(w, DB_WAL, err);
    if (rc == HZ_OK)
        rc = copy_role(w, DB_JOURNAL, err);
    if (rc != HZ_OK)
        return rc;
    log_header(wal, after);
    s->changed = !db_copy_same(&s->files[DB_MAIN]);
    s->restarted = memcmp(before, after, sizeof before) != 0;
    return look_at_journal(w, err);
}

int db_snapshot_take(struct db_snapshot *s, const struct db_request *request, struct hz_error *err)
{
    struct work w = { .s = s, .r = request, .patience = { 0, request->stopped, request->context } };
    enum outcome outcome = AGAIN;
    int rc = HZ_OK;
    w.pace = (struct db_pace) { step, &w, request->directory };
    while (rc == HZ_OK && outcome == AGAIN && s->tries < TRIES) {
        db_snapshot_close(s);
        s->tries++;
        rc = open_role(&w, DB_MAIN, &s->files[DB_MAIN], err);
        if (rc != HZ_OK || s->files[DB_MAIN].fd < 0)
            return rc;
        rc = attempt(&w, &outcome, err);
        unlock(&w);
    }
    if (rc == HZ_OK && request->stopped(request->context))
        return hz_error_set(err, HZ_E_TIMEOUT, "%s", _("not done in time"));
    if (rc == HZ_OK && w.owed > 0)
        rc = request->step(request->context, w.owed, err);
    s->locked = rc == HZ_OK && outcome == HELD;
    return rc == HZ_OK && s->files[DB_MAIN].spool < 0 ? copy_unlocked(&w, err) : rc;
}
