#include "collector/db_watched.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/io_open.h"
#include "base/lang.h"
#include "collector/servant.h"

struct watched { /* the thread's own, if it is left behind */
    struct watch watch;
    struct watch_devices devices;
    struct db_snapshot s;
    struct db_request request;      /* with descriptors and a path of its own */
    const struct db_request *asked; /* the caller's: only between calls, when the thread is not left behind */
    char *path;
    int rc;
    struct hz_error why;
};

static void watched_free(struct watched *w)
{
    db_snapshot_close(&w->s);
    io_close(&w->request.root);
    io_close(&w->request.directory);
    free(w->path);
    free(w);
}

/* These two are where the copying comes by again and again: whatever lies between is one call. */
static bool stopped(void *context)
{
    struct watched *w = context;
    watch_leave(&w->watch);
    bool yes = w->asked->stopped(w->asked->context);
    watch_enter(&w->watch);
    return yes;
}

static int step(void *context, size_t len, struct hz_error *err)
{
    struct watched *w = context;
    watch_leave(&w->watch);
    int rc = w->asked->step(w->asked->context, len, err);
    watch_enter(&w->watch);
    return rc;
}

/* Nobody has the copy any more: writers, and checkpoints, are not kept waiting for it until the collection ends. */
static void let_go(void *context)
{
    struct watched *w = context;
    db_snapshot_close(&w->s);
}

static void work(void *context)
{
    struct watched *w = context;
    watch_enter(&w->watch);
    w->rc = db_snapshot_take(&w->s, &w->request, &w->why);
    for (enum db_role role = DB_MAIN; w->rc == HZ_OK && role < DB_ROLES; role++)
        w->rc = db_copy_end(&w->s.files[role], &w->why);
    if (w->rc != HZ_OK)
        db_snapshot_close(&w->s);
    watch_leave(&w->watch);
}

static struct watched *prepare(const struct db_request *request, struct hz_error *err)
{
    struct watched *w = calloc(1, sizeof *w);
    if (w == NULL)
        return NULL;
    watch_init(&w->watch, &w->devices);
    w->watch.late = let_go;
    w->watch.late_context = w;
    db_snapshot_init(&w->s);
    w->asked = request;
    w->request = *request;
    w->request.stopped = stopped;
    w->request.step = step;
    w->request.context = w;
    w->path = strndup(request->origin.data, request->origin.len);
    w->request.origin.data = w->path;
    w->request.root = fcntl(request->root, F_DUPFD_CLOEXEC, 0);
    w->request.directory = request->directory < 0 ? -1 : fcntl(request->directory, F_DUPFD_CLOEXEC, 0);
    if (w->path != NULL && w->request.root >= 0 && (request->directory < 0) == (w->request.directory < 0))
        return w;
    hz_error_sys(err, HZ_E_IO, errno, "%s", _("cannot open the root directory"));
    watched_free(w);
    return NULL;
}

int db_watched_take(struct run *run, struct db_snapshot *s, const struct db_request *request, struct hz_error *err)
{
    hz_error_set(err, HZ_E_NOMEM, "%s", _("out of memory"));
    struct watched *w = prepare(request, err);
    if (w == NULL)
        return err->code;
    int rc = servant_do_watched(run, work, w, &w->watch, err);
    if (rc == HZ_E_TIMEOUT) {
        s->why = "its file system did not answer";
        return rc;
    }
    if (rc == HZ_E_CHANGED) /* not begun: the collection is to end */
        rc = hz_error_set(err, HZ_E_TIMEOUT, "%s", _("not done in time"));
    if (rc == HZ_OK) {
        rc = w->rc;
        *err = w->why;
        *s = w->s;
        db_snapshot_init(&w->s);
    }
    watched_free(w);
    return rc;
}
