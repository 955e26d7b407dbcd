#include "collector/read.h"

#include <errno.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/vfs.h>

#include "base/io_open.h"
#include "base/io_rw.h"
#include "base/lang.h"
#include "collector/absence.h"
#include "collector/meta.h"

#define WHOLE_CHUNK ((size_t)64 << 10)

struct pseudo { /* file systems whose files are made while they are read */
    long magic;
    const char *method;
    const char *consuming; /* reading these takes the bytes away from whoever should get them */
};

static const struct pseudo pseudos[] = {
    { PROC_SUPER_MAGIC, "procfs", "kmsg" },     { SYSFS_MAGIC, "sysfs", NULL },
    { DEBUGFS_MAGIC, "debugfs", "trace_pipe" }, { TRACEFS_MAGIC, "tracefs", "trace_pipe" },
    { CGROUP_SUPER_MAGIC, "cgroupfs", NULL },   { CGROUP2_SUPER_MAGIC, "cgroupfs", NULL },
    { SECURITYFS_MAGIC, "securityfs", NULL },   { SELINUX_MAGIC, "selinuxfs", NULL },
};

static const struct pseudo *find_pseudo(int fd)
{
    struct statfs fs;
    if (fstatfs(fd, &fs) != 0)
        return NULL;
    for (size_t i = 0; i < sizeof pseudos / sizeof pseudos[0]; i++)
        if ((unsigned long)fs.f_type == (unsigned long)pseudos[i].magic)
            return &pseudos[i];
    return NULL;
}

void reader_init(struct reader *r)
{
    memset(r, 0, sizeof *r);
    r->fd = -1;
    buf_init(&r->head, READ_WHOLE_MAX);
}

void reader_free(struct reader *r)
{
    io_close(&r->fd);
    buf_free(&r->head);
}

/* "trace_pipe" and "trace_pipe_raw", "kmsg": reading them would alter the host. */
static bool consumes(const struct pseudo *p, const char *name, size_t len)
{
    return p != NULL && p->consuming != NULL && len >= strlen(p->consuming) &&
           memcmp(name, p->consuming, strlen(p->consuming)) == 0;
}

static unsigned char *head_room(struct reader *r, size_t len, struct hz_error *err)
{
    unsigned char *room = buf_grow(&r->head, len);
    if (room == NULL)
        buf_check(&r->head, err);
    else
        r->head.len -= len;
    return room;
}

/* Appends to head len bytes from offset on; fewer: the file has ended. */
static int fill_head(struct reader *r, uint64_t offset, size_t len, struct hz_error *err)
{
    size_t got = 0;
    unsigned char *room = head_room(r, len, err);
    int rc = room == NULL ? HZ_E_NOMEM : io_read_at(r->fd, offset, room, len, &got, err);
    if (rc == HZ_OK) {
        r->head.len += got;
        r->ended = got < len;
    }
    return rc;
}

/* Head becomes the next chunk. One that cannot be read whole may have readable blocks before the bad one. */
static int fill_chunk(struct reader *r, uint64_t offset, uint64_t left, struct hz_error *err)
{
    size_t chunk = left < READ_CHUNK ? (size_t)left : READ_CHUNK;
    struct hz_error ignored;
    buf_reset(&r->head);
    r->ended = false;
    int rc = fill_head(r, offset, chunk, err);
    if (rc != HZ_E_IO)
        return rc;
    while (!r->ended && r->head.len + READ_BLOCK <= chunk)
        if (fill_head(r, offset + r->head.len, READ_BLOCK, &ignored) != HZ_OK)
            break;
    return r->head.len > 0 ? HZ_OK : rc;
}

/* To the end or the bound. A failure after some bytes ends it early, which is said. */
static int read_whole(struct reader *r, struct hz_error *err)
{
    for (size_t got = 1; got > 0;) {
        r->limited = r->head.len >= READ_WHOLE_MAX;
        if (r->limited)
            return HZ_OK;
        size_t left = READ_WHOLE_MAX - r->head.len, want = left < WHOLE_CHUNK ? left : WHOLE_CHUNK;
        unsigned char *room = head_room(r, want, err);
        int rc = room == NULL ? HZ_E_NOMEM : io_read_some(r->fd, room, want, &got, err);
        r->limited = rc != HZ_OK;
        if (rc != HZ_OK)
            return rc == HZ_E_NOMEM || r->head.len == 0 ? rc : HZ_OK;
        r->head.len += got;
    }
    return HZ_OK;
}

/* A file that says it is empty: one that has content all the same does not know its size, unless it just grew. */
static int read_empty(struct reader *r, struct hz_error *err)
{
    struct statx now;
    int rc = read_whole(r, err);
    if (rc == HZ_OK && r->head.len > 0)
        rc = io_statx(r->fd, &now, err);
    if (rc != HZ_OK)
        return rc;
    r->whole = r->head.len > 0 && now.stx_size == 0;
    if (!r->whole)
        buf_reset(&r->head);
    return HZ_OK;
}

/* Some files act when they are read, or when they are only opened and closed (tracefs has one that empties a buffer):
 * those are for writing alone. */
static const char *why_not(const struct pseudo *p, const char *name, size_t len, const struct statx *st)
{
    if (p == NULL)
        return NULL;
    if (consumes(p, name, len))
        return "reading it would take its content away from the host";
    return (st->stx_mode & 0444) == 0 ? "it is for writing only: opening it could act on the host" : NULL;
}

static int look(struct reader *r, const struct pseudo *pseudo, int path_fd, const char *name, size_t name_len,
                struct hz_error *err)
{
    int rc = io_statx(path_fd, &r->before, err);
    if (rc != HZ_OK)
        return rc;
    r->refused = why_not(pseudo, name, name_len, &r->before);
    return r->refused == NULL ? HZ_OK : hz_error_set(err, HZ_E_DENIED, _("reading it would alter the host"));
}

static int open_and_look(struct reader *r, int path_fd, const char *name, size_t name_len, struct hz_error *err)
{
    int noatime = 0;
    const struct pseudo *pseudo = find_pseudo(path_fd);
    int rc = look(r, pseudo, path_fd, name, name_len, err);
    if (rc == HZ_OK)
        rc = io_evidence_reopen(path_fd, &r->fd, &noatime, err);
    if (rc == HZ_OK)
        rc = io_statx(r->fd, &r->before, err);
    if (rc != HZ_OK)
        return rc;
    r->exposed = noatime == 0;
    r->whole = pseudo != NULL;
    r->method = pseudo == NULL ? "read" : pseudo->method;
    if (r->whole)
        return read_whole(r, err);
    return r->before.stx_size == 0 ? read_empty(r, err) : fill_chunk(r, 0, r->before.stx_size, err);
}

int reader_open(struct reader *r, int path_fd, const char *name, size_t name_len, struct hz_error *err)
{
    io_close(&r->fd);
    buf_reset(&r->head);
    r->limited = false;
    r->ended = false;
    int rc = open_and_look(r, path_fd, name, name_len, err);
    if (rc != HZ_OK)
        io_close(&r->fd);
    return rc;
}

/* Everything behind head, up to the promised size. *done: bytes given to the bundle in all. */
static int copy_rest(struct reader *r, struct w_bundle *bundle, uint64_t size, uint64_t *done, struct read_outcome *out,
                     struct hz_error *err)
{
    *done = r->head.len;
    while (!r->ended && *done < size) {
        struct hz_error why;
        int rc = fill_chunk(r, *done, size - *done, &why);
        if (rc != HZ_OK && absence_is_ours(why.sys_errno)) {
            *err = why;
            return rc;
        }
        if (rc != HZ_OK) {
            out->sys_errno = why.sys_errno == 0 ? EIO : why.sys_errno;
            return HZ_OK;
        }
        rc = w_bundle_file_data(bundle, r->head.data, r->head.len, err);
        if (rc != HZ_OK)
            return rc;
        *done += r->head.len;
    }
    return HZ_OK;
}

static enum w_file_status judge(const struct reader *r, uint64_t size, uint64_t done, int sys_errno)
{
    struct statx after;
    struct hz_error ignored;
    if (r->whole)
        return r->limited ? W_LIMITED : W_COLLECTED;
    if (sys_errno != 0)
        return W_LIMITED;
    if (done < size)
        return W_SHRUNK;
    if (io_statx(r->fd, &after, &ignored) != HZ_OK)
        return W_CHANGED; /* it cannot be shown that it is as before */
    if (after.stx_size > size)
        return W_GREW;
    return meta_same(&r->before, &after) ? W_COLLECTED : W_CHANGED;
}

int reader_copy(struct reader *r, struct w_bundle *bundle, const struct w_file *file, struct read_outcome *out,
                struct hz_error *err)
{
    uint64_t size = r->whole ? r->head.len : r->before.stx_size, done;
    r->ended |= r->whole;
    struct read_outcome outcome = { 0 };
    int rc = w_bundle_file_begin(bundle, file, size, err);
    if (rc == HZ_OK && r->head.len > 0)
        rc = w_bundle_file_data(bundle, r->head.data, r->head.len, err);
    if (rc == HZ_OK)
        rc = copy_rest(r, bundle, size, &done, &outcome, err);
    if (rc == HZ_OK) {
        outcome.status = judge(r, size, done, outcome.sys_errno);
        rc = w_bundle_file_end(bundle, outcome.status, err);
    }
    io_close(&r->fd);
    if (rc == HZ_OK)
        *out = outcome;
    return rc;
}
