#include "collector/persistence/pers_look.h"

#include <dirent.h>
#include <errno.h>
#include <stdalign.h>
#include <string.h>

#include "base/io_open.h"
#include "base/io_rw.h"
#include "base/io_scan.h"
#include "base/lang.h"
#include "collector/absence.h"
#include "collector/look.h"
#include "collector/pseudo.h"
#include "collector/resolve.h"

#define LISTING ((size_t)32 << 10)

void pers_thing_free(struct pers_thing *t)
{
    buf_free(&t->path);
    io_close(&t->fd);
    t->exposed = t->more = false;
    t->unread = 0;
}

static int resolve_to_end(int root, const char *path, struct pers_thing *t, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf asked = BUF_INIT(PERS_PATH_MAX);
    HZ_CLEANUP(resolve_free) struct resolved r;
    resolve_init(&r);
    buf_puts(&asked, path);
    buf_putc(&asked, '/'); /* so that a last link is resolved, too */
    if (buf_text(&asked) == NULL)
        return buf_check(&asked, err);
    int rc = resolve_path(root, (const char *)asked.data, &r, err);
    if (rc != HZ_OK)
        return rc;
    buf_reset(&t->path);
    buf_put(&t->path, r.path.data, r.path.len);
    if (buf_text(&t->path) == NULL)
        return buf_check(&t->path, err);
    return r.missing == 0 ? HZ_OK : hz_error_sys(err, hz_error_class(r.missing), r.missing, _("cannot open %s"), path);
}

int pers_look(int root, const char *path, struct pers_thing *t, struct hz_error *err)
{
    pers_thing_free(t);
    int rc = resolve_to_end(root, path, t, err);
    if (rc == HZ_OK)
        rc = look_path(root, (const char *)t->path.data, t->path.len, &t->fd, err);
    return rc == HZ_OK ? io_statx(t->fd, &t->stat, err) : rc;
}

/* A link may lead to what the kernel gives to its first reader alone. */
static bool is_refused(const struct pers_thing *t)
{
    const struct pseudo *p = t->path.len == 0 ? NULL : pseudo_find(t->fd);
    const char *slash = p == NULL ? NULL : memrchr(t->path.data, '/', t->path.len);
    size_t at = slash == NULL ? 0 : (size_t)(slash + 1 - (const char *)t->path.data);
    return p != NULL && pseudo_refuses(p, (const char *)t->path.data + at, t->path.len - at, &t->stat) != NULL;
}

int pers_look_open(struct pers_thing *t, int *fd, struct hz_error *err)
{
    int noatime = 1, opened = -1;
    if (is_refused(t))
        return hz_error_set(err, HZ_E_UNSUPPORTED, "%s", _("cannot open for reading"));
    int rc = io_evidence_reopen(t->fd, &opened, &noatime, err);
    if (rc != HZ_OK)
        return rc;
    t->exposed |= noatime == 0;
    *fd = opened;
    return HZ_OK;
}

int pers_look_read(struct pers_thing *t, size_t max, struct buf *out, struct hz_error *err)
{
    HZ_CLEANUP(io_close) int fd = -1;
    unsigned char piece[4096];
    int rc = pers_look_open(t, &fd, err);
    for (size_t sum = 0, got = sizeof piece; rc == HZ_OK && got == sizeof piece && sum < max; sum += got) {
        size_t want = max - sum < sizeof piece ? max - sum : sizeof piece;
        rc = io_read(fd, piece, want, &got, err);
        if (rc == HZ_OK && buf_put(out, piece, got) != HZ_OK)
            rc = buf_check(out, err);
    }
    return rc;
}

static int give(const unsigned char *bytes, size_t len, unsigned *count, pers_look_each *each, void *context,
                struct hz_error *err)
{
    int rc = HZ_OK;
    for (size_t at = 0; rc == HZ_OK && at < len && *count < PERS_ENTRIES_MAX;) {
        const struct dirent64 *entry = (const void *)(bytes + at);
        at += entry->d_reclen;
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        ++*count;
        rc = each(context, entry->d_name, err);
    }
    return rc;
}

/* What is no folder has no entries. */
static int unread(struct pers_thing *t, const struct hz_error *why)
{
    t->unread = absence_status(why->sys_errno) == W_VANISHED ? 0 : why->sys_errno;
    return HZ_OK;
}

int pers_look_list(struct pers_thing *t, pers_look_each *each, void *context, struct hz_error *err)
{
    HZ_CLEANUP(io_close) int fd = -1;
    alignas(struct dirent64) unsigned char bytes[LISTING];
    int noatime = 1, rc = HZ_OK;
    unsigned count = 0;
    struct hz_error why;
    t->more = false;
    t->unread = 0;
    if (io_evidence_directory(t->fd, &fd, &noatime, &why) != HZ_OK)
        return unread(t, &why);
    t->exposed |= noatime == 0;
    for (size_t got = 1; rc == HZ_OK && got > 0 && count < PERS_ENTRIES_MAX;) {
        if (io_scan_entries(fd, bytes, sizeof bytes, &got, &why) != HZ_OK)
            return unread(t, &why);
        rc = give(bytes, got, &count, each, context, err);
        t->more = count >= PERS_ENTRIES_MAX;
    }
    return rc;
}
