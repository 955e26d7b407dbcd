/* Open descriptors of one process. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/escape.h"
#include "base/io_open.h"
#include "base/io_proc.h"
#include "collector/processes/proc_detail.h"
#include "collector/processes/proc_pids.h"
#include "formats/write/fields.h"

#define INFO_MAX ((size_t)4096)
#define ROWS_MAX 65536 /* of one process */
#define ROWS_BYTES ((size_t)12 << 20)

struct descriptor {
    const char *name; /* its number */
    uint64_t number;
    struct buf target, info;
    bool has_stat;
    struct statx stat;
};

static const char *kind_of(const struct descriptor *f)
{
    static const struct {
        const char *begins, *kind;
    } names[] = {
        { "socket:[", "socket" }, { "pipe:[", "pipe" }, { "anon_inode:", "anonymous" }, { "/memfd:", "memory" }
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        size_t len = strlen(names[i].begins);
        if (f->target.len >= len && memcmp(f->target.data, names[i].begins, len) == 0)
            return names[i].kind;
    }
    if (!f->has_stat)
        return "other";
    switch (f->stat.stx_mode & S_IFMT) {
    case S_IFREG:
        return "file";
    case S_IFDIR:
        return "directory";
    case S_IFCHR:
        return "character-device";
    case S_IFBLK:
        return "block-device";
    case S_IFIFO:
        return "fifo";
    default:
        return "other";
    }
}

/* Octal, as open(2) was given them (fdinfo). */
static bool read_flags(const struct descriptor *f, unsigned *out)
{
    struct w_bytes value = proc_status_value(f->info.data, f->info.len, "flags");
    unsigned flags = 0;
    for (size_t i = 0; i < value.len; i++) {
        char c = ((const char *)value.data)[i];
        if (c < '0' || c > '7' || i > 9)
            return false;
        flags = flags << 3 | (unsigned)(c - '0');
    }
    *out = flags;
    return value.len > 0;
}

static const char *access_of(unsigned flags)
{
    static const char *const names[] = { "read", "write", "read-write", "path" };
    return names[(flags & 010000000) != 0 ? 3 : flags & 3]; /* O_PATH, O_ACCMODE */
}

static bool is_deleted(const struct descriptor *f)
{
    return f->has_stat && f->stat.stx_nlink == 0;
}

/* Does this program keep something in it? All it opens is O_CLOEXEC, what it was started with is not. */
static bool is_ours(const struct proc_detail *d, const struct descriptor *f)
{
    unsigned flags;
    return d->own && read_flags(f, &flags) && (flags & 02000000) != 0;
}

static void put_json(struct proc_detail *d, const struct descriptor *f)
{
    char text[32];
    unsigned flags;
    uint64_t position[1];
    bool has_flags = read_flags(f, &flags);
    struct json_out j;
    json_init(&j, &d->descriptors);
    json_object(&j);
    json_member_string(&j, "access", has_flags ? access_of(flags) : NULL);
    if (is_deleted(f))
        json_member_bool(&j, "deleted", true);
    snprintf(text, sizeof text, "%u:%u", f->stat.stx_dev_major, f->stat.stx_dev_minor);
    json_member_string(&j, "device", f->has_stat ? text : NULL);
    json_member_int(&j, "fd", (int64_t)f->number);
    snprintf(text, sizeof text, "%o", has_flags ? flags : 0);
    json_member_string(&j, "flags", has_flags ? text : NULL);
    if (f->has_stat)
        json_member_decimal(&j, "inode", f->stat.stx_ino);
    json_member_string(&j, "kind", kind_of(f));
    json_member_int(&j, "pid", d->p->pid);
    if (proc_status_numbers(proc_status_value(f->info.data, f->info.len, "pos"), position, 1) == 1)
        json_member_decimal(&j, "position", position[0]);
    snprintf(text, sizeof text, "%u:%u", f->stat.stx_rdev_major, f->stat.stx_rdev_minor);
    bool device = f->has_stat && (S_ISCHR(f->stat.stx_mode) || S_ISBLK(f->stat.stx_mode));
    json_member_string(&j, "rdevice", device ? text : NULL);
    if (f->has_stat && S_ISREG(f->stat.stx_mode))
        json_member_decimal(&j, "size", f->stat.stx_size);
    json_member_decimal(&j, "start_ticks", d->p->stat.start_ticks);
    w_fields_bytes(&j, "target", "target_b64", (struct w_bytes) { f->target.data, f->target.len });
    d->rc = w_fields_end(&j, d->rc, &d->err);
}

static void put_text(struct proc_detail *d, const struct descriptor *f)
{
    HZ_CLEANUP(buf_free) struct buf comm = BUF_INIT(1024);
    unsigned flags;
    char access = read_flags(f, &flags) ? "rwup"[(flags & 010000000) != 0 ? 3 : flags & 3] : ' ';
    escape_terminal(&comm, d->p->stat.comm, d->p->stat.comm_len);
    buf_printf(&d->descriptors_text, "%-15s %7u %6llu%c %-16s ", buf_text(&comm) == NULL ? "" : buf_text(&comm),
               d->p->pid, (unsigned long long)f->number, access, kind_of(f));
    if (f->has_stat && S_ISREG(f->stat.stx_mode))
        buf_printf(&d->descriptors_text, "%12llu ", (unsigned long long)f->stat.stx_size);
    else
        buf_puts(&d->descriptors_text, "           - ");
    escape_terminal(&d->descriptors_text, f->target.data, f->target.len);
    buf_putc(&d->descriptors_text, '\n');
}

static void look(struct proc_detail *d, int fds, int fdinfo, struct descriptor *f)
{
    struct hz_error ignored;
    if (io_proc_link(fds, f->name, &f->target, &ignored) != HZ_OK)
        return; /* closed meanwhile */
    bool has_name = f->target.len > 0 && f->target.data[0] == '/';
    bool is_socket = f->target.len > 7 && memcmp(f->target.data, "socket:", 7) == 0;
    f->has_stat = has_name && io_proc_statx(fds, f->name, &f->stat, &ignored) == HZ_OK;
    if (!is_socket)
        io_proc_read(fdinfo, f->name, INFO_MAX, &f->info, NULL, &ignored);
    d->counts.descriptors++;
    if (d->counts.descriptors > ROWS_MAX || d->descriptors.len > ROWS_BYTES || d->descriptors_text.len > ROWS_BYTES)
        return;
    put_json(d, f);
    put_text(d, f);
    const struct statx *image = &d->p->image;
    bool is_image = d->p->has_image && image->stx_ino == f->stat.stx_ino &&
                    image->stx_dev_major == f->stat.stx_dev_major && image->stx_dev_minor == f->stat.stx_dev_minor;
    if (is_deleted(f) && S_ISREG(f->stat.stx_mode) && f->stat.stx_size > 0 && !is_image && !is_ours(d, f))
        proc_detail_want(d, &(struct proc_wanted) { .fd = f->number,
                                                    .inode = f->stat.stx_ino,
                                                    .size = f->stat.stx_size,
                                                    .device_major = f->stat.stx_dev_major,
                                                    .device_minor = f->stat.stx_dev_minor });
}

void proc_detail_descriptors(struct proc_detail *d, int fd)
{
    HZ_CLEANUP(proc_pids_free) struct proc_pids numbers = { 0 };
    HZ_CLEANUP(io_close) int fds = -1;
    HZ_CLEANUP(io_close) int fdinfo = -1;
    struct descriptor f = { .target = BUF_INIT(PROC_LINK_MAX), .info = BUF_INIT(INFO_MAX) };
    struct hz_error why;
    char name[16];
    if (io_proc_directory(fd, "fd", &fds, &why) != HZ_OK || proc_pids_list(&numbers, fds, ".", &why) != HZ_OK ||
        io_proc_directory(fd, "fdinfo", &fdinfo, &why) != HZ_OK) {
        d->fd_errno = why.sys_errno;
        return;
    }
    d->descriptors_read = true;
    f.name = name;
    for (size_t i = 0; i < numbers.count && d->rc == HZ_OK; i++) {
        f.number = numbers.list[i];
        f.has_stat = false;
        snprintf(name, sizeof name, "%u", numbers.list[i]);
        buf_reset(&f.target);
        buf_reset(&f.info);
        look(d, fds, fdinfo, &f);
    }
    buf_free(&f.target);
    buf_free(&f.info);
}
