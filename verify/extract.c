#include "verify/extract.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/io_open.h"
#include "base/io_rw.h"
#include "base/lang.h"

#define DIRECTORY_MODE 0700
#define FILE_MODE 0600

int extract_begin(struct extract *e, const char *directory, const char *const *paths, size_t path_count,
                  struct hz_error *err)
{
    int code;

    *e = (struct extract) {
        .tree = IO_TREE_INIT, .paths = paths, .path_count = path_count, .directory = directory, .fd = -1
    };
    e->met = calloc(path_count + 1, sizeof *e->met);
    code = e->met ? io_tree_begin(&e->tree, directory, err) : hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    if (code)
        extract_abort(e);
    return code;
}

void extract_abort(struct extract *e)
{
    io_close(&e->fd);
    free(e->met);
    e->met = NULL;
    io_tree_abort(&e->tree);
}

int extract_commit(struct extract *e, struct hz_error *err)
{
    int code = io_sync_all(e->tree.fd, err);

    return code ? hz_error_context(err, "%s", e->directory) : io_tree_commit(&e->tree, err);
}

int extract_check(const struct extract *e, struct hz_error *err)
{
    size_t i;

    if (e->collided)
        return hz_error_set(err, HZ_E_EXISTS, _("%s.partial was changed by somebody else meanwhile"), e->directory);
    for (i = 0; i < e->path_count; i++)
        if (!e->met[i])
            return hz_error_set(err, HZ_E_NOTFOUND,
                                _("%s is not in the bundle; names as they stand there are shown by list --json"),
                                e->paths[i]);
    return HZ_OK;
}

/* path is the wanted name, or lies below it */
static bool is_below(const char *path, const char *wanted)
{
    size_t n = strlen(wanted);

    while (n && wanted[n - 1] == '/')
        n--;
    return n && strncmp(path, wanted, n) == 0 && (path[n] == '/' || !path[n]);
}

static bool is_wanted(struct extract *e, const char *path)
{
    bool wanted = !e->path_count;
    size_t i;

    for (i = 0; i < e->path_count; i++)
        if (is_below(path, e->paths[i]))
            e->met[i] = wanted = true;
    return wanted;
}

/* Makes the folders and the file, going down one real directory at a time */
static int create(int root, const char *path, int *file, struct hz_error *err)
{
    HZ_CLEANUP(io_close) int folder = -1;
    char name[R_NAME_PATH_MAX + 1];
    const char *slash;

    for (; (slash = strchr(path, '/')) != NULL; path = slash + 1) {
        int next, code;

        memcpy(name, path, (size_t)(slash - path));
        name[slash - path] = 0;
        code = io_enter_directory(folder < 0 ? root : folder, name, DIRECTORY_MODE, &next, err);
        if (code)
            return code;
        io_close(&folder);
        folder = next;
    }
    return io_create_new(folder < 0 ? root : folder, path, FILE_MODE, file, err);
}

static bool is_in_the_way(int sys_errno)
{
    return sys_errno == ENOTDIR || sys_errno == EISDIR || sys_errno == EEXIST || sys_errno == ELOOP;
}

/* Where writing failed; the bundle is not to blame */
static int where(const struct extract *e, struct hz_error *err)
{
    return hz_error_context(err, "%s.partial/%s", e->directory, e->path);
}

static int on_file(void *context, const char *path, uint64_t size, struct hz_error *err)
{
    struct hz_error failure = { .code = HZ_OK };
    struct extract *e = context;
    int code;

    if (!is_wanted(e, path))
        return HZ_OK;
    memcpy(e->path, path, strlen(path) + 1); /* checked by the reader's parent: a payload path */
    code = create(e->tree.fd, path, &e->fd, &failure);
    if (code && is_in_the_way(failure.sys_errno)) {
        e->collided = true; /* what is wrong with the bundle is for the reader to find */
        return HZ_OK;
    }
    if (code && err)
        *err = failure;
    if (code)
        return where(e, err);
    e->files++;
    e->bytes += size;
    return HZ_OK;
}

static int on_data(void *context, const void *bytes, size_t len, struct hz_error *err)
{
    struct extract *e = context;

    return e->fd < 0 || !io_write(e->fd, bytes, len, err) ? HZ_OK : where(e, err);
}

static int on_file_end(void *context, struct hz_error *err)
{
    struct extract *e = context;

    (void)err;
    io_close(&e->fd);
    return HZ_OK;
}

/* What was taken out and is not as it was on the host */
static int on_row(void *context, const struct reader_row *row, struct hz_error *err)
{
    char path[R_NAME_PATH_MAX + 1];
    struct extract *e = context;

    (void)err;
    if (!reader_row_cut(row) && !reader_row_unlocked(row))
        return HZ_OK;
    memcpy(path, row->path.at, row->path.len); /* checked by the reader's parent: a payload path */
    path[row->path.len] = 0;
    if (!is_wanted(e, path))
        return HZ_OK;
    e->unlocked += reader_row_unlocked(row);
    e->cut.files += reader_row_cut(row);
    e->cut.filled += row->real_size < row->size;
    e->cut.zeros += row->size - row->real_size;
    return HZ_OK;
}

static bool on_leave(void *context, const char *path)
{
    return !is_wanted(context, path);
}

struct reader_listener extract_listener(struct extract *e)
{
    return (struct reader_listener) { .context = e,
                                      .file = on_file,
                                      .data = on_data,
                                      .file_end = on_file_end,
                                      .row = on_row,
                                      .leave = e->only ? on_leave : NULL };
}
