#include "collector/kernel/kern_bpf_holder.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "base/io_open.h"
#include "base/io_proc.h"
#include "base/io_scan.h"
#include "base/lang.h"
#include "base/num.h"
#include "base/text.h"
#include "collector/kernel/kern_mount.h"
#include "formats/write/fields.h"

#define DEPTH_MAX 8

void kern_bpf_holders_free(struct kern_bpf_holders *h)
{
    for (size_t i = 0; i < h->count; i++)
        free(h->list[i].path);
    free(h->list);
    *h = (struct kern_bpf_holders) { 0 };
}

static int add(struct kern_bpf_holders *h, struct kern_bpf_holder what, const char *path, struct hz_error *err)
{
    if (h->count == KERN_BPF_HOLDERS_MAX) {
        h->more = true;
        return HZ_OK;
    }
    if (h->count == h->room) {
        size_t room = h->room == 0 ? 32 : h->room * 2;
        struct kern_bpf_holder *list = reallocarray(h->list, room, sizeof *list);
        if (list == NULL)
            return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
        h->list = list;
        h->room = room;
    }
    what.path = text_copy(path);
    if (path != NULL && what.path == NULL)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    h->list[h->count++] = what;
    return HZ_OK;
}

bool kern_bpf_fdinfo(const char *text, size_t len, enum io_bpf_kind *kind, uint32_t *id)
{
    static const struct {
        const char *key;
        enum io_bpf_kind kind;
    } keys[] = { { "link_id:\t", IO_BPF_LINK }, { "map_id:\t", IO_BPF_MAP }, { "prog_id:\t", IO_BPF_PROGRAM } };
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) { /* a link's has its program's, too */
        const char *at = memmem(text, len, keys[i].key, strlen(keys[i].key));
        if (at == NULL || (at != text && at[-1] != '\n'))
            continue;
        at += strlen(keys[i].key);
        size_t digits = strspn(at, "0123456789");
        uint64_t number = 0;
        if (num_parse_u64(at, digits, UINT32_MAX, &number) != HZ_OK)
            return false;
        *kind = keys[i].kind;
        *id = (uint32_t)number;
        return true;
    }
    return false;
}

/* path: of a fdinfo below root. */
static bool identify(int root, const char *path, struct kern_bpf_holder *out)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(4097);
    struct hz_error ignored;
    return io_proc_read(root, path, 4096, &text, NULL, &ignored) == HZ_OK && buf_text(&text) != NULL &&
           kern_bpf_fdinfo((const char *)text.data, text.len, &out->kind, &out->id);
}

struct descriptors {
    int root, pid;
    struct kern_bpf_holders *holders;
};

static int look_at(void *context, const char *name, unsigned char type, struct hz_error *err)
{
    struct descriptors *d = context;
    HZ_CLEANUP(buf_free) struct buf path = BUF_INIT(128);
    HZ_CLEANUP(buf_free) struct buf target = BUF_INIT(4096);
    struct kern_bpf_holder found = { .pid = d->pid };
    struct hz_error ignored;
    uint64_t number;
    (void)type;
    buf_printf(&path, "proc/%d/fd/%s", d->pid, name);
    if (buf_text(&path) == NULL || num_parse_u64(name, strlen(name), INT32_MAX, &number) != HZ_OK ||
        io_proc_link(d->root, (const char *)path.data, &target, &ignored) != HZ_OK || target.len < 15 ||
        memcmp(target.data, "anon_inode:bpf", 14) != 0)
        return HZ_OK;
    found.descriptor = (int)number;
    buf_reset(&path);
    buf_printf(&path, "proc/%d/fdinfo/%s", d->pid, name);
    return identify(d->root, buf_text(&path), &found) ? add(d->holders, found, NULL, err) : HZ_OK;
}

static int ask_processes(int root, struct kern_bpf_holders *out, struct hz_error *err)
{
    int *pids = NULL;
    size_t count = 0;
    int rc = kern_pids(root, &pids, &count, err);
    for (size_t i = 0; rc == HZ_OK && i < count; i++) {
        HZ_CLEANUP(buf_free) struct buf path = BUF_INIT(64);
        struct descriptors d = { root, pids[i], out };
        struct hz_error why;
        buf_printf(&path, "proc/%d/fd", pids[i]);
        if (buf_text(&path) == NULL)
            rc = buf_check(&path, err);
        else if (io_proc_list(root, (const char *)path.data, look_at, &d, &why) == HZ_E_NOMEM) {
            *err = why;
            rc = why.code;
        }
    }
    free(pids);
    return rc;
}

struct pins {
    int root, top;          /* of the host; of the bpf file system */
    struct buf mount, path; /* where it is mounted; below it */
    unsigned depth;
    struct kern_bpf_holders *holders;
};

static int add_pin(struct pins *p, struct hz_error *err)
{
    HZ_CLEANUP(io_close) int fd = -1;
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(8192);
    struct kern_bpf_holder found = { .pid = 0 };
    struct hz_error ignored;
    if (io_bpf_pinned(p->top, buf_text(&p->path), &fd, &ignored) != HZ_OK)
        return HZ_OK;
    buf_printf(&text, "proc/thread-self/fdinfo/%d", fd);
    if (buf_text(&text) == NULL || !identify(p->root, (const char *)text.data, &found))
        return HZ_OK;
    buf_reset(&text);
    buf_put(&text, p->mount.data, p->mount.len);
    buf_putc(&text, '/');
    buf_put(&text, p->path.data, p->path.len);
    return buf_text(&text) == NULL ? buf_check(&text, err) : add(p->holders, found, (const char *)text.data, err);
}

static int visit(void *context, const char *name, unsigned char type, struct hz_error *err)
{
    struct pins *p = context;
    size_t len = p->path.len;
    buf_printf(&p->path, "%s%s", len > 0 ? "/" : "", name);
    int rc = buf_text(&p->path) == NULL ? buf_check(&p->path, err) : HZ_OK;
    if (rc == HZ_OK && type == DT_REG)
        rc = add_pin(p, err);
    if (rc == HZ_OK && type == DT_DIR && p->depth < DEPTH_MAX) {
        struct hz_error why;
        p->depth++;
        if (io_proc_list(p->top, buf_text(&p->path), visit, p, &why) == HZ_E_NOMEM) {
            *err = why;
            rc = why.code;
        }
        p->depth--;
    }
    p->path.len = len;
    return rc;
}

static int look_into(void *context, const struct kern_mount *m, struct hz_error *err)
{
    struct pins *p = context;
    HZ_CLEANUP(io_close) int top = -1;
    struct hz_error why;
    int noatime;
    if (m->type.len != 3 || memcmp(m->type.data, "bpf", 3) != 0 || m->point.len < 2)
        return HZ_OK;
    buf_reset(&p->mount);
    buf_put(&p->mount, m->point.data, m->point.len);
    if (buf_text(&p->mount) == NULL)
        return buf_check(&p->mount, err);
    if (io_scan_open(p->root, (const char *)p->mount.data + 1, true, &top, &noatime, &why) != HZ_OK)
        return HZ_OK;
    p->top = top;
    if (io_proc_list(top, ".", visit, p, &why) != HZ_E_NOMEM)
        return HZ_OK;
    *err = why;
    return why.code;
}

static int ask_names(int root, struct kern_bpf_holders *out, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf mountinfo = BUF_INIT(KERN_MOUNTINFO_MAX);
    struct pins p = { .root = root, .top = -1, .holders = out };
    struct hz_error ignored;
    buf_init(&p.mount, 4096);
    buf_init(&p.path, 4096);
    int rc = HZ_OK;
    if (io_proc_read(root, "proc/thread-self/mountinfo", KERN_MOUNTINFO_MAX, &mountinfo, NULL, &ignored) == HZ_OK)
        rc = kern_mount_list(&mountinfo, look_into, &p, err);
    buf_free(&p.mount);
    buf_free(&p.path);
    return rc;
}

int kern_bpf_holders_find(int root, struct kern_bpf_holders *out, struct hz_error *err)
{
    int rc = ask_processes(root, out, err);
    return rc == HZ_OK ? ask_names(root, out, err) : rc;
}

static bool is_of(const struct kern_bpf_holder *h, enum io_bpf_kind kind, uint32_t id)
{
    return h->kind == kind && h->id == id;
}

const struct kern_bpf_holder *kern_bpf_first(const struct kern_bpf_holders *h, enum io_bpf_kind kind, uint32_t id)
{
    for (size_t i = 0; i < h->count; i++)
        if (is_of(&h->list[i], kind, id))
            return &h->list[i];
    return NULL;
}

void kern_bpf_put_held(struct json_out *j, const struct kern_bpf_holders *h, enum io_bpf_kind kind, uint32_t id)
{
    json_key(j, "held_by");
    json_array(j);
    for (size_t i = 0; i < h->count; i++)
        if (is_of(&h->list[i], kind, id) && h->list[i].pid != 0) {
            json_object(j);
            json_member_int(j, "descriptor", h->list[i].descriptor);
            json_member_int(j, "pid", h->list[i].pid);
            json_object_end(j);
        }
    json_array_end(j);
}

void kern_bpf_put_pinned(struct json_out *j, const struct kern_bpf_holders *h, enum io_bpf_kind kind, uint32_t id)
{
    json_key(j, "pinned");
    json_array(j);
    for (size_t i = 0; i < h->count; i++)
        if (is_of(&h->list[i], kind, id) && h->list[i].path != NULL)
            w_fields_text(j, (struct w_bytes) { h->list[i].path, strlen(h->list[i].path) });
    json_array_end(j);
}
