#include "collector/db_probe.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/io_open.h"
#include "base/io_rw.h"
#include "base/lang.h"
#include "collector/look.h"
#include "collector/servant.h"

#define BEGINNING 100 /* SQLite's own header */

struct probe { /* the thread's own, if it is left behind */
    int root;  /* owned */
    char *path;
};

static void probe_free(struct probe *p)
{
    io_close(&p->root);
    free(p->path);
    free(p);
}

static void work(void *context)
{
    HZ_CLEANUP(io_close) int looked = -1, fd = -1;
    const struct probe *p = context;
    char beginning[BEGINNING];
    struct statx st;
    struct hz_error ignored;
    size_t got;
    int noatime;
    if (look_path(p->root, p->path, strlen(p->path), &looked, &ignored) == HZ_OK &&
        io_statx(looked, &st, &ignored) == HZ_OK && S_ISREG(st.stx_mode) &&
        io_evidence_reopen(looked, &fd, &noatime, &ignored) == HZ_OK)
        (void)io_read_at(fd, 0, beginning, sizeof beginning, &got, &ignored);
}

int db_probe(struct run *run, struct w_bytes path, struct hz_error *err)
{
    struct probe *p = calloc(1, sizeof *p);
    if (p == NULL)
        return hz_error_set(err, HZ_E_NOMEM, "%s", _("out of memory"));
    p->root = fcntl(run->root, F_DUPFD_CLOEXEC, 0);
    p->path = strndup(path.data, path.len);
    int rc = p->path == NULL ? hz_error_set(err, HZ_E_NOMEM, "%s", _("out of memory"))
             : p->root < 0   ? hz_error_sys(err, HZ_E_IO, errno, "%s", _("cannot open the root directory"))
                             : servant_do(run, work, p, err);
    if (rc != HZ_E_TIMEOUT)
        probe_free(p);
    return rc == HZ_E_CHANGED ? HZ_OK : rc; /* the collection is to end, which the caller sees */
}
