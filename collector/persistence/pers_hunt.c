#include "collector/persistence/pers_hunt.h"

#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/io_open.h"
#include "base/lang.h"
#include "base/text.h"
#include "collector/persistence/pers_look.h"
#include "collector/persistence/pers_places.h"
#include "collector/persistence/pers_visit.h"

struct pattern {
    struct pers_hunt *hunt;
    const struct pers_place *place;
    struct span before; /* folder */
    char component[256];
    const char *behind; /* "" or "/..." */
};

static int expand(struct pers_hunt *h, const struct pers_place *place, const char *path, size_t from,
                  struct hz_error *err);

static int match(void *context, const char *name, struct hz_error *err)
{
    const struct pattern *p = context;
    HZ_CLEANUP(buf_free) struct buf path = BUF_INIT(PERS_PATH_MAX);
    if (fnmatch(p->component, name, FNM_PERIOD) != 0)
        return HZ_OK;
    buf_put(&path, p->before.at, p->before.len);
    buf_putc(&path, '/');
    buf_puts(&path, name);
    size_t from = path.len;
    buf_puts(&path, p->behind);
    if (buf_text(&path) == NULL)
        return path.failed == HZ_E_LIMIT ? HZ_OK : buf_check(&path, err);
    return expand(p->hunt, p->place, (const char *)path.data, from, err);
}

/* The first component behind `from` that is a pattern is replaced by each name that fits; as deep as the path has such
 * components. */
static int expand(struct pers_hunt *h, const struct pers_place *place, const char *path, size_t from,
                  struct hz_error *err)
{
    HZ_CLEANUP(pers_thing_free) struct pers_thing t = PERS_THING_INIT;
    HZ_CLEANUP(buf_free) struct buf before = BUF_INIT(PERS_PATH_MAX);
    struct pattern p = { .hunt = h, .place = place };
    struct hz_error why;
    const char *mark = strpbrk(path + from, "*?[");
    if (mark == NULL)
        return pers_visit(h, place, path, err);
    const char *slash = memrchr(path, '/', (size_t)(mark - path));
    size_t len = strcspn(slash + 1, "/");
    if (len >= sizeof p.component)
        return HZ_OK;
    memcpy(p.component, slash + 1, len);
    p.behind = slash + 1 + len;
    p.before = (struct span) { path, (size_t)(slash - path) };
    buf_put(&before, path, p.before.len);
    if (buf_text(&before) == NULL)
        return buf_check(&before, err);
    if (pers_look(h->root, (const char *)before.data, &t, &why) != HZ_OK)
        return why.sys_errno == ENOENT || why.sys_errno == ENOTDIR
                   ? HZ_OK
                   : pers_absences_add(&h->absences, p.before, why.sys_errno, err);
    int rc = pers_look_list(&t, match, &p, err);
    h->exposed += t.exposed;
    return rc == HZ_OK && t.unread != 0 ? pers_absences_add(&h->absences, p.before, t.unread, err) : rc;
}

static int go_to(struct pers_hunt *h, const struct pers_place *place, const char *path, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf absolute = BUF_INIT(PERS_PATH_MAX);
    if (path[0] != '/') {
        buf_puts(&absolute, strcmp(h->home, "/") == 0 ? "" : h->home);
        buf_putc(&absolute, '/');
    }
    size_t from = absolute.len;
    buf_puts(&absolute, path);
    return buf_text(&absolute) == NULL ? buf_check(&absolute, err)
                                       : expand(h, place, (const char *)absolute.data, from, err);
}

#define FOLLOWS_MAX 16 /* files that name files, as deep as sshd goes */

int pers_follow(struct pers_file *file, const struct pers_place *place, struct span pattern, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf path = BUF_INIT(PERS_VALUE_MAX);
    struct pers_hunt *h = file->hunt;
    buf_put(&path, pattern.at, pattern.len);
    if (buf_text(&path) == NULL)
        return path.failed == HZ_E_LIMIT ? HZ_OK : buf_check(&path, err);
    if (path.data[0] != '/' || memchr(path.data, '\0', path.len) != NULL || h->follows >= FOLLOWS_MAX || h->wary)
        return HZ_OK;
    h->follows++;
    int rc = expand(h, place, (const char *)path.data, 0, err);
    h->follows--;
    return rc;
}

int pers_hunt_places(struct pers_hunt *h, const struct pers_place *places, struct hz_error *err)
{
    int rc = HZ_OK;
    for (; rc == HZ_OK && places->path != NULL; places++)
        rc = go_to(h, places, places->path, err);
    return rc;
}

static int hunt_keys(struct pers_hunt *h, struct hz_error *err)
{
    int rc = HZ_OK;
    for (size_t i = 0; rc == HZ_OK && i < h->keys.count; i++)
        rc = go_to(h, &pers_places_keys, h->keys.list[i].at, err);
    return rc;
}

static int hunt_home(struct pers_hunt *h, struct hz_error *err)
{
    HZ_CLEANUP(pers_thing_free) struct pers_thing t = PERS_THING_INIT;
    struct hz_error why;
    if (away_has(&h->away, h->home))
        return pers_absences_add(&h->absences, span_of(h->home), ETIMEDOUT, err);
    if (pers_look(h->root, h->home, &t, &why) != HZ_OK)
        return why.sys_errno == ENOENT || why.sys_errno == ENOTDIR
                   ? HZ_OK
                   : pers_absences_add(&h->absences, span_of(h->home), why.sys_errno, err);
    int rc = pers_hunt_places(h, pers_places_home, err);
    return rc == HZ_OK ? hunt_keys(h, err) : rc;
}

void pers_hunt_run(void *context)
{
    struct pers_hunt *h = context;
    h->root = fcntl(h->root, F_DUPFD_CLOEXEC, 3); /* not before: there may be more hunts than descriptors */
    if (h->root < 0)
        h->rc = hz_error_sys(&h->error, HZ_E_IO, errno, "%s", _("cannot open the root directory"));
    else if (h->wary)
        h->rc = away_find(h->root, &h->away, &h->error);
    if (h->rc == HZ_OK)
        h->rc = h->home != NULL ? hunt_home(h, &h->error) : pers_hunt_places(h, pers_places_system, &h->error);
    io_close(&h->root);
}

int pers_hunt_new(struct pers_hunt **out, int root, const char *home, const char *user, struct hz_error *err)
{
    struct pers_hunt *h = calloc(1, sizeof *h);
    if (h == NULL)
        return hz_error_set(err, HZ_E_NOMEM, "%s", _("out of memory"));
    h->read = true;
    h->root = root;
    h->home = text_copy(home);
    h->user = text_copy(user);
    if ((home != NULL && h->home == NULL) || (user != NULL && h->user == NULL)) {
        pers_hunt_free(h);
        return hz_error_set(err, HZ_E_NOMEM, "%s", _("out of memory"));
    }
    *out = h;
    return HZ_OK;
}

void pers_hunt_free(struct pers_hunt *h)
{
    if (h == NULL)
        return;
    free((void *)(uintptr_t)h->home);
    free((void *)(uintptr_t)h->user);
    pers_paths_free(&h->keys);
    pers_rows_free(&h->rows);
    pers_paths_free(&h->found);
    tdestroy(h->visited, free);
    away_free(&h->away);
    pers_absences_free(&h->absences);
    free(h);
}
