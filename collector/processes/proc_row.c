/* A process as a line of processes.jsonl; members in ascending order of their names. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/io_proc.h"
#include "collector/absence.h"
#include "collector/processes/proc_detail.h"
#include "collector/processes/proc_row.h"
#include "formats/write/fields.h"

#define SMALL ((size_t)16 << 10)
#define ENVIRON_MAX ((size_t)256 << 10)

static void note_unread(struct proc_row *r, const char *name, int sys_errno)
{
    r->d->denied |= sys_errno == EACCES || sys_errno == EPERM;
    if (sys_errno != ENOENT && sys_errno != ESRCH && r->unread_count < PROC_UNREAD_MAX)
        r->unread[r->unread_count++] = (struct proc_unread) { name, sys_errno };
}

bool proc_row_read(struct proc_row *r, const char *name, size_t max, struct buf *out, bool *more)
{
    struct hz_error why;
    buf_reset(out);
    if (r->fd < 0)
        return false;
    if (io_proc_read(r->fd, name, max, out, more, &why) == HZ_OK)
        return true;
    note_unread(r, name, why.sys_errno);
    return false;
}

void proc_row_link(struct proc_row *r, const char *name, const char *key, const char *key_b64)
{
    HZ_CLEANUP(buf_free) struct buf target = BUF_INIT(PROC_LINK_MAX);
    struct hz_error why;
    if (r->fd < 0)
        return;
    if (io_proc_link(r->fd, name, &target, &why) == HZ_OK)
        w_fields_bytes(&r->j, key, key_b64, (struct w_bytes) { target.data, target.len });
    else
        note_unread(r, name, why.sys_errno);
}

/* A file that holds one number; -1 as the kernel writes it for "none" (4294967295) is none. */
void proc_row_number(struct proc_row *r, const char *name, const char *key)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(64);
    uint64_t value[1];
    if (!proc_row_read(r, name, 64, &text, NULL))
        return;
    const char *at = (const char *)text.data;
    bool negative = text.len > 0 && *at == '-';
    if (proc_status_numbers((struct w_bytes) { at + negative, text.len - negative }, value, 1) == 1 &&
        value[0] < UINT32_MAX)
        json_member_int(&r->j, key, negative ? -(int64_t)value[0] : (int64_t)value[0]);
}

static void put_cgroup(struct proc_row *r)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(SMALL);
    if (!proc_row_read(r, "cgroup", SMALL, &text, NULL))
        return;
    json_key(&r->j, "cgroup");
    json_array(&r->j);
    for (size_t at = 0; at < text.len;) {
        const unsigned char *line = text.data + at, *newline = memchr(line, '\n', text.len - at);
        size_t len = newline == NULL ? text.len - at : (size_t)(newline - line);
        w_fields_text(&r->j, (struct w_bytes) { line, len });
        at += len + 1;
    }
    json_array_end(&r->j);
}

/* Words that end with a NUL each. names_only: without '=' and what is behind it; a word that has none may be the rest
 * of a value, where the process wrote over its environment. */
static void put_words(struct json_out *j, const char *key, const struct buf *text, bool names_only)
{
    json_key(j, key);
    json_array(j);
    for (size_t at = 0; at < text->len;) {
        const char *word = (const char *)text->data + at, *end = memchr(word, '\0', text->len - at);
        size_t len = end == NULL ? text->len - at : (size_t)(end - word);
        const char *equals = names_only ? memchr(word, '=', len) : NULL;
        if (!names_only || equals != NULL)
            w_fields_text(j, (struct w_bytes) { word, equals == NULL ? len : (size_t)(equals - word) });
        at += len + 1;
    }
    json_array_end(j);
}

static void put_cmdline(struct proc_row *r)
{
    const struct proc *p = r->d->p;
    struct buf *all = &r->d->cmdline;
    bool more = p->cmdline_more;
    bool whole = more && proc_row_read(r, "cmdline", PROC_CMDLINE_ALL, all, &more) && all->len > p->cmdline.len;
    const struct buf *cmdline = whole ? all : &p->cmdline;
    if (cmdline->len == 0)
        return;
    put_words(&r->j, "cmdline", cmdline, false);
    proc_row_base64(&r->j, "cmdline_b64", cmdline);
    if (whole ? more : p->cmdline_more)
        json_member_bool(&r->j, "cmdline_more", true);
}

static void keep_preload(struct proc_row *r, const struct buf *text)
{
    static const char *const names[] = { "LD_PRELOAD=", "LD_AUDIT=" };
    for (size_t at = 0; at < text->len;) {
        const char *word = (const char *)text->data + at;
        size_t len = strnlen(word, text->len - at);
        for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
            size_t name = strlen(names[i]);
            if (r->d->preload.len == 0 && len > name && memcmp(word, names[i], name) == 0)
                buf_put(&r->d->preload, word, len);
        }
        at += len + 1;
    }
}

static void put_environ(struct proc_row *r)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(ENVIRON_MAX);
    bool more = false;
    if (proc_is_kernel(r->d->p) || !proc_row_read(r, "environ", ENVIRON_MAX, &text, &more) || text.len == 0)
        return;
    put_words(&r->j, "environ", &text, !r->d->environ_values);
    if (r->d->environ_values)
        proc_row_base64(&r->j, "environ_b64", &text);
    if (more)
        json_member_bool(&r->j, "environ_more", true);
    keep_preload(r, &text);
}

static void put_device(struct json_out *j, const char *key, unsigned major, unsigned minor)
{
    char text[32];
    snprintf(text, sizeof text, "%u:%u", major, minor);
    json_member_string(j, key, text);
}

static void put_executable(struct proc_row *r)
{
    const struct proc *p = r->d->p;
    const struct proc_image *image = r->d->image;
    struct json_out *j = &r->j;
    if (p->exe.len == 0)
        return;
    json_key(j, "executable");
    json_object(j);
    if (p->has_image) {
        const struct stamp mtime = { p->image.stx_mtime.tv_sec, p->image.stx_mtime.tv_nsec };
        char mode[16];
        put_device(j, "device", p->image.stx_dev_major, p->image.stx_dev_minor);
        json_member_decimal(j, "inode", p->image.stx_ino);
        json_member_int(j, "links", p->image.stx_nlink);
        snprintf(mode, sizeof mode, "%04o", p->image.stx_mode & 07777U);
        json_member_string(j, "mode", mode);
        w_fields_time(j, "mtime", mtime);
    }
    w_fields_bytes(j, "path", "path_b64", (struct w_bytes) { p->exe.data, p->exe.len });
    json_member_string(j, "sha256", image != NULL && image->hashed ? image->sha256 : NULL);
    if (p->has_image)
        json_member_decimal(j, "size", p->image.stx_size);
    json_member_string(j, "state", image == NULL ? NULL : proc_image_name(image->state));
    if (p->has_image)
        json_member_int(j, "uid", p->image.stx_uid);
    json_member_string(j, "unhashed",
                       image != NULL && !image->hashed && image->sys_errno != 0 ? absence_reason(image->sys_errno)
                                                                                : NULL);
    json_object_end(j);
}

static void put_mappings(struct proc_row *r)
{
    const struct proc_counts *c = &r->d->counts;
    struct json_out *j = &r->j;
    if (c->mappings == 0)
        return;
    json_key(j, "mappings");
    json_object(j);
    json_member_decimal(j, "anonymous_executable", c->anonymous);
    json_member_decimal(j, "anonymous_executable_bytes", c->anonymous_bytes);
    json_member_decimal(j, "count", c->mappings);
    json_member_decimal(j, "deleted_executable", c->deleted);
    json_member_decimal(j, "memfd_executable", c->memory);
    if (r->d->maps_more)
        json_member_bool(j, "more", true);
    json_member_decimal(j, "writable_executable", c->writable);
    json_object_end(j);
}

static void put_memory(struct proc_row *r)
{
    static const struct {
        const char *key, *line;
    } lines[] = { { "highest_kib", "VmHWM" },  { "locked_kib", "VmLck" },   { "resident_anonymous_kib", "RssAnon" },
                  { "resident_kib", "VmRSS" }, { "swapped_kib", "VmSwap" }, { "virtual_kib", "VmSize" } };
    bool open = false;
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        uint64_t value[1];
        if (proc_status_numbers(proc_row_status(r, lines[i].line), value, 1) != 1)
            continue;
        if (!open) {
            json_key(&r->j, "memory");
            json_object(&r->j);
        }
        open = true;
        json_member_decimal(&r->j, lines[i].key, value[0]);
    }
    if (open)
        json_object_end(&r->j);
}

static void put_namespaces(struct proc_row *r)
{
    static const char *const names[] = { "cgroup", "ipc", "mnt", "net", "pid", "time", "user", "uts" };
    HZ_CLEANUP(buf_free) struct buf target = BUF_INIT(64);
    bool open = false;
    int sys_errno = 0;
    for (size_t i = 0; r->fd >= 0 && i < sizeof names / sizeof names[0]; i++) {
        struct hz_error why;
        char path[16];
        snprintf(path, sizeof path, "ns/%s", names[i]);
        buf_reset(&target);
        if (io_proc_link(r->fd, path, &target, &why) != HZ_OK) {
            sys_errno = why.sys_errno;
            continue;
        }
        size_t start = strlen(names[i]) + 2; /* "net:[4026531840]" */
        uint64_t inode[1];
        if (target.len < start + 2 ||
            proc_status_numbers((struct w_bytes) { target.data + start, target.len - start - 1 }, inode, 1) != 1)
            continue;
        if (!open) {
            json_key(&r->j, "namespaces");
            json_object(&r->j);
        }
        open = true;
        json_member_decimal(&r->j, names[i], inode[0]);
    }
    if (open)
        json_object_end(&r->j);
    else if (sys_errno != 0)
        note_unread(r, "ns", sys_errno);
}

static void put_umask(struct proc_row *r)
{
    struct w_bytes value = proc_row_status(r, "Umask");
    if (value.data == NULL)
        return;
    json_key(&r->j, "umask");
    w_fields_text(&r->j, value);
}

/* What was looked at before the row was begun. */
static void note_earlier(struct proc_row *r)
{
    const struct proc_detail *d = r->d;
    const struct proc_unread earlier[] = {
        { "exe", d->p->exe_errno }, { "fd", d->fd_errno }, { "maps", d->maps_errno }, { "status", d->status_errno }
    };
    for (size_t i = 0; i < sizeof earlier / sizeof earlier[0]; i++) {
        if (earlier[i].sys_errno != 0)
            note_unread(r, earlier[i].name, earlier[i].sys_errno);
    }
}

static void put_unread(struct proc_row *r)
{
    note_earlier(r);
    if (r->unread_count == 0)
        return;
    json_key(&r->j, "unread");
    json_array(&r->j);
    for (size_t i = 0; i < r->unread_count; i++) {
        json_object(&r->j);
        json_member_string(&r->j, "name", r->unread[i].name);
        json_member_string(&r->j, "reason", absence_reason(r->unread[i].sys_errno));
        json_object_end(&r->j);
    }
    json_array_end(&r->j);
}

static void put_a_to_l(struct proc_row *r)
{
    const struct proc *p = r->d->p;
    struct json_out *j = &r->j;
    proc_row_capabilities(r);
    put_cgroup(r);
    put_cmdline(r);
    if (p->stat.comm_len > 0)
        w_fields_bytes(j, "comm", "comm_b64", (struct w_bytes) { p->stat.comm, p->stat.comm_len });
    if (p->covered)
        json_member_bool(j, "covered", true);
    proc_row_times(r);
    proc_row_link(r, "cwd", "cwd", "cwd_b64");
    if (r->d->descriptors_read)
        json_member_decimal(j, "descriptors", r->d->counts.descriptors);
    put_environ(r);
    put_executable(r);
    proc_row_ids(r, "gid", "Gid");
    if (r->d->gone || r->d->reused)
        json_member_bool(j, "gone", true);
    proc_row_numbers(r, "groups", "Groups");
    if (r->d->hidden)
        json_member_bool(j, "hidden", true);
    proc_row_io(r);
    if (proc_is_kernel(p))
        json_member_bool(j, "kernel_thread", true);
    proc_row_limits(r);
    proc_row_number(r, "loginuid", "loginuid");
    proc_row_label(r);
}

static void put_m_to_z(struct proc_row *r)
{
    const struct proc *p = r->d->p;
    struct json_out *j = &r->j;
    put_mappings(r);
    put_memory(r);
    put_namespaces(r);
    proc_row_scheduling(r);
    json_member_int(j, "pid", p->pid);
    proc_row_numbers(r, "pids", "NSpid");
    proc_row_place(r);
    proc_row_link(r, "root", "root", "root_b64");
    proc_row_status_number(r, "seccomp", "Seccomp");
    if (p->state == PROC_SEEN)
        json_member_int(j, "session", p->stat.session);
    proc_row_number(r, "sessionid", "sessionid");
    proc_row_signals(r);
    proc_row_start(r);
    proc_row_threads(r);
    proc_row_ids(r, "uid", "Uid");
    put_umask(r);
    put_unread(r);
    if (p->state == PROC_SEEN) {
        const struct w_bytes user = proc_users_name(r->d->users, p->euid);
        if (user.data != NULL)
            w_fields_bytes(j, "user", "user_b64", user);
    }
    proc_row_views(r);
    proc_row_wchan(r);
}

void proc_row(struct proc_detail *d, int fd)
{
    struct proc_row r = { .d = d, .fd = fd };
    json_init(&r.j, &d->row);
    json_object(&r.j);
    put_a_to_l(&r);
    put_m_to_z(&r);
    d->rc = w_fields_end(&r.j, d->rc, &d->err);
}
