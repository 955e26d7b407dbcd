/* containers.jsonl, containers.txt: which process is in which container, what it may, and where its files are. */
#include <stdio.h>
#include <string.h>

#include "base/io_proc.h"
#include "collector/containers/cont_listings.h"
#include "collector/containers/cont_set.h"
#include "collector/kernel/kern_mount.h"
#include "formats/write/fields.h"

#define MNT_SPACE 2 /* in cont_spaces */
#define PID_SPACE 4

struct places {                          /* from the mountinfo of its first process */
    struct buf type, lower, upper, work; /* of what is mounted at "/"; the last three of an overlay */
    struct buf socket;                   /* of a daemon, mounted into it; empty: none */
};

static void init_places(struct places *p)
{
    buf_init(&p->type, 4096);
    buf_init(&p->lower, KERN_MOUNTINFO_MAX);
    buf_init(&p->upper, 65536);
    buf_init(&p->work, 65536);
    buf_init(&p->socket, 65536);
}

static void free_places(struct places *p)
{
    buf_free(&p->type);
    buf_free(&p->lower);
    buf_free(&p->upper);
    buf_free(&p->work);
    buf_free(&p->socket);
}

static void set(struct buf *out, struct w_bytes bytes)
{
    buf_reset(out);
    buf_put(out, bytes.data, bytes.len);
}

static bool ends_with(struct w_bytes text, const char *end)
{
    size_t len = strlen(end);
    return text.len >= len && memcmp((const char *)text.data + text.len - len, end, len) == 0;
}

static int look_mount(void *context, const struct kern_mount *m, struct hz_error *err)
{
    static const char *const sockets[] = { "/docker.sock", "/containerd.sock", "/podman.sock", "/crio.sock" };
    struct places *p = context;
    struct w_bytes value;
    (void)err;
    if (m->point.len == 1) { /* the last one that is mounted there is what is seen */
        set(&p->type, m->type);
        if (kern_mount_option(m->super_options, "lowerdir", &value))
            set(&p->lower, value);
        if (kern_mount_option(m->super_options, "upperdir", &value))
            set(&p->upper, value);
        if (kern_mount_option(m->super_options, "workdir", &value))
            set(&p->work, value);
    }
    for (size_t i = 0; i < sizeof sockets / sizeof sockets[0]; i++)
        if (ends_with(m->root, sockets[i]) || ends_with(m->point, sockets[i]))
            set(&p->socket, m->point);
    return HZ_OK;
}

static void look_places(int root, int pid, struct places *p)
{
    HZ_CLEANUP(buf_free) struct buf mountinfo = BUF_INIT(KERN_MOUNTINFO_MAX);
    struct hz_error ignored;
    char path[64];
    snprintf(path, sizeof path, "proc/%d/mountinfo", pid);
    if (io_proc_read(root, path, KERN_MOUNTINFO_MAX, &mountinfo, NULL, &ignored) == HZ_OK)
        kern_mount_list(&mountinfo, look_mount, p, &ignored);
}

static void put_place(struct json_out *j, const char *key, const char *key_b64, const struct buf *place)
{
    if (place->len > 0)
        w_fields_bytes(j, key, key_b64, (struct w_bytes) { place->data, place->len });
}

static void put_root(struct json_out *j, const struct places *p)
{
    if (p->type.len == 0)
        return;
    json_key(j, "root");
    json_object(j);
    put_place(j, "lower", "lower_b64", &p->lower);
    put_place(j, "type", "type_b64", &p->type);
    put_place(j, "upper", "upper_b64", &p->upper);
    put_place(j, "work", "work_b64", &p->work);
    json_object_end(j);
}

static void put_spaces(struct json_out *j, const struct cont_container *c)
{
    json_key(j, "namespaces");
    json_object(j);
    for (size_t i = 0; i < CONT_SPACES; i++)
        if (c->spaces[i] != 0)
            json_member_decimal(j, cont_spaces[i], c->spaces[i]);
    json_object_end(j);
    json_key(j, "own_namespaces");
    json_array(j);
    for (size_t i = 0; i < CONT_SPACES; i++)
        if (c->differs[i])
            json_string(j, cont_spaces[i]);
    json_array_end(j);
}

static void put_processes(struct json_out *j, const struct cont_container *c)
{
    json_key(j, "processes");
    json_array(j);
    for (size_t i = 0; i < c->count; i++) {
        json_object(j);
        w_fields_bytes(j, "name", "name_b64", (struct w_bytes) { c->list[i].name, strlen(c->list[i].name) });
        json_member_int(j, "pid", c->list[i].pid);
        json_object_end(j);
    }
    json_array_end(j);
}

static int put_row(struct sheet *s, const struct cont_container *c, const struct places *p, struct hz_error *err)
{
    struct json_out j;
    char capabilities[20];
    snprintf(capabilities, sizeof capabilities, "%016llx", (unsigned long long)c->capabilities);
    sheet_row(s, &j);
    json_member_bool(&j, "all_capabilities", c->full);
    json_member_string(&j, "capabilities", c->has_capabilities ? capabilities : NULL);
    if (c->cgroup != NULL)
        w_fields_bytes(&j, "cgroup", "cgroup_b64", (struct w_bytes) { c->cgroup, strlen(c->cgroup) });
    w_fields_bytes(&j, "id", "id_b64", (struct w_bytes) { c->id, strlen(c->id) });
    put_spaces(&j, c);
    json_member_decimal(&j, "process_count", c->processes);
    put_processes(&j, c);
    put_root(&j, p);
    json_member_string(&j, "runtime", c->runtime);
    put_place(&j, "runtime_socket", "runtime_socket_b64", &p->socket);
    return sheet_row_end(s, &j, err);
}

static void put_place_text(struct buf *out, const char *what, const struct buf *place)
{
    if (place->len == 0)
        return;
    buf_printf(out, "    %-10s ", what);
    sheet_cell(out, 0, place->data, place->len);
    buf_putc(out, '\n');
}

static void put_text(struct buf *out, const struct cont_container *c, const struct places *p)
{
    sheet_cell_text(out, 10, c->runtime);
    sheet_cell(out, 0, c->id, strlen(c->id));
    buf_puts(out, "\n    namespaces");
    for (size_t i = 0; i < CONT_SPACES; i++)
        if (c->differs[i])
            buf_printf(out, " %s", cont_spaces[i]);
    buf_printf(out, "%s\n", c->full ? "; all capabilities" : "");
    put_place_text(out, "root", &p->type);
    put_place_text(out, "lower", &p->lower);
    put_place_text(out, "upper", &p->upper);
    put_place_text(out, "socket", &p->socket);
    for (size_t i = 0; i < c->count; i++) {
        buf_printf(out, "    %7d ", c->list[i].pid);
        sheet_cell(out, 0, c->list[i].name, strlen(c->list[i].name));
        buf_putc(out, '\n');
    }
    if (c->processes > c->count)
        buf_printf(out, "    and %llu more\n", (unsigned long long)(c->processes - c->count));
}

/* Without a mount namespace of its own it is no container but a service that was named like one. */
static int observe_container(struct sheet *s, const struct cont_container *c, const struct places *p,
                             struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf subject = BUF_INIT(8192);
    HZ_CLEANUP(buf_free) struct buf detail = BUF_INIT(8192);
    buf_printf(&subject, "%s %s", c->runtime, c->id);
    const struct w_bytes who = { subject.data, subject.len };
    int rc = HZ_OK;
    if (c->full && c->differs[MNT_SPACE])
        rc = sheet_observe(s, "privileged-container", who, "it has all capabilities that process 1 has", err);
    if (rc == HZ_OK && p->socket.len > 0) {
        buf_puts(&detail, "the socket of a container daemon is mounted into it: ");
        buf_put(&detail, p->socket.data, p->socket.len < 1000 ? p->socket.len : 1000);
        rc = sheet_observe(s, "runtime-socket-in-container", who, buf_text(&detail), err);
    }
    if (rc == HZ_OK && c->differs[MNT_SPACE] && !c->differs[PID_SPACE] && c->spaces[PID_SPACE] != 0)
        rc = sheet_observe(s, "host-pid-container", who, "it sees the processes of the host", err);
    return rc;
}

int cont_containers_make(int root, struct sheet *out, struct hz_error *err)
{
    struct cont_set set = { 0 };
    int rc = cont_set_find(root, &set, err);
    for (size_t i = 0; rc == HZ_OK && i < set.count; i++) {
        struct places p;
        init_places(&p);
        if (set.list[i].differs[MNT_SPACE] && set.list[i].count > 0)
            look_places(root, set.list[i].list[0].pid, &p);
        rc = put_row(out, &set.list[i], &p, err);
        put_text(&out->text, &set.list[i], &p);
        if (rc == HZ_OK)
            rc = observe_container(out, &set.list[i], &p, err);
        free_places(&p);
    }
    out->limited |= set.more;
    cont_set_free(&set);
    return rc;
}
