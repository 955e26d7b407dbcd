#include "base/io_commit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/io_open.h"
#include "base/io_rw.h"
#include "base/io_seal.h"
#include "base/lang.h"
#include "base/text.h"

static void forget(struct io_partial *p)
{
    io_close(&p->fd);
    io_close(&p->directory);
    free(p->name);
    free(p->partial);
    *p = (struct io_partial) { -1, -1, NULL, NULL };
}

/* Splits path into its directory, opened, and the two names. */
static int locate(struct io_partial *p, const char *path, struct hz_error *err)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash == NULL ? path : slash + 1;
    if (name[0] == '\0' || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
        return hz_error_set(err, HZ_E_USAGE, _("%s does not name a file"), path);
    char *folder = slash == NULL ? text_copy(".") : strndup(path, slash == path ? 1 : (size_t)(slash - path));
    p->name = text_copy(name);
    if (asprintf(&p->partial, "%s.partial", name) < 0)
        p->partial = NULL;
    int rc = folder == NULL || p->name == NULL || p->partial == NULL ? hz_error_set(err, HZ_E_NOMEM, _("out of memory"))
                                                                     : io_open_directory(folder, &p->directory, err);
    free(folder);
    return rc;
}

/* folder: how messages name the directory, so many bytes of it. */
static int check_free(int directory, const char *name, const char *folder, int len, struct hz_error *err)
{
    struct stat st;
    if (fstatat(directory, name, &st, AT_SYMLINK_NOFOLLOW) == 0)
        return hz_error_set(err, HZ_E_EXISTS, _("%.*s%s is there already and is not overwritten"), len, folder, name);
    if (errno != ENOENT)
        return hz_error_sys(err, hz_error_class(errno), errno, _("cannot examine %.*s%s"), len, folder, name);
    return HZ_OK;
}

static int create(struct io_partial *p, const char *path, mode_t mode, struct hz_error *err)
{
    int folder = (int)(strlen(path) - strlen(p->name));
    int rc = check_free(p->directory, p->name, path, folder, err);
    if (rc == HZ_OK)
        rc = check_free(p->directory, p->partial, path, folder, err);
    if (rc != HZ_OK)
        return rc;
    rc = io_create_new(p->directory, p->partial, mode, &p->fd, err);
    return rc == HZ_OK || folder == 0 ? rc : hz_error_context(err, "%.*s", folder, path);
}

/* What a run of this user left; one that is still at work holds the lock. */
static int take_away(const struct io_partial *p, struct hz_error *err)
{
    HZ_CLEANUP(io_close)
    int fd = openat(p->directory, p->partial, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    struct stat st;
    if (fd < 0 && errno == ENOENT)
        return HZ_OK;
    if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_uid != geteuid() || st.st_nlink != 1)
        return hz_error_set(err, HZ_E_DENIED,
                            _("%s is there already, is no file that a run of this user left, and is not used: remove "
                              "it"),
                            p->partial);
    if (io_seal_lock(fd, err) == HZ_E_DENIED)
        return hz_error_context(err, "%s", p->partial);
    if (unlinkat(p->directory, p->partial, 0) == 0)
        return HZ_OK;
    return hz_error_sys(err, hz_error_class(errno), errno, _("cannot remove %s"), p->partial);
}

/* The lock is ours, and nobody took the file away before it was. */
static int hold(const struct io_partial *p, struct hz_error *err)
{
    struct stat opened, named;
    if (io_seal_lock(p->fd, err) == HZ_E_DENIED)
        return hz_error_context(err, "%s", p->partial);
    if (fstat(p->fd, &opened) == 0 && fstatat(p->directory, p->partial, &named, AT_SYMLINK_NOFOLLOW) == 0 &&
        opened.st_ino == named.st_ino && opened.st_dev == named.st_dev)
        return HZ_OK;
    hz_error_set(err, HZ_E_DENIED, "%s", _("another process is at work there"));
    return hz_error_context(err, "%s", p->partial);
}

static int restart(struct io_partial *p, const char *path, mode_t mode, bool replace, struct hz_error *err)
{
    struct io_partial begun = { -1, -1, NULL, NULL };
    int rc = locate(&begun, path, err);
    if (rc == HZ_OK)
        rc = take_away(&begun, err);
    if (rc == HZ_OK)
        rc = replace ? io_create_new(begun.directory, begun.partial, mode, &begun.fd, err)
                     : create(&begun, path, mode, err);
    if (rc == HZ_OK)
        rc = hold(&begun, err);
    if (rc != HZ_OK)
        forget(&begun);
    else
        *p = begun;
    return rc;
}

int io_partial_restart(struct io_partial *p, const char *path, mode_t mode, struct hz_error *err)
{
    return restart(p, path, mode, false, err);
}

int io_partial_begin(struct io_partial *p, const char *path, mode_t mode, struct hz_error *err)
{
    struct io_partial begun = { -1, -1, NULL, NULL };
    int rc = locate(&begun, path, err);
    if (rc == HZ_OK)
        rc = create(&begun, path, mode, err);
    if (rc != HZ_OK)
        forget(&begun);
    else
        *p = begun;
    return rc;
}

/* A rename that failed may have been done all the same: on NFS, when it is the reply that was lost. Nobody else renames
 * what carries our NAME.partial. */
static bool was_renamed(int directory, const char *from, const char *to)
{
    struct stat st;
    return fstatat(directory, from, &st, AT_SYMLINK_NOFOLLOW) != 0 && errno == ENOENT &&
           fstatat(directory, to, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

/* File systems that know no RENAME_NOREPLACE (NFS, some FUSE): look, then rename. Between the two only somebody who
 * does not use this module can take the name, since NAME.partial is made with O_EXCL and serves as a lock. */
static int rename_new(int directory, const char *from, const char *to, struct hz_error *err)
{
    if (renameat2(directory, from, directory, to, RENAME_NOREPLACE) == 0)
        return HZ_OK;
    if (errno == EINVAL || errno == ENOSYS) {
        int rc = check_free(directory, to, "", 0, err);
        if (rc != HZ_OK)
            return rc;
        if (renameat(directory, from, directory, to) == 0)
            return HZ_OK;
    }
    int e = errno;
    if (e == EEXIST)
        return hz_error_set(err, HZ_E_EXISTS, _("%s is there already and is not overwritten"), to);
    if (was_renamed(directory, from, to))
        return HZ_OK;
    return hz_error_sys(err, hz_error_class(e), e, _("cannot rename %s to %s"), from, to);
}

/* A rename that may not outlive a power cut is taken back: who is told of a failure must not find a finished name. */
static int settle(int directory, const char *from, const char *to, struct hz_error *err)
{
    int rc = rename_new(directory, from, to, err);
    if (rc != HZ_OK)
        return rc;
    rc = io_sync(directory, err);
    if (rc == HZ_OK)
        return HZ_OK;
    hz_error_context(err, "%s", to);
    struct hz_error ignored;
    (void)rename_new(directory, to, from, &ignored);
    return rc;
}

int io_partial_sync(const struct io_partial *p, struct hz_error *err)
{
    int rc = io_sync(p->fd, err);
    return rc == HZ_OK ? rc : hz_error_context(err, "%s", p->partial);
}

int io_partial_commit(struct io_partial *p, struct hz_error *err)
{
    int rc = io_partial_sync(p, err);
    if (rc != HZ_OK)
        return rc;
    rc = settle(p->directory, p->partial, p->name, err);
    if (rc == HZ_OK)
        forget(p);
    return rc;
}

void io_partial_keep(struct io_partial *p)
{
    forget(p);
}

void io_partial_abort(struct io_partial *p)
{
    if (p->fd >= 0 && p->partial != NULL)
        unlinkat(p->directory, p->partial, 0);
    forget(p);
}

int io_commit_bytes(const char *path, mode_t mode, const void *bytes, size_t len, struct hz_error *err)
{
    struct io_partial p;
    int rc = io_partial_begin(&p, path, mode, err);
    if (rc != HZ_OK)
        return rc;
    rc = io_write(p.fd, bytes, len, err);
    if (rc != HZ_OK)
        hz_error_context(err, "%s", path);
    else
        rc = io_partial_commit(&p, err);
    io_partial_abort(&p);
    return rc;
}

int io_commit_replace(const char *path, mode_t mode, const void *bytes, size_t len, struct hz_error *err)
{
    struct io_partial p = { -1, -1, NULL, NULL };
    int rc = restart(&p, path, mode, true, err);
    if (rc == HZ_OK)
        rc = io_write(p.fd, bytes, len, err);
    if (rc == HZ_OK)
        rc = io_sync(p.fd, err);
    if (rc == HZ_OK && renameat(p.directory, p.partial, p.directory, p.name) != 0)
        rc = hz_error_sys(err, hz_error_class(errno), errno, _("cannot rename %s to %s"), p.partial, p.name);
    if (rc == HZ_OK) {
        rc = io_sync(p.directory, err);
        forget(&p);
    }
    io_partial_abort(&p);
    return rc;
}

int io_rename_new(int directory, const char *from, const char *to, struct hz_error *err)
{
    HZ_CLEANUP(io_close) int tree = openat(directory, from, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (tree < 0)
        return hz_error_sys(err, hz_error_class(errno), errno, _("cannot open %s"), from);
    if (syncfs(tree) != 0)
        return hz_error_sys(err, HZ_E_IO, errno, _("%s: cannot bring the data onto the medium"), from);
    return settle(directory, from, to, err);
}
