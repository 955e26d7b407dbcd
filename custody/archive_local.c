#include "custody/archive_local.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io_open.h"
#include "base/io_rw.h"
#include "base/lang.h"
#include "custody/archive_fill.h"
#include "formats/write/random.h"

static int path_of(const char *name, struct buf *out, struct hz_error *err)
{
    const char *folder = getenv("TMPDIR");

    buf_printf(out, "%s/hozen-%s", folder != NULL && folder[0] == '/' ? folder : "/var/tmp", name);
    buf_text(out);
    return buf_check(out, err);
}

/* Whoever may write to the folder above can make one of this name first. */
static int own(const struct io_tree *tree, const char *path, struct hz_error *err)
{
    struct statx st;
    int rc = io_statx(tree->fd, &st, err);

    if (rc == HZ_OK && (st.stx_uid != geteuid() || (st.stx_mode & 077) != 0))
        return hz_error_set(err, HZ_E_DENIED,
                            _("%s.partial is not this user's alone, and is not used: remove it, or let TMPDIR name "
                              "another folder"),
                            path);
    return rc;
}

int archive_local_stage(const char *name, struct io_tree *tree, struct buf *path, struct hz_error *err)
{
    struct io_tree t = IO_TREE_INIT;
    int rc = path_of(name, path, err);

    if (rc == HZ_OK)
        rc = io_tree_resume(&t, (const char *)path->data, true, err);
    if (rc != HZ_OK)
        return rc;
    rc = own(&t, (const char *)path->data, err);
    if (rc == HZ_OK) {
        *tree = t;
        return HZ_OK;
    }
    io_close(&t.fd); /* so that nothing of it is removed */
    io_tree_abort(&t);
    return rc;
}

static int put(void *context, const void *bytes, size_t len, struct hz_error *err)
{
    return io_write(*(const int *)context, bytes, len, err);
}

static int bring(struct archive_local *l, struct archive_target *t, const struct archive_copy *c, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf folder = BUF_INIT(16384);
    HZ_CLEANUP(io_close) int fd = -1;
    char name[17];
    const char *read_back, *file = archive_fill_name(c->file);
    int rc = w_random_hex(name, 8, err);

    if (rc == HZ_OK)
        rc = path_of(name, &folder, err);
    if (rc == HZ_OK)
        rc = io_tree_begin(&l->tree, (const char *)folder.data, err);
    if (rc == HZ_OK)
        rc = io_create_new(l->tree.fd, file, 0600, &fd, err);
    if (rc == HZ_OK)
        rc = t->kind->read(t, c->file, c->version, &(struct archive_sink) { put, &fd }, &read_back, err);
    buf_printf(&l->path, "%s.partial/%s", (const char *)folder.data, file);
    return rc;
}

int archive_local_get(struct archive_local *l, struct archive_target *t, const struct archive_copy *c,
                      struct hz_error *err)
{
    int rc = HZ_OK;

    if (t->store != NULL)
        rc = bring(l, t, c, err);
    else
        buf_printf(&l->path, "%s/%s", t->url, c->file);
    buf_text(&l->path);
    return rc == HZ_OK ? buf_check(&l->path, err) : rc;
}

void archive_local_free(struct archive_local *l)
{
    if (l->tree.fd >= 0)
        io_tree_abort(&l->tree);
    buf_free(&l->path);
}
