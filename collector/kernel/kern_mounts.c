/* mounts.jsonl, mounts.txt: what is mounted where, in every mount namespace that a thread of a process is in. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/io_proc.h"
#include "base/lang.h"
#include "collector/kernel/kern_listings.h"
#include "collector/kernel/kern_mount.h"
#include "collector/processes/proc_pids.h"
#include "formats/write/fields.h"

#define SPACES_MAX 4096

struct space { /* a mount namespace */
    uint64_t inode;
    size_t processes;
    int pid, newest;   /* the least of them, and the last that was looked at */
    int thread, other; /* whose mounts are read: the first that was found in it, and the last: it may live longer */
};

struct spaces {
    struct space *list;
    size_t count;
    bool more;
    struct kern_unseen unseen;
};

struct listing {
    struct sheet *sheet;
    const struct space *space;
};

static int note_thread(struct spaces *s, uint64_t inode, int pid, int tid, struct hz_error *err)
{
    for (size_t i = 0; i < s->count; i++)
        if (s->list[i].inode == inode) {
            s->list[i].processes += s->list[i].newest != pid;
            s->list[i].newest = pid;
            s->list[i].other = tid;
            return HZ_OK;
        }
    if (s->count == SPACES_MAX) {
        s->more = true;
        return HZ_OK;
    }
    struct space *list = reallocarray(s->list, s->count + 1, sizeof *list);
    if (list == NULL)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    s->list = list;
    list[s->count++] = (struct space) { inode, 1, pid, pid, tid, tid };
    return HZ_OK;
}

/* A thread can have a namespace of its own; and where the first thread has ended, only another tells which it is. */
static int note_process(int root, struct spaces *s, int pid, struct hz_error *err)
{
    HZ_CLEANUP(proc_pids_free) struct proc_pids tids = { 0 };
    struct hz_error why = { .code = HZ_OK };
    char name[48];
    uint64_t inode;
    int rc = HZ_OK;
    snprintf(name, sizeof name, "proc/%d/task", pid);
    if (proc_pids_list(&tids, root, name, &why) != HZ_OK)
        return kern_unseen_add(&s->unseen, &why, err);
    for (size_t i = 0; rc == HZ_OK && i < tids.count; i++) {
        snprintf(name, sizeof name, "%d/task/%u", pid, tids.list[i]);
        if (kern_namespace(root, name, "mnt", &inode, &why) == HZ_OK)
            rc = note_thread(s, inode, pid, (int)tids.list[i], err);
    }
    return rc == HZ_OK && why.code != HZ_OK ? kern_unseen_add(&s->unseen, &why, err) : rc;
}

static int find_spaces(int root, struct spaces *s, struct hz_error *err)
{
    int *pids = NULL;
    size_t count = 0;
    int rc = kern_pids(root, &pids, &count, err);
    for (size_t i = 0; rc == HZ_OK && i < count; i++)
        rc = note_process(root, s, pids[i], err);
    free(pids);
    return rc;
}

static int put_mount(void *context, const struct kern_mount *m, struct hz_error *err)
{
    struct listing *l = context;
    struct buf *text = &l->sheet->text;
    struct json_out j;
    sheet_row(l->sheet, &j);
    w_fields_bytes(&j, "device", "device_b64", m->device);
    w_fields_bytes(&j, "fstype", "fstype_b64", m->type);
    json_member_decimal(&j, "id", m->id);
    w_fields_bytes(&j, "mountpoint", "mountpoint_b64", m->point);
    json_member_decimal(&j, "namespace", l->space->inode);
    w_fields_bytes(&j, "optional", "optional_b64", m->optional);
    w_fields_bytes(&j, "options", "options_b64", m->options);
    json_member_decimal(&j, "parent", m->parent);
    w_fields_bytes(&j, "root", "root_b64", m->root);
    w_fields_bytes(&j, "source", "source_b64", m->source);
    w_fields_bytes(&j, "super_options", "super_options_b64", m->super_options);
    sheet_cell(text, 1, m->source.data, m->source.len);
    if (m->root.len != 1)
        sheet_cell(text, 1, m->root.data, m->root.len);
    buf_puts(text, "on ");
    sheet_cell(text, 1, m->point.data, m->point.len);
    buf_puts(text, "type ");
    sheet_cell(text, 1, m->type.data, m->type.len);
    buf_putc(text, '(');
    sheet_cell(text, 0, m->options.data, m->options.len);
    buf_puts(text, ")\n");
    return sheet_row_end(l->sheet, &j, err);
}

static int put_space_row(struct listing *l, struct hz_error *err)
{
    struct json_out j;
    sheet_row(l->sheet, &j);
    json_member_decimal(&j, "namespace", l->space->inode);
    json_member_int(&j, "pid", l->space->pid);
    json_member_int(&j, "processes", (int64_t)l->space->processes);
    buf_printf(&l->sheet->text, "# mount namespace %llu: %zu processes, the first is %d\n",
               (unsigned long long)l->space->inode, l->space->processes, l->space->pid);
    return sheet_row_end(l->sheet, &j, err);
}

/* Of a thread that is still in this namespace: its number may be another's by now. */
static int read_mounts(int root, const struct space *space, int tid, struct buf *out, bool *more, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf path = BUF_INIT(64);
    HZ_CLEANUP(buf_free) struct buf who = BUF_INIT(16);
    uint64_t inode = 0;
    buf_printf(&path, "proc/%d/mountinfo", tid);
    buf_decimal(&who, (uint64_t)tid);
    buf_reset(out);
    if (buf_text(&path) == NULL || buf_text(&who) == NULL)
        return buf_check(&path, err) != HZ_OK ? path.failed : buf_check(&who, err);
    int rc = io_proc_read(root, (const char *)path.data, KERN_MOUNTINFO_MAX, out, more, err);
    if (rc == HZ_OK)
        rc = kern_namespace(root, (const char *)who.data, "mnt", &inode, err);
    return rc == HZ_OK && inode != space->inode
               ? hz_error_sys(err, HZ_E_NOTFOUND, ENOENT, _("cannot open %s"), (const char *)path.data)
               : rc;
}

static int put_space(int root, struct listing *l, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf path = BUF_INIT(64);
    HZ_CLEANUP(buf_free) struct buf mountinfo = BUF_INIT(KERN_MOUNTINFO_MAX);
    struct hz_error why;
    bool more = false;
    buf_printf(&path, "/proc/%d/mountinfo", l->space->pid);
    int rc = buf_text(&path) == NULL ? buf_check(&path, err) : put_space_row(l, err);
    if (rc != HZ_OK)
        return rc;
    if (read_mounts(root, l->space, l->space->thread, &mountinfo, &more, &why) != HZ_OK &&
        read_mounts(root, l->space, l->space->other, &mountinfo, &more, &why) != HZ_OK)
        return sheet_missing(l->sheet, (const char *)path.data, &why, err);
    l->sheet->limited |= more;
    rc = kern_mount_list(&mountinfo, put_mount, l, err);
    buf_putc(&l->sheet->text, '\n');
    return rc;
}

static int by_inode(const void *a, const void *b)
{
    const struct space *x = a, *y = b;
    return (x->inode > y->inode) - (x->inode < y->inode);
}

/* The namespace that this program made for itself is no part of the picture. */
static bool only_ours(const struct space *s, uint64_t own)
{
    return s->inode == own && s->processes == 1;
}

int kern_mounts_make(int root, struct sheet *out, struct hz_error *err)
{
    struct spaces s = { 0 };
    struct hz_error ignored;
    uint64_t own = 0;
    int rc = find_spaces(root, &s, err);
    if (rc == HZ_OK && s.count > 1)
        qsort(s.list, s.count, sizeof *s.list, by_inode);
    if (rc == HZ_OK && s.count > 1 && kern_namespace(root, "thread-self", "mnt", &own, &ignored) != HZ_OK)
        own = 0;
    for (size_t i = 0; rc == HZ_OK && i < s.count; i++) {
        struct listing l = { out, &s.list[i] };
        if (!only_ours(&s.list[i], own))
            rc = put_space(root, &l, err);
    }
    if (rc == HZ_OK)
        rc = kern_unseen_tell(out, &s.unseen, err);
    out->limited |= s.more;
    free(s.list);
    return rc;
}
