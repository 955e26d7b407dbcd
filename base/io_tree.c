#include "base/io_tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io_commit.h"
#include "base/io_open.h"
#include "base/io_rw.h"
#include "base/lang.h"
#include "base/text.h"

static void forget(struct io_tree *t)
{
    io_close(&t->fd);
    io_close(&t->directory);
    free(t->name);
    free(t->partial);
    *t = (struct io_tree)IO_TREE_INIT;
}

static size_t without_slashes(const char *path)
{
    size_t len = strlen(path);

    while (len > 1 && path[len - 1] == '/')
        len--;
    return len;
}

static int locate(struct io_tree *t, const char *path, struct hz_error *err)
{
    size_t len = without_slashes(path);
    const char *slash = memrchr(path, '/', len);
    const char *name = slash == NULL ? path : slash + 1;
    size_t name_len = (size_t)(path + len - name);
    char *folder;
    int rc;

    if (name_len == 0 || (name_len <= 2 && memcmp(name, "..", name_len) == 0))
        return hz_error_set(err, HZ_E_USAGE, _("%s does not name a new directory"), path);
    folder = slash == NULL ? text_copy(".") : strndup(path, slash == path ? 1 : (size_t)(slash - path));
    t->name = strndup(name, name_len);
    if (asprintf(&t->partial, "%.*s.partial", (int)name_len, name) < 0)
        t->partial = NULL;
    rc = folder == NULL || t->name == NULL || t->partial == NULL ? hz_error_set(err, HZ_E_NOMEM, _("out of memory"))
                                                                 : io_open_directory(folder, &t->directory, err);
    free(folder);
    return rc;
}

static int begin(struct io_tree *t, const char *path, bool resume, bool replace, struct hz_error *err)
{
    struct io_tree begun = IO_TREE_INIT;
    struct stat st;
    int rc = locate(&begun, path, err);

    if (rc == HZ_OK && !replace && fstatat(begun.directory, begun.name, &st, AT_SYMLINK_NOFOLLOW) == 0)
        rc = hz_error_set(err, HZ_E_EXISTS, _("%s is there already and is not overwritten"), path);
    if (rc == HZ_OK) {
        rc = io_make_directory(begun.directory, begun.partial, 0700, err);
        begun.found = resume && rc == HZ_E_EXISTS;
        rc = begun.found ? HZ_OK : rc;
    }
    if (rc == HZ_OK)
        rc = io_enter_directory(begun.directory, begun.partial, 0700, &begun.fd, err);
    if (rc != HZ_OK)
        forget(&begun);
    else
        *t = begun;
    return rc;
}

int io_tree_begin(struct io_tree *t, const char *path, struct hz_error *err)
{
    return begin(t, path, false, false, err);
}

int io_tree_resume(struct io_tree *t, const char *path, bool replace, struct hz_error *err)
{
    return begin(t, path, true, replace, err);
}

int io_tree_commit(struct io_tree *t, struct hz_error *err)
{
    int rc = io_sync(t->fd, err);

    if (rc == HZ_OK)
        rc = io_rename_new(t->directory, t->partial, t->name, err);
    if (rc == HZ_OK)
        forget(t);
    return rc;
}

/* Takes the descriptor. keep: a name at the top that stays; NULL: none. A tree is as deep as a mapped path of 900 bytes
 * can be: the recursion is bounded. */
static void remove_below(int fd, const char *keep)
{
    DIR *listing = fdopendir(fd);
    struct dirent *entry;

    if (listing == NULL) {
        io_close(&fd);
        return;
    }
    while ((entry = readdir(listing)) != NULL) {
        int below;

        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0 ||
            (keep != NULL && strcmp(entry->d_name, keep) == 0))
            continue;
        if (unlinkat(dirfd(listing), entry->d_name, 0) == 0)
            continue;
        below = openat(dirfd(listing), entry->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (below >= 0)
            remove_below(below, NULL);
        unlinkat(dirfd(listing), entry->d_name, AT_REMOVEDIR);
    }
    closedir(listing);
}

void io_tree_abort(struct io_tree *t)
{
    if (t->fd >= 0) {
        remove_below(t->fd, NULL);
        t->fd = -1;
        if (unlinkat(t->directory, t->partial, AT_REMOVEDIR) != 0 && errno == ENOENT)
            unlinkat(t->directory, t->name, AT_REMOVEDIR); /* where a commit put it and could not take it back */
    }
    forget(t);
}

void io_tree_clear(int folder, const char *keep)
{
    int fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd >= 0)
        remove_below(fd, keep);
}
