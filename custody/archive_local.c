#include "custody/archive_local.h"

#include <stdlib.h>
#include <string.h>

#include "base/io_open.h"
#include "base/io_rw.h"
#include "custody/archive_fill.h"
#include "formats/write/random.h"

int archive_local_path(const char *name, struct buf *out, struct hz_error *err)
{
    const char *folder = getenv("TMPDIR");

    buf_printf(out, "%s/hozen-%s", folder != NULL && folder[0] == '/' ? folder : "/var/tmp", name);
    buf_text(out);
    return buf_check(out, err);
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
        rc = archive_local_path(name, &folder, err);
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
