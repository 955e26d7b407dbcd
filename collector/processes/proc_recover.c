#include "collector/processes/proc_recover.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/escape.h"
#include "base/io_proc.h"
#include "base/lang.h"
#include "base/text.h"
#include "collector/processes/proc_stream.h"
#include "collector/take.h"
#include "formats/write/fields.h"

static bool is_same(const struct proc_wanted *a, const struct proc_wanted *b)
{
    return a->inode == b->inode && a->device_major == b->device_major && a->device_minor == b->device_minor;
}

static int note(struct proc_recover *r, const struct proc_lost_file *file, struct hz_error *err)
{
    for (size_t i = 0; i < r->count; i++) {
        if (is_same(&r->list[i].wanted, &file->wanted))
            return HZ_OK;
    }
    if (r->count == PROC_RECOVER_COUNT) {
        r->left_out++;
        return HZ_OK;
    }
    if (r->count == r->room) {
        size_t room = r->room == 0 ? 32 : r->room * 2;
        struct proc_lost_file *grown = reallocarray(r->list, room, sizeof *grown);
        if (grown == NULL)
            return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
        r->list = grown;
        r->room = room;
    }
    r->list[r->count++] = *file;
    return HZ_OK;
}

int proc_recover_note(struct proc_recover *r, const struct proc *p, const struct proc_wanted *wanted,
                      struct hz_error *err)
{
    const struct proc_lost_file file = { .p = p, .wanted = *wanted };
    return note(r, &file, err);
}

int proc_recover_images(struct proc_recover *r, struct proc_images *images, struct hz_error *err)
{
    int rc = HZ_OK;
    for (size_t i = 0; rc == HZ_OK && i < images->count; i++) {
        struct proc_image *image = &images->list[i];
        const struct statx *st = &image->process->image;
        const struct proc_lost_file file = { .p = image->process,
                                             .image = image,
                                             .wanted = { .inode = st->stx_ino,
                                                         .size = st->stx_size,
                                                         .device_major = st->stx_dev_major,
                                                         .device_minor = st->stx_dev_minor } };
        if (image->state >= PROC_IMAGE_DELETED)
            rc = note(r, &file, err);
    }
    return rc;
}

static void name_file(const struct proc_lost_file *f, char *link, char *member, size_t room)
{
    if (f->image != NULL) {
        snprintf(link, room, "%u/exe", f->p->folder);
        snprintf(member, room, "recovered/%u/exe", f->p->pid);
    } else if (f->wanted.mapping) {
        snprintf(link, room, "%u/map_files/%llx-%llx", f->p->folder, (unsigned long long)f->wanted.start,
                 (unsigned long long)f->wanted.end);
        snprintf(member, room, "recovered/%u/map-%llx", f->p->pid, (unsigned long long)f->wanted.start);
    } else {
        snprintf(link, room, "%u/fd/%llu", f->p->folder, (unsigned long long)f->wanted.fd);
        snprintf(member, room, "recovered/%u/fd-%llu", f->p->pid, (unsigned long long)f->wanted.fd);
    }
}

/* How many bytes of it may be stored. */
static uint64_t bound(const struct proc_recover *r, const struct proc_lost_file *f)
{
    uint64_t most = f->image != NULL ? PROC_RECOVER_EXECUTABLE : PROC_RECOVER_EACH;
    uint64_t asked = r->run->options->max_file_size, left = PROC_RECOVER_ALL - r->stored;
    most = asked != 0 && asked < most ? asked : most;
    return left < most ? left : most;
}

static int note_absent(struct proc_recover *r, const struct proc_lost_file *f, enum w_absent_status status,
                       const char *why, bool failure, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf reason = BUF_INIT(512);
    buf_printf(&reason, "recovered file of process %u: %s", f->p->pid, why);
    const struct walk_absence a = { .status = status, .reason = buf_text(&reason), .failure = failure };
    return take_absence(r->run, &a, err);
}

static int put_row(struct proc_recover *r, const struct proc_lost_file *f, const struct proc_stream *s,
                   const char *member, const char *why, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf line = BUF_INIT((size_t)64 << 10);
    const char *kind = f->image != NULL ? "executable" : f->wanted.mapping ? "mapping" : "descriptor";
    char text[128];
    struct json_out j;
    json_init(&j, &line);
    json_object(&j);
    snprintf(text, sizeof text, "%u:%u", f->wanted.device_major, f->wanted.device_minor);
    json_member_string(&j, "device", text);
    if (f->image == NULL && !f->wanted.mapping)
        json_member_int(&j, "fd", (int64_t)f->wanted.fd);
    json_member_decimal(&j, "inode", f->wanted.inode);
    json_member_string(&j, "kind", kind);
    snprintf(text, sizeof text, "data/processes/%s", member);
    json_member_string(&j, "member", s->begun ? text : NULL);
    if (s->target.len > 0)
        w_fields_bytes(&j, "path", "path_b64", (struct w_bytes) { s->target.data, s->target.len });
    json_member_int(&j, "pid", f->p->pid);
    json_member_string(&j, "reason", why);
    json_member_decimal(&j, "size", s->begun ? s->size : f->wanted.size);
    json_member_decimal(&j, "start_ticks", f->p->stat.start_ticks);
    int rc = w_fields_end(&j, HZ_OK, err);
    if (rc == HZ_OK)
        rc = product_put(r->rows, line.data, line.len, err);
    buf_reset(&line);
    buf_printf(&line, "%7u %-10s %12llu %-32s ", f->p->pid, kind,
               (unsigned long long)(s->begun ? s->size : f->wanted.size), s->begun ? member : why);
    escape_terminal(&line, s->target.data, s->target.len);
    buf_putc(&line, '\n');
    return rc == HZ_OK ? product_put(r->text, line.data, line.len, err) : rc;
}

/* Of what was not read, or not to its end. */
static enum w_absent_status status_of(const struct proc_recover *r, const struct proc_stream *s)
{
    enum stop_reason stop = stop_now(r->run);
    if (s == NULL || (s->sys_errno == 0 && stop == STOP_NONE && !s->begun))
        return W_TIMEOUT;
    if (s->sys_errno != 0)
        return absence_status(s->sys_errno);
    return stop != STOP_NONE ? stop_status(stop) : W_IO_ERROR;
}

static int store(struct proc_recover *r, const struct proc_lost_file *f, struct proc_stream **s, const char *member,
                 const char **why, struct hz_error *err)
{
    struct product *product = NULL;
    int rc = products_add(r->products, member, "procfs", &product, err);
    if (rc == HZ_OK) {
        product_bulk(product);
        rc = proc_stream_copy(s, r->run, product, why, err);
    }
    if (rc == HZ_OK && *s != NULL)
        r->stored += (*s)->given;
    if (rc == HZ_OK && *why != NULL) {
        product_limited(product);
        r->table->files.borrowed |= *s == NULL;
        rc = note_absent(r, f, status_of(r, *s), *why, true, err);
    }
    return rc;
}

static int take_one(struct proc_recover *r, const struct proc_lost_file *f, struct proc_stream **s, const char *member,
                    const char **why, struct hz_error *err)
{
    if (*s == NULL) {
        r->table->files.borrowed = true;
        return note_absent(r, f, W_TIMEOUT, *why, true, err);
    }
    if (!(*s)->begun) {
        enum w_absent_status status = status_of(r, *s);
        return note_absent(r, f, status, *why, status != W_VANISHED, err);
    }
    bool same = (*s)->inode == f->wanted.inode;
    if (!same || (*s)->size > bound(r, f)) {
        *why = same ? N_("larger than is recovered") : N_("the process holds it no more");
        (*s)->begun = false;
        return note_absent(r, f, same ? W_OVER_BUDGET : W_VANISHED, *why, false, err);
    }
    int rc = store(r, f, s, member, why, err);
    if (rc == HZ_OK && f->image != NULL)
        f->image->stored = text_copy(member);
    return rc;
}

static int recover_one(struct proc_recover *r, const struct proc_lost_file *f, struct hz_error *err)
{
    char link[96], member[96];
    struct proc_stream *s = NULL;
    const char *why = NULL;
    name_file(f, link, member, sizeof link);
    int rc = proc_stream_open(&s, r->run, r->table->files.fd, link, &why, err);
    if (rc != HZ_OK)
        return rc;
    /* What stands for it when no answer comes any more: some of it may have been stored. */
    struct proc_stream none = { .fd = -1, .target = BUF_INIT(1), .begun = s != NULL, .size = f->wanted.size };
    rc = take_one(r, f, &s, member, &why, err);
    if (s != NULL && s->exposed && s->given > 0)
        r->run->tally.exposed_links++;
    if (rc == HZ_OK)
        rc = put_row(r, f, s == NULL ? &none : s, member, why, err);
    proc_stream_free(s);
    return rc;
}

/* The collection is to end. */
static int leave_one(struct proc_recover *r, const struct proc_lost_file *f, enum stop_reason stop,
                     struct hz_error *err)
{
    const struct proc_stream none = { .fd = -1, .target = BUF_INIT(1) };
    int rc = note_absent(r, f, stop_status(stop), stop_text(stop), true, err);
    return rc == HZ_OK ? put_row(r, f, &none, "", stop_text(stop), err) : rc;
}

int proc_recover_all(struct proc_recover *r, struct hz_error *err)
{
    int rc = HZ_OK;
    for (size_t i = 0; rc == HZ_OK && i < r->count; i++) {
        enum stop_reason stop = stop_now(r->run);
        rc = stop == STOP_NONE ? recover_one(r, &r->list[i], err) : leave_one(r, &r->list[i], stop, err);
    }
    if (rc == HZ_OK && r->left_out > 0) {
        HZ_CLEANUP(buf_free) struct buf reason = BUF_INIT(200);
        buf_printf(&reason, "%llu more files that processes hold: more than are recovered",
                   (unsigned long long)r->left_out);
        const struct walk_absence a = { .status = W_OVER_BUDGET, .reason = buf_text(&reason) };
        rc = take_absence(r->run, &a, err);
    }
    return rc;
}

void proc_recover_free(struct proc_recover *r)
{
    free(r->list);
    r->list = NULL;
    r->count = r->room = 0;
}
