#include "collector/meta.h"

#include <errno.h>
#include <linux/limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>

#include "base/lang.h"

#define NAMES_FIRST ((size_t)1024) /* so much of a list is expected; XATTR_LIST_MAX (64 KiB) is a power of 4 more */

void meta_init(struct meta *m)
{
    memset(m, 0, sizeof *m);
    buf_init(&m->bytes, 4 * META_XATTRS_MAX);
}

void meta_free(struct meta *m)
{
    buf_free(&m->bytes);
    free(m->xattrs);
    free(m->names);
    meta_init(m);
}

static struct stamp from_statx_time(struct statx_timestamp t)
{
    return (struct stamp) { .seconds = t.tv_sec, .nanoseconds = t.tv_nsec < 1000000000u ? t.tv_nsec : 0 };
}

void meta_from_statx(struct w_stat *out, const struct statx *st)
{
    *out = (struct w_stat) {
        .known = true,
        .mode = st->stx_mode,
        .uid = st->stx_uid,
        .gid = st->stx_gid,
        .links = st->stx_nlink,
        .inode = st->stx_ino,
        .device_major = st->stx_dev_major,
        .device_minor = st->stx_dev_minor,
        .rdevice_major = st->stx_rdev_major,
        .rdevice_minor = st->stx_rdev_minor,
        .atime = from_statx_time(st->stx_atime),
        .mtime = from_statx_time(st->stx_mtime),
        .ctime = from_statx_time(st->stx_ctime),
        .has_btime = (st->stx_mask & STATX_BTIME) != 0,
    };
    if (out->has_btime)
        out->btime = from_statx_time(st->stx_btime);
}

static bool same_time(struct statx_timestamp a, struct statx_timestamp b)
{
    return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

bool meta_same(const struct statx *before, const struct statx *after)
{
    return before->stx_size == after->stx_size && same_time(before->stx_mtime, after->stx_mtime) &&
           same_time(before->stx_ctime, after->stx_ctime);
}

struct thing { /* whose attributes are read */
    struct watch *watch;
    int fd;
    char path[32]; /* "": fd is open for reading */
};

/* An O_PATH descriptor has no attributes for f*xattr(2): its magic link leads to the same inode, a symbolic link's own
 * included. */
static void path_of(int path_fd, char out[32])
{
    snprintf(out, 32, "/proc/self/fd/%d", path_fd);
}

static ssize_t list(const struct thing *t, char *out, size_t room)
{
    watch_enter(t->watch);
    ssize_t n = t->path[0] == '\0' ? flistxattr(t->fd, out, room) : listxattr(t->path, out, room);
    int e = errno;
    watch_leave(t->watch);
    errno = e;
    return n;
}

static ssize_t get(const struct thing *t, const char *name, void *out, size_t room)
{
    watch_enter(t->watch);
    ssize_t n = t->path[0] == '\0' ? fgetxattr(t->fd, name, out, room) : getxattr(t->path, name, out, room);
    watch_leave(t->watch);
    return n;
}

/* The list of names, NUL-terminated each. false: it cannot be had whole. */
static bool list_names(const struct thing *t, char **names, size_t *len)
{
    ssize_t got = 0;
    *len = 0;
    for (size_t room = NAMES_FIRST; room <= XATTR_LIST_MAX; room *= 4) {
        char *grown = realloc(*names, room);
        if (grown == NULL)
            return false;
        *names = grown;
        got = list(t, grown, room);
        if (got >= 0 || errno != ERANGE)
            break;
    }
    *len = got > 0 ? (size_t)got : 0;
    return got >= 0 || errno == EOPNOTSUPP;
}

/* Appends the value to bytes. false: not to be had, or over the bound. */
static bool read_value(struct buf *bytes, const struct thing *t, const char *name, size_t budget, size_t *len)
{
    ssize_t need = get(t, name, NULL, 0);
    if (need < 0 || (size_t)need > budget)
        return false;
    size_t start = bytes->len;
    unsigned char *room = buf_grow(bytes, (size_t)need);
    if (room == NULL)
        return false;
    ssize_t got = need == 0 ? 0 : get(t, name, room, (size_t)need);
    if (got < 0 || got > need) {
        bytes->len = start;
        return false;
    }
    bytes->len = start + (size_t)got;
    *len = (size_t)got;
    return true;
}

/* Lengths now; settle() finds the places when bytes has stopped moving. */
static int add_xattr(struct meta *m, size_t name_len, size_t value_len, struct hz_error *err)
{
    size_t count = m->stat.xattr_count;
    if (count == m->room) {
        size_t room = m->room == 0 ? 8 : m->room * 2;
        struct w_xattr *grown = realloc(m->xattrs, room * sizeof *grown);
        if (grown == NULL)
            return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
        m->xattrs = grown;
        m->room = room;
    }
    m->xattrs[count].name = (struct w_bytes) { NULL, name_len };
    m->xattrs[count].value = (struct w_bytes) { NULL, value_len };
    m->stat.xattr_count = count + 1;
    return HZ_OK;
}

static void settle(struct meta *m)
{
    const unsigned char *at = m->bytes.data;
    for (size_t i = 0; i < m->stat.xattr_count; i++) {
        m->xattrs[i].name.data = at;
        at += m->xattrs[i].name.len;
        m->xattrs[i].value.data = at;
        at += m->xattrs[i].value.len;
    }
    m->stat.xattrs = m->xattrs;
}

static int read_all(struct meta *m, const struct thing *t, const char *names, size_t len, struct hz_error *err)
{
    size_t left = META_XATTRS_MAX;
    for (const char *name = names; name < names + len; name += strlen(name) + 1) {
        size_t name_len = strlen(name), start = m->bytes.len, value_len;
        if (left < name_len + META_XATTR_EACH || buf_put(&m->bytes, name, name_len) != HZ_OK ||
            !read_value(&m->bytes, t, name, left - name_len - META_XATTR_EACH, &value_len)) {
            m->bytes.len = start;
            m->stat.xattrs_incomplete = true;
            continue;
        }
        left -= name_len + value_len + META_XATTR_EACH;
        int rc = add_xattr(m, name_len, value_len, err);
        if (rc != HZ_OK)
            return rc;
    }
    return buf_check(&m->bytes, err);
}

static int read_of(struct meta *m, const struct thing *t, const struct statx *st, struct hz_error *err)
{
    size_t len;
    meta_from_statx(&m->stat, st);
    buf_reset(&m->bytes);
    if (!list_names(t, &m->names, &len)) {
        m->stat.xattrs_incomplete = true;
        return HZ_OK;
    }
    int rc = len == 0 ? HZ_OK : read_all(m, t, m->names, len, err);
    settle(m);
    return rc;
}

int meta_read(struct meta *m, int path_fd, const struct statx *st, struct hz_error *err)
{
    struct thing t = { .watch = m->watch, .fd = path_fd };
    path_of(path_fd, t.path);
    return read_of(m, &t, st, err);
}

int meta_read_open(struct meta *m, int fd, const struct statx *st, struct hz_error *err)
{
    const struct thing t = { .watch = m->watch, .fd = fd, .path = "" };
    return read_of(m, &t, st, err);
}
