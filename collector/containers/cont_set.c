#include "collector/containers/cont_set.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/io_proc.h"
#include "base/lang.h"
#include "base/text.h"
#include "collector/containers/cont_name.h"
#include "collector/kernel/kern_mount.h"

#define CGROUP_MAX ((size_t)64 << 10)
#define PID_SPACE 4 /* in cont_spaces */

const char *const cont_spaces[CONT_SPACES] = { "cgroup", "ipc", "mnt", "net", "pid", "user", "uts" };

struct view { /* what one process shows */
    int pid;
    uint64_t spaces[CONT_SPACES];
    bool has_capabilities;
    uint64_t capabilities;
};

void cont_set_free(struct cont_set *s)
{
    for (size_t i = 0; i < s->count; i++) {
        free(s->list[i].id);
        free(s->list[i].cgroup);
        free(s->list[i].list);
    }
    free(s->list);
    *s = (struct cont_set) { 0 };
}

static void look_spaces(int root, struct view *v)
{
    char who[16];
    struct hz_error ignored;
    snprintf(who, sizeof who, "%d", v->pid);
    for (size_t i = 0; i < CONT_SPACES; i++)
        if (kern_namespace(root, who, cont_spaces[i], &v->spaces[i], &ignored) != HZ_OK)
            v->spaces[i] = 0;
}

static bool read_file(int root, int pid, const char *name, size_t max, struct buf *out)
{
    char path[64];
    struct hz_error ignored;
    snprintf(path, sizeof path, "proc/%d/%s", pid, name);
    return io_proc_read(root, path, max, out, NULL, &ignored) == HZ_OK;
}

/* "CapEff:\t000001ffffffffff" */
static void look_capabilities(int root, struct view *v)
{
    static const char key[] = "\nCapEff:\t";
    HZ_CLEANUP(buf_free) struct buf status = BUF_INIT(CGROUP_MAX);
    unsigned char bytes[8];
    if (!read_file(root, v->pid, "status", CGROUP_MAX, &status) || status.len == 0)
        return;
    const char *at = memmem(status.data, status.len, key, sizeof key - 1);
    size_t behind = at == NULL ? 0 : status.len - (size_t)(at - (const char *)status.data);
    if (behind < sizeof key - 1 + 16 || text_unhex(bytes, 8, at + sizeof key - 1, 16) != HZ_OK)
        return;
    v->has_capabilities = true;
    for (size_t i = 0; i < 8; i++)
        v->capabilities = v->capabilities << 8 | bytes[i];
}

static struct cont_container *find(struct cont_set *s, const char *runtime, struct w_bytes id)
{
    for (size_t i = 0; i < s->count; i++)
        if (strcmp(s->list[i].runtime, runtime) == 0 && strlen(s->list[i].id) == id.len &&
            memcmp(s->list[i].id, id.data, id.len) == 0)
            return &s->list[i];
    return NULL;
}

static int add_container(struct cont_set *s, const struct cont_name *name, struct cont_container **out,
                         struct hz_error *err)
{
    if (s->count == s->room) {
        size_t room = s->room == 0 ? 16 : s->room * 2;
        struct cont_container *list = reallocarray(s->list, room, sizeof *list);
        if (list == NULL)
            return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
        s->list = list;
        s->room = room;
    }
    struct cont_container c = { .runtime = name->runtime, .id = strndup(name->id.data, name->id.len) };
    if (name->path.data != NULL)
        c.cgroup = strndup(name->path.data, name->path.len);
    if (c.id == NULL || (name->path.data != NULL && c.cgroup == NULL)) {
        free(c.id);
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    }
    s->list[s->count] = c;
    *out = &s->list[s->count++];
    return HZ_OK;
}

static int add_process(int root, struct cont_container *c, int pid, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf name = BUF_INIT(64);
    c->processes++;
    if (c->count == CONT_PROCESSES_MAX)
        return HZ_OK;
    if (c->count == c->room) {
        size_t room = c->room == 0 ? 8 : c->room * 2;
        struct cont_process *list = reallocarray(c->list, room, sizeof *list);
        if (list == NULL)
            return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
        c->list = list;
        c->room = room;
    }
    struct cont_process *p = &c->list[c->count++];
    *p = (struct cont_process) { .pid = pid };
    if (read_file(root, pid, "comm", 64, &name) && name.len > 0) {
        size_t len = name.data[name.len - 1] == '\n' ? name.len - 1 : name.len;
        memcpy(p->name, name.data, len < sizeof p->name - 1 ? len : sizeof p->name - 1);
    }
    return HZ_OK;
}

static void describe(int root, struct cont_container *c, struct view *v, const struct view *first)
{
    look_capabilities(root, v);
    for (size_t i = 0; i < CONT_SPACES; i++) {
        c->spaces[i] = v->spaces[i];
        c->differs[i] = v->spaces[i] != 0 && first->spaces[i] != 0 && v->spaces[i] != first->spaces[i];
    }
    c->has_capabilities = v->has_capabilities;
    c->capabilities = v->capabilities;
    c->full = v->has_capabilities && first->has_capabilities && first->capabilities != 0 &&
              (v->capabilities & first->capabilities) == first->capabilities;
}

/* The container of a process: by the name of its control group, else by a pid namespace that is not that of process 1.
 * What systemd runs has mount namespaces of its own, too: these alone make no container. */
static bool name_of(int root, const struct view *v, const struct view *first, struct buf *text, struct cont_name *out)
{
    if (read_file(root, v->pid, "cgroup", CGROUP_MAX, text) && text->len > 0 &&
        cont_name_find(out, text->data, text->len) == HZ_OK)
        return true;
    if (v->spaces[PID_SPACE] == 0 || first->spaces[PID_SPACE] == 0 || v->spaces[PID_SPACE] == first->spaces[PID_SPACE])
        return false;
    buf_reset(text);
    buf_printf(text, "pid:[%llu]", (unsigned long long)v->spaces[PID_SPACE]);
    *out = (struct cont_name) { .runtime = "namespace", .id = { text->data, text->len } };
    return text->failed == HZ_OK;
}

static int put_process(int root, struct cont_set *s, int pid, const struct view *first, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(CGROUP_MAX);
    struct view v = { .pid = pid };
    struct cont_name name;
    look_spaces(root, &v);
    if (!name_of(root, &v, first, &text, &name))
        return HZ_OK;
    struct cont_container *c = find(s, name.runtime, name.id);
    if (c == NULL && s->count == CONT_SET_MAX) {
        s->more = true;
        return HZ_OK;
    }
    if (c == NULL) {
        int rc = add_container(s, &name, &c, err);
        if (rc != HZ_OK || c == NULL)
            return rc;
        describe(root, c, &v, first);
    }
    return add_process(root, c, pid, err);
}

static int by_name(const void *a, const void *b)
{
    const struct cont_container *x = a, *y = b;
    int order = strcmp(x->runtime, y->runtime);
    return order != 0 ? order : strcmp(x->id, y->id);
}

int cont_set_find(int root, struct cont_set *out, struct hz_error *err)
{
    struct view first = { .pid = 1 };
    int *pids = NULL;
    size_t count = 0;
    int rc = kern_pids(root, &pids, &count, err);
    look_spaces(root, &first);
    look_capabilities(root, &first);
    for (size_t i = 0; rc == HZ_OK && i < count; i++)
        rc = put_process(root, out, pids[i], &first, err);
    free(pids);
    if (out->count > 1)
        qsort(out->list, out->count, sizeof *out->list, by_name);
    return rc;
}
