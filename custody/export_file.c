#include "custody/export_file.h"

#include "base/io_open.h"
#include "base/io_rw.h"

#define PENDING ((size_t)1 << 20)

int export_file_open(struct export_file *f, int folder, const char *name, struct hz_error *err)
{
    int rc;

    *f = (struct export_file)EXPORT_FILE_INIT;
    f->name = name;
    buf_init(&f->pending, 4 * PENDING);
    rc = io_create_new(folder, name, 0644, &f->fd, err);
    if (rc == HZ_OK)
        rc = w_digest_new(&f->digest, err);
    return rc == HZ_OK ? w_digest_start(f->digest, err) : rc;
}

static int flush(struct export_file *f, struct hz_error *err)
{
    int rc = buf_check(&f->pending, err);

    if (rc == HZ_OK)
        rc = w_digest_update(f->digest, f->pending.data, f->pending.len, err);
    if (rc == HZ_OK)
        rc = io_write(f->fd, f->pending.data, f->pending.len, err);
    buf_reset(&f->pending);
    return rc == HZ_OK ? rc : hz_error_context(err, "%s", f->name);
}

int export_file_put(struct export_file *f, const void *bytes, size_t len, struct hz_error *err)
{
    int rc = f->pending.len + len > PENDING ? flush(f, err) : HZ_OK;

    buf_put(&f->pending, bytes, len);
    return rc == HZ_OK ? buf_check(&f->pending, err) : rc;
}

int export_file_end(struct export_file *f, struct buf *sums, struct hz_error *err)
{
    char hex[W_DIGEST_HEX];
    int rc = flush(f, err);

    if (rc == HZ_OK)
        rc = w_digest_end_hex(f->digest, hex, err);
    if (rc == HZ_OK)
        rc = io_sync(f->fd, err);
    if (rc == HZ_OK && sums != NULL) {
        buf_printf(sums, "%s  %s\n", hex, f->name);
        rc = buf_check(sums, err);
    }
    export_file_close(f);
    return rc;
}

void export_file_close(struct export_file *f)
{
    io_close(&f->fd);
    w_digest_free(f->digest);
    f->digest = NULL;
    buf_free(&f->pending);
}

int export_file_whole(int folder, const char *name, const void *bytes, size_t len, struct buf *sums,
                      struct hz_error *err)
{
    HZ_CLEANUP(export_file_close) struct export_file f = EXPORT_FILE_INIT;
    int rc = export_file_open(&f, folder, name, err);

    if (rc == HZ_OK)
        rc = export_file_put(&f, bytes, len, err);
    return rc == HZ_OK ? export_file_end(&f, sums, err) : rc;
}
