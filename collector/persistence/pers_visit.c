#include "collector/persistence/pers_visit.h"

#include <errno.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/lang.h"
#include "collector/absence.h"
#include "collector/persistence/pers_look.h"
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
    file->row.value[PERS_USER] =
        file->user.at != NULL ? file->user : span_of(file->place->user != NULL ? file->place->user : file->hunt->user);
    file->row.value[PERS_WHEN] = span_of(file->place->when);
    file->row.line = 0;
    file->row.is_link = false;
}

/* Is it not there, or is that not known? */
static int note_no_program(struct pers_file *file, const struct hz_error *why, struct hz_error *err)
{
    enum w_absent_status status = absence_status(why->sys_errno);
    file->row.program_missing = status == W_VANISHED || status == W_UNAVAILABLE;
    return file->row.program_missing
               ? HZ_OK
               : pers_absences_add(&file->hunt->absences, file->row.value[PERS_PROGRAM], why->sys_errno, err);
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
    if (program->len > 0 && !file->hunt->wary && buf_text(&path) != NULL) {
        if (pers_look(file->hunt->root, (const char *)path.data, &t, &why) == HZ_OK) {
            *program = (struct span) { (const char *)t.path.data, t.path.len };
            row->program_takeable = S_ISREG(t.stat.stx_mode) && t.stat.stx_size <= PERS_TAKEN_MAX;
        } else if (note_no_program(file, &why, err) != HZ_OK) {
            return err->code;
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

/* The same of a folder with more in it, or deeper, than is gone through. */
static int cut_folder(struct pers_hunt *h, const struct pers_place *place, struct span path, struct hz_error *err)
{
    struct pers_file file = { .hunt = h, .place = place, .row.origin = path };
    return place->parse == NULL || !h->read ? HZ_OK : put_cut(&file, err);
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
    if (h->folder.at != NULL)
        file.folder = h->folder;
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
    if (rc == HZ_OK && h->elsewhere && file.rows > 0)
        rc = take(h, place, path, t, err);
    return rc == HZ_OK && (longer || file.rows > PERS_FILE_ROWS_MAX) ? put_cut(&file, err) : rc;
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

static int compare_names(const void *a, const void *b)
{
    return strcmp(a, b);
}

/* *known: what path leads to was gone through before, by another name; as a folder of this name, where `as` is one. */
static int note_visit(struct pers_hunt *h, const struct pers_place *place, struct span as, struct span path,
                      bool *known, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf key = BUF_INIT(2 * PERS_PATH_MAX);
    struct span ignored;
    buf_put(&key, path.at, path.len);
    buf_printf(&key, "//%s/", place->kind);
    if (as.len > 0) {
        as = last_of(as, &ignored);
        buf_put(&key, as.at, as.len);
    }
    if (buf_text(&key) == NULL)
        return buf_check(&key, err);
    char *copy = strdup((const char *)key.data),
         **kept = copy == NULL ? NULL : tsearch(copy, &h->visited, compare_names);
    *known = kept != NULL && *kept != copy;
    if (kept == NULL || *known)
        free(copy);
    return kept != NULL ? HZ_OK : hz_error_set(err, HZ_E_NOMEM, "%s", _("out of memory"));
}

/* Whoever reads such a folder goes through it although it is a link. */
static bool follows(const struct pers_place *place, struct span path)
{
    struct span ignored;
    return place->follows != NULL && place->follows(last_of(path, &ignored));
}

/* Of a folder that path, a link, leads to (beyond), what is listed is taken: it lies below no place. Each is gone
 * through once. */
static int enter(struct pers_hunt *h, const struct pers_place *place, struct span path, struct pers_thing *t,
                 unsigned depth, bool beyond, struct hz_error *err)
{
    struct folder f = { h, place, t, depth };
    struct span before = h->folder, end = { (const char *)t->path.data, t->path.len }, ignored;
    bool elsewhere = h->elsewhere, known = false;
    int rc = beyond ? note_visit(h, place, path, end, &known, err) : HZ_OK;
    if (rc != HZ_OK || known)
        return rc;
    if (depth >= DEPTH_MAX)
        return cut_folder(h, place, path, err);
    h->folder = last_of(path, &ignored);
    h->elsewhere |= beyond;
    rc = pers_look_list(t, visit_entry, &f, err);
    h->folder = before;
    h->elsewhere = elsewhere;
    h->exposed += t->exposed;
    if (rc == HZ_OK && t->unread != 0)
        rc = pers_absences_add(&h->absences, end, t->unread, err);
    return rc == HZ_OK && t->more ? cut_folder(h, place, path, err) : rc;
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
    bool inside = (place->flags & PERS_INSIDE) != 0;
    bool beyond = folder && (depth > 0 ? link : inside); /* not below the place */
    if (folder && (place->flags & PERS_FILE) != 0)
        return HZ_OK;
    if (depth == 0 && !beyond)
        rc = take(h, place, path, &t, err);
    if (rc == HZ_OK && link && t.fd >= 0 && !beyond && (depth == 0 || S_ISREG(t.stat.stx_mode)))
        rc = take(h, place, end, &t, err);
    if (rc != HZ_OK || !h->read || place->parse == NULL)
        return rc;
    if (!folder)
        return parse_file(h, place, path, link, &t, err);
    /* Nobody looks into the folders of a folder that a link led to. */
    return h->elsewhere || (beyond && !inside && !follows(place, path)) ? HZ_OK
                                                                        : enter(h, place, path, &t, depth, beyond, err);
}

static int visit(struct pers_hunt *h, const struct pers_place *place, const char *path, unsigned depth,
                 struct hz_error *err)
{
    HZ_CLEANUP(resolve_free) struct resolved r;
    bool known = false;
    resolve_init(&r);
    if (away_has(&h->away, path))
        return pers_absences_add(&h->absences, span_of(path), ETIMEDOUT, err);
    int rc = resolve_path(h->root, path, &r, err);
    if (rc != HZ_OK || buf_text(&r.path) == NULL)
        return rc != HZ_OK ? rc : buf_check(&r.path, err);
    struct span at = { (const char *)r.path.data, r.path.len };
    if (r.missing != 0)
        return r.missing == ENOENT || r.missing == ENOTDIR ? HZ_OK
                                                           : pers_absences_add(&h->absences, at, r.missing, err);
    if (depth == 0)
        rc = note_visit(h, place, SPAN_NONE, at, &known, err);
    return rc == HZ_OK && !known ? visit_resolved(h, place, at, r.link, depth, err) : rc;
}

int pers_visit(struct pers_hunt *h, const struct pers_place *place, const char *path, struct hz_error *err)
{
    struct span folder = h->folder;
    bool elsewhere = h->elsewhere;
    h->folder = SPAN_NONE;
    h->elsewhere = false;
    int rc = visit(h, place, path, 0, err);
    h->folder = folder;
    h->elsewhere = elsewhere;
    return rc;
}
