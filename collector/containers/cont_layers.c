/* layers.jsonl, layers.txt: overlay mounts of every mount namespace, and what lies in their writable layers. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/io_proc.h"
#include "base/lang.h"
#include "collector/containers/cont_layer.h"
#include "collector/containers/cont_listings.h"
#include "collector/entries.h"
#include "collector/kernel/kern_mount.h"
#include "collector/processes/proc_pids.h"
#include "formats/write/fields.h"

#define SPACES_MAX 4096

struct listing {
    struct sheet *sheet;
    uint64_t space;
    int pid;
    struct entries uppers; /* each layer once */
};

struct spaces {
    uint64_t list[SPACES_MAX];
    size_t count;
    struct kern_unseen unseen;
};

static bool has(const struct entries *e, const char *text)
{
    for (size_t i = 0; i < e->count; i++)
        if (strcmp(e->list[i], text) == 0)
            return true;
    return false;
}

static void put_text(struct buf *out, const struct listing *l, const struct kern_mount *m, struct w_bytes upper)
{
    buf_printf(out, "mount namespace %llu pid %d: ", (unsigned long long)l->space, l->pid);
    sheet_cell(out, 0, m->point.data, m->point.len);
    buf_puts(out, "\n    upper ");
    sheet_cell(out, 0, upper.data == NULL ? "-" : upper.data, upper.data == NULL ? 1 : upper.len);
    buf_putc(out, '\n');
}

static int put_mount(struct listing *l, const struct kern_mount *m, struct hz_error *err)
{
    struct w_bytes lower = { NULL, 0 }, upper = { NULL, 0 }, work = { NULL, 0 };
    struct json_out j;
    kern_mount_option(m->super_options, "lowerdir", &lower);
    kern_mount_option(m->super_options, "upperdir", &upper);
    kern_mount_option(m->super_options, "workdir", &work);
    sheet_row(l->sheet, &j);
    json_member_string(&j, "kind", "mount");
    w_fields_bytes(&j, "lower", "lower_b64", lower);
    w_fields_bytes(&j, "mountpoint", "mountpoint_b64", m->point);
    json_member_decimal(&j, "namespace", l->space);
    json_member_int(&j, "pid", l->pid);
    w_fields_bytes(&j, "upper", "upper_b64", upper);
    w_fields_bytes(&j, "work", "work_b64", work);
    put_text(&l->sheet->text, l, m, upper);
    return sheet_row_end(l->sheet, &j, err);
}

static int look_mount(void *context, const struct kern_mount *m, struct hz_error *err)
{
    struct listing *l = context;
    HZ_CLEANUP(buf_free) struct buf upper = BUF_INIT((size_t)64 << 10);
    struct w_bytes value;
    if (m->type.len != 7 || memcmp(m->type.data, "overlay", 7) != 0)
        return HZ_OK;
    int rc = put_mount(l, m, err);
    if (rc != HZ_OK || !kern_mount_option(m->super_options, "upperdir", &value) || value.len == 0)
        return rc;
    buf_put(&upper, value.data, value.len);
    const char *path = buf_text(&upper);
    if (path == NULL || path[0] != '/' || strlen(path) != value.len || has(&l->uppers, path))
        return path == NULL ? buf_check(&upper, err) : HZ_OK;
    return entries_add(&l->uppers, path, 0, err);
}

static bool is_known(const struct spaces *s, uint64_t inode)
{
    for (size_t i = 0; i < s->count; i++)
        if (s->list[i] == inode)
            return true;
    return false;
}

/* A namespace is known when its mounts were read: the next thread in it will do, where one is gone by now. */
static int look_thread(int root, struct listing *l, struct spaces *s, uint32_t tid, struct hz_error *why,
                       struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf mountinfo = BUF_INIT(KERN_MOUNTINFO_MAX);
    char who[16], path[64];
    bool more = false;
    uint64_t after = 0;
    snprintf(who, sizeof who, "%u", tid);
    if (kern_namespace(root, who, "mnt", &l->space, why) != HZ_OK || is_known(s, l->space))
        return HZ_OK;
    l->sheet->limited |= s->count == SPACES_MAX;
    snprintf(path, sizeof path, "proc/%u/mountinfo", tid);
    if (s->count == SPACES_MAX || io_proc_read(root, path, KERN_MOUNTINFO_MAX, &mountinfo, &more, why) != HZ_OK ||
        kern_namespace(root, who, "mnt", &after, why) != HZ_OK || after != l->space)
        return HZ_OK;
    l->sheet->limited |= more;
    s->list[s->count++] = l->space;
    return kern_mount_list(&mountinfo, look_mount, l, err);
}

/* A thread can have a namespace of its own; and where the first thread has ended, only another tells of it. */
static int look_process(int root, struct listing *l, struct spaces *s, int pid, struct hz_error *err)
{
    HZ_CLEANUP(proc_pids_free) struct proc_pids tids = { 0 };
    struct hz_error why = { .code = HZ_OK };
    char path[32];
    int rc = HZ_OK;
    snprintf(path, sizeof path, "proc/%d/task", pid);
    l->pid = pid;
    if (proc_pids_list(&tids, root, path, &why) != HZ_OK)
        return kern_unseen_add(&s->unseen, &why, err);
    for (size_t i = 0; rc == HZ_OK && i < tids.count; i++)
        rc = look_thread(root, l, s, tids.list[i], &why, err);
    return rc == HZ_OK && why.code != HZ_OK ? kern_unseen_add(&s->unseen, &why, err) : rc;
}

static int put_layers(int root, struct listing *l, struct hz_error *err)
{
    struct cont_layer_budget budget = { 0 };
    int rc = HZ_OK;
    entries_sort(&l->uppers);
    for (size_t i = 0; rc == HZ_OK && i < l->uppers.count; i++) {
        buf_puts(&l->sheet->text, "\nlayer ");
        sheet_cell(&l->sheet->text, 0, l->uppers.list[i], strlen(l->uppers.list[i]));
        buf_putc(&l->sheet->text, '\n');
        rc = cont_layer_list(root, l->sheet, l->uppers.list[i], &budget, err);
    }
    return rc;
}

int cont_layers_make(int root, struct sheet *out, struct hz_error *err)
{
    struct listing l = { .sheet = out };
    struct spaces *spaces = calloc(1, sizeof *spaces);
    int *pids = NULL;
    size_t count = 0;
    int rc = spaces == NULL ? hz_error_set(err, HZ_E_NOMEM, _("out of memory")) : kern_pids(root, &pids, &count, err);
    for (size_t i = 0; rc == HZ_OK && i < count; i++)
        rc = look_process(root, &l, spaces, pids[i], err);
    if (rc == HZ_OK)
        rc = put_layers(root, &l, err);
    if (rc == HZ_OK)
        rc = kern_unseen_tell(out, &spaces->unseen, err);
    entries_free(&l.uppers);
    free(pids);
    free(spaces);
    return rc;
}
