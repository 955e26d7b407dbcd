#include "collector/look_watched.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

#include "base/io_open.h"
#include "base/lang.h"
#include "base/text.h"
#include "collector/look.h"
#include "collector/servant.h"

struct look { /* the thread's own, if it is left behind */
    int root; /* owned */
    char *path;
    struct buf bytes;
    int rc;
    struct hz_error err;
};

static void look_free(struct look *l)
{
    io_close(&l->root);
    buf_free(&l->bytes);
    free(l->path);
    free(l);
}

static void work(void *context)
{
    struct look *l = context;
    l->rc = look_read(l->root, l->path, &l->bytes, &l->err);
}

static int look_new(struct run *run, const char *path, size_t most, struct look **out, struct hz_error *err)
{
    struct look *l = calloc(1, sizeof *l);
    if (l == NULL)
        return hz_error_set(err, HZ_E_NOMEM, "%s", _("out of memory"));
    *l = (struct look) { .root = fcntl(run->root, F_DUPFD_CLOEXEC, 3),
                         .path = text_copy(path),
                         .bytes = BUF_INIT(most) };
    int rc = l->path == NULL ? hz_error_set(err, HZ_E_NOMEM, "%s", _("out of memory"))
             : l->root < 0   ? hz_error_sys(err, HZ_E_IO, errno, "%s", _("cannot open the root directory"))
                             : HZ_OK;
    if (rc == HZ_OK)
        *out = l;
    else
        look_free(l);
    return rc;
}

int look_watched_read(struct run *run, const char *path, struct buf *out, struct hz_error *err)
{
    struct look *l;
    int rc = look_new(run, path, out->limit, &l, err);
    if (rc != HZ_OK)
        return rc;
    rc = servant_do(run, work, l, err);
    if (rc == HZ_E_TIMEOUT)
        return rc;
    if (rc == HZ_OK && l->rc == HZ_OK) {
        const struct buf empty = *out;
        *out = l->bytes;
        l->bytes = empty;
    } else if (rc == HZ_OK) {
        *err = l->err;
        rc = l->rc;
    }
    look_free(l);
    return rc;
}
