#include "collector/persistence/pers_hunt.h"

#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/io_open.h"
#include "base/lang.h"
#include "base/text.h"
#include "collector/persistence/pers_look.h"
#include "collector/persistence/pers_places.h"
#include "collector/resolve.h"
#include "formats/write/name.h"

#define DEPTH_MAX 6 /* folders in folders */

void pers_value(struct pers_file *file, enum pers_value which, struct span value)
{
    file->row.value[which] = value;
}

static void reset_row(struct pers_file *file)
{
    struct span target = file->row.value[PERS_TARGET];
    memset(file->row.value, 0, sizeof file->row.value);
    file->row.value[PERS_TARGET] = target;
    file->row.value[PERS_USER] = span_of(file->place->user != NULL ? file->place->user : file->hunt->user);
    file->row.value[PERS_WHEN] = span_of(file->place->when);
    file->row.line = 0;
    file->row.is_link = false;
}

/* A program by another name is the same program: links are resolved. One that is not there stays as it was written. */
static int add_row(struct pers_file *file, struct hz_error *err)
{
    HZ_CLEANUP(pers_thing_free) struct pers_thing t = PERS_THING_INIT;
    HZ_CLEANUP(buf_free) struct buf path = BUF_INIT(PERS_VALUE_MAX);
    struct pers_row *row = &file->row;
    struct span *program = &row->value[PERS_PROGRAM];
    struct hz_error why;
    if (program->len == 0)
        *program = SPAN_NONE;
    buf_put(&path, program->at, program->len);
    row->program_missing = row->program_takeable = false;
    if (program->len > 0 && buf_text(&path) != NULL) {
        row->program_missing = pers_look(file->hunt->root, (const char *)path.data, &t, &why) != HZ_OK;
        if (!row->program_missing) {
            *program = (struct span) { (const char *)t.path.data, t.path.len };
            row->program_takeable = S_ISREG(t.stat.stx_mode) && t.stat.stx_size <= PERS_TAKEN_MAX;
        }
    }
    return pers_rows_add(&file->hunt->rows, row, err);
}

int pers_put(struct pers_file *file, struct hz_error *err)
{
    int rc = file->rows++ < PERS_FILE_ROWS_MAX ? add_row(file, err) : HZ_OK;
    reset_row(file);
    return rc;
}

static struct span last_of(struct span path, struct span *folder)
{
    const char *slash = path.len == 0 ? NULL : memrchr(path.at, '/', path.len);
    if (slash == NULL)
        return path;
    size_t at = (size_t)(slash - path.at);
    const char *before = at == 0 ? NULL : memrchr(path.at, '/', at);
    if (before != NULL)
        *folder = (struct span) { before + 1, (size_t)(slash - before - 1) };
    return span_from(path, at + 1);
}

static void fill_stat(struct pers_file *file, const struct statx *st)
{
    file->regular = S_ISREG(st->stx_mode);
    file->executable = file->regular && (st->stx_mode & 0111) != 0;
    file->row.has_stat = true;
    file->row.mtime = (struct stamp) { st->stx_mtime.tv_sec, st->stx_mtime.tv_nsec };
    file->row.uid = st->stx_uid;
    file->row.mode = st->stx_mode & 07777U;
}

/* What was not looked at to its end says so itself: somebody may have put what starts behind a megabyte of nothing. */
static int put_cut(struct pers_file *file, struct hz_error *err)
{
    reset_row(file);
    file->row.kind = file->place->kind;
    file->row.cut = file->hunt->rows.full = true;
    return pers_rows_add(&file->hunt->rows, &file->row, err);
}

/* t: what path leads to; t->fd is -1 where it leads nowhere. link: path is a symbolic link. */
static int parse_file(struct pers_hunt *h, const struct pers_place *place, struct span path, bool link,
                      struct pers_thing *t, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(PERS_FILE_MAX);
    struct pers_file file = { .hunt = h, .place = place, .row.origin = path };
    struct hz_error why;
    file.row.kind = place->kind;
    file.row.scope = place->scope;
    file.row.rank = place->rank;
    file.row.at_home = h->home != NULL || span_begins(path, "/run/user/");
    file.name = last_of(path, &file.folder);
    if (link)
        file.row.value[PERS_TARGET] = (struct span) { (const char *)t->path.data, t->path.len };
    if (t->fd >= 0)
        fill_stat(&file, &t->stat);
    if (file.regular && (place->flags & PERS_BARE) == 0 && pers_look_read(t, PERS_FILE_MAX, &text, &why) != HZ_OK) {
        if (why.code == HZ_E_NOMEM) {
            *err = why;
            return why.code;
        }
        /* What must not be read is absent when it is taken. */
        int rc = why.code == HZ_E_UNSUPPORTED ? HZ_OK : pers_absences_add(&h->absences, path, why.sys_errno, err);
        if (rc != HZ_OK)
            return rc;
    }
    h->exposed += t->exposed;
    file.text = (struct span) { text.len == 0 ? "" : (const char *)text.data, text.len };
    reset_row(&file);
    bool longer = text.len == PERS_FILE_MAX && t->stat.stx_size > PERS_FILE_MAX;
    int rc = place->parse(&file, err);
    return rc == HZ_OK && (longer || file.rows > PERS_FILE_ROWS_MAX) ? put_cut(&file, err) : rc;
}

static int take(struct pers_hunt *h, const struct pers_place *place, struct span path, const struct pers_thing *t,
                struct hz_error *err)
{
    if ((place->flags & PERS_LISTED) != 0 || path.len > W_NAME_ORIGIN_MAX)
        return HZ_OK;
    if (t->fd >= 0 && S_ISREG(t->stat.stx_mode) && t->stat.stx_size > PERS_TAKEN_MAX)
        return pers_absences_add(&h->absences, path, EFBIG, err);
    return pers_paths_add(&h->found, path, err);
}

struct folder {
    struct pers_hunt *hunt;
    const struct pers_place *place;
    struct pers_thing *thing;
    unsigned depth;
};

static int visit(struct pers_hunt *h, const struct pers_place *place, const char *path, unsigned depth,
                 struct hz_error *err);

static int visit_entry(void *context, const char *name, struct hz_error *err)
{
    const struct folder *f = context;
    HZ_CLEANUP(buf_free) struct buf path = BUF_INIT(PERS_PATH_MAX);
    if (f->thing->path.len > 1)
        buf_put(&path, f->thing->path.data, f->thing->path.len);
    buf_putc(&path, '/');
    buf_puts(&path, name);
    if (buf_text(&path) == NULL)
        return path.failed == HZ_E_LIMIT ? HZ_OK : buf_check(&path, err);
    return visit(f->hunt, f->place, (const char *)path.data, f->depth + 1, err);
}

/* A thing and all below it. path: leading folders without links. */
static int visit_resolved(struct pers_hunt *h, const struct pers_place *place, struct span path, bool link,
                          unsigned depth, struct hz_error *err)
{
    HZ_CLEANUP(pers_thing_free) struct pers_thing t = PERS_THING_INIT;
    struct hz_error why;
    int rc = HZ_OK;
    if (pers_look(h->root, path.at, &t, &why) != HZ_OK) {
        if (why.sys_errno == ENOENT && !link)
            return HZ_OK;
        if (why.sys_errno != ENOENT)
            return pers_absences_add(&h->absences, path, why.sys_errno, err);
    }
    bool folder = t.fd >= 0 && S_ISDIR(t.stat.stx_mode);
    struct span end = { (const char *)t.path.data, t.path.len };
    if (depth == 0)
        rc = take(h, place, path, &t, err);
    if (rc == HZ_OK && link && t.fd >= 0 && (depth == 0 || S_ISREG(t.stat.stx_mode)))
        rc = take(h, place, end, &t, err);
    if (rc != HZ_OK || (folder && (depth >= DEPTH_MAX || (link && depth > 0))))
        return rc;
    if (folder && h->read) {
        struct folder f = { h, place, &t, depth };
        rc = place->parse == NULL ? HZ_OK : pers_look_list(&t, visit_entry, &f, err);
        h->exposed += t.exposed;
        return rc;
    }
    return h->read && place->parse != NULL && !folder ? parse_file(h, place, path, link, &t, err) : HZ_OK;
}

/* true: the place was gone through before, by another name. */
static int note_visit(struct pers_hunt *h, const struct pers_place *place, struct span path, bool *known,
                      struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf key = BUF_INIT(PERS_PATH_MAX);
    buf_put(&key, path.at, path.len);
    buf_printf(&key, "//%s", place->kind);
    if (buf_check(&key, err) != HZ_OK)
        return err->code;
    struct span s = { (const char *)key.data, key.len };
    *known = false;
    for (size_t i = 0; i < h->visited.count; i++)
        *known |= h->visited.list[i].len == s.len && memcmp(h->visited.list[i].at, s.at, s.len) == 0;
    return *known ? HZ_OK : pers_paths_add(&h->visited, s, err);
}

static int visit(struct pers_hunt *h, const struct pers_place *place, const char *path, unsigned depth,
                 struct hz_error *err)
{
    HZ_CLEANUP(resolve_free) struct resolved r;
    bool known = false;
    resolve_init(&r);
    int rc = resolve_path(h->root, path, &r, err);
    if (rc != HZ_OK || buf_text(&r.path) == NULL)
        return rc != HZ_OK ? rc : buf_check(&r.path, err);
    struct span at = { (const char *)r.path.data, r.path.len };
    if (r.missing != 0)
        return r.missing == ENOENT || r.missing == ENOTDIR ? HZ_OK
                                                           : pers_absences_add(&h->absences, at, r.missing, err);
    if (depth == 0)
        rc = note_visit(h, place, at, &known, err);
    return rc == HZ_OK && !known ? visit_resolved(h, place, at, r.link, depth, err) : rc;
}

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
    struct hz_error ignored;
    const char *mark = strpbrk(path + from, "*?");
    if (mark == NULL)
        return visit(h, place, path, 0, err);
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
    if (pers_look(h->root, (const char *)before.data, &t, &ignored) != HZ_OK)
        return HZ_OK;
    int rc = pers_look_list(&t, match, &p, err);
    h->exposed += t.exposed;
    return rc;
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

int pers_hunt_places(struct pers_hunt *h, const struct pers_place *places, struct hz_error *err)
{
    int rc = HZ_OK;
    for (; rc == HZ_OK && places->path != NULL; places++)
        rc = go_to(h, places, places->path, err);
    return rc;
}

static int hunt_home(struct pers_hunt *h, struct hz_error *err)
{
    HZ_CLEANUP(pers_thing_free) struct pers_thing t = PERS_THING_INIT;
    struct hz_error why;
    if (pers_look(h->root, h->home, &t, &why) != HZ_OK)
        return why.sys_errno == ENOENT || why.sys_errno == ENOTDIR
                   ? HZ_OK
                   : pers_absences_add(&h->absences, span_of(h->home), why.sys_errno, err);
    int rc = pers_hunt_places(h, pers_places_home, err);
    for (size_t i = 0; rc == HZ_OK && i < h->keys.count; i++)
        rc = go_to(h, &pers_places_keys, h->keys.list[i].at, err);
    return rc;
}

void pers_hunt_run(void *context)
{
    struct pers_hunt *h = context;
    h->root = fcntl(h->root, F_DUPFD_CLOEXEC, 3); /* not before: there may be more hunts than descriptors */
    if (h->root < 0)
        h->rc = hz_error_sys(&h->error, HZ_E_IO, errno, "%s", _("cannot open the root directory"));
    else
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
    pers_paths_free(&h->visited);
    pers_absences_free(&h->absences);
    free(h);
}
