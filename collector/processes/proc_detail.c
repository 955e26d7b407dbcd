#include "collector/processes/proc_detail.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/escape.h"
#include "base/io_open.h"
#include "base/io_proc.h"
#include "collector/processes/proc_maps.h"
#include "formats/write/fields.h"

#define ROW_MAX ((size_t)8 << 20)
#define LINES_MAX ((size_t)16 << 20)
#define MAPS_MAX ((size_t)8 << 20)
#define MAPPINGS_MAX 1000 /* rows of one process */
#define STAT_MAX ((size_t)16 << 10)

struct proc_detail *proc_detail_new(void)
{
    struct proc_detail *d = calloc(1, sizeof *d);
    if (d == NULL)
        return NULL;
    buf_init(&d->row, ROW_MAX);
    buf_init(&d->descriptors, LINES_MAX);
    buf_init(&d->descriptors_text, LINES_MAX);
    buf_init(&d->mappings, LINES_MAX);
    buf_init(&d->mappings_text, LINES_MAX);
    buf_init(&d->status, STAT_MAX);
    buf_init(&d->maps, MAPS_MAX);
    buf_init(&d->cmdline, PROC_CMDLINE_ALL);
    buf_init(&d->preload, ROW_MAX);
    return d;
}

void proc_detail_free(struct proc_detail *d)
{
    if (d == NULL)
        return;
    buf_free(&d->row);
    buf_free(&d->descriptors);
    buf_free(&d->descriptors_text);
    buf_free(&d->mappings);
    buf_free(&d->mappings_text);
    buf_free(&d->status);
    buf_free(&d->maps);
    buf_free(&d->cmdline);
    buf_free(&d->preload);
    free(d->wanted);
    free(d);
}

void proc_detail_want(struct proc_detail *d, const struct proc_wanted *wanted)
{
    if (d->wanted == NULL)
        d->wanted = calloc(PROC_WANTED_MAX, sizeof *d->wanted);
    if (d->wanted != NULL && d->wanted_count < PROC_WANTED_MAX)
        d->wanted[d->wanted_count++] = *wanted;
    else
        d->wanted_more++;
}

static void put_mapping(struct proc_detail *d, const struct proc_map *m, enum proc_map_kind kind)
{
    char text[64];
    struct json_out j;
    json_init(&j, &d->mappings);
    json_object(&j);
    snprintf(text, sizeof text, "%u:%u", m->device_major, m->device_minor);
    json_member_string(&j, "device", m->inode == 0 ? NULL : text);
    snprintf(text, sizeof text, "%llx", (unsigned long long)m->end);
    json_member_string(&j, "end", text);
    if (m->inode != 0)
        json_member_decimal(&j, "inode", m->inode);
    json_member_string(&j, "kind", proc_maps_name(kind));
    json_member_decimal(&j, "offset", m->offset);
    if (m->path.len > 0)
        w_fields_bytes(&j, "path", "path_b64", m->path);
    json_member_string(&j, "permissions", m->permissions);
    json_member_int(&j, "pid", d->p->pid);
    snprintf(text, sizeof text, "%llx", (unsigned long long)m->start);
    json_member_string(&j, "start", text);
    json_member_decimal(&j, "start_ticks", d->p->stat.start_ticks);
    d->rc = w_fields_end(&j, d->rc, &d->err);
    buf_printf(&d->mappings_text, "%7u %016llx-%016llx %s %-21s ", d->p->pid, (unsigned long long)m->start,
               (unsigned long long)m->end, m->permissions, proc_maps_name(kind));
    escape_terminal(&d->mappings_text, m->path.data, m->path.len);
    buf_putc(&d->mappings_text, '\n');
}

/* The file itself, as far as we may: a name may end in " (deleted)" by itself, and some file systems (overlayfs, btrfs)
 * have other numbers in maps than in stat. */
static bool identify(const struct proc_map *m, int fd, struct proc_wanted *out)
{
    struct statx st;
    struct hz_error ignored;
    char path[64];
    *out = (struct proc_wanted) { .mapping = true,
                                  .start = m->start,
                                  .end = m->end,
                                  .inode = m->inode,
                                  .device_major = m->device_major,
                                  .device_minor = m->device_minor };
    snprintf(path, sizeof path, "map_files/%llx-%llx", (unsigned long long)m->start, (unsigned long long)m->end);
    if (io_proc_statx(fd, path, &st, &ignored) != HZ_OK)
        return false;
    out->inode = st.stx_ino;
    out->size = st.stx_size;
    out->device_major = st.stx_dev_major;
    out->device_minor = st.stx_dev_minor;
    return st.stx_nlink > 0;
}

static bool is_image(const struct proc_detail *d, const struct proc_wanted *w)
{
    const struct statx *image = &d->p->image;
    return d->p->has_image && image->stx_ino == w->inode && image->stx_dev_major == w->device_major &&
           image->stx_dev_minor == w->device_minor;
}

static void count_mapping(struct proc_detail *d, const struct proc_map *m, enum proc_map_kind kind)
{
    struct proc_counts *c = &d->counts;
    c->mappings++;
    c->anonymous += kind == PROC_MAP_ANONYMOUS;
    c->anonymous_bytes += kind == PROC_MAP_ANONYMOUS ? m->end - m->start : 0;
    c->memory += kind == PROC_MAP_MEMORY;
    c->deleted += kind == PROC_MAP_DELETED;
    c->writable += kind == PROC_MAP_WRITABLE;
}

void proc_detail_mappings(struct proc_detail *d, int fd)
{
    struct proc_map m;
    struct proc_wanted wanted;
    struct hz_error why;
    unsigned rows = 0;
    if (io_proc_read(fd, "maps", MAPS_MAX, &d->maps, &d->maps_more, &why) != HZ_OK) {
        d->maps_errno = why.sys_errno;
        return;
    }
    for (size_t at = 0; proc_maps_next(d->maps.data, d->maps.len, &at, &m);) {
        enum proc_map_kind kind = proc_maps_kind(&m);
        bool file = kind == PROC_MAP_DELETED || kind == PROC_MAP_MEMORY;
        bool named = file && identify(&m, fd, &wanted);
        if (kind == PROC_MAP_DELETED && named)
            kind = PROC_MAP_PLAIN;
        else if (file && !is_image(d, &wanted))
            proc_detail_want(d, &wanted);
        count_mapping(d, &m, kind);
        if (kind != PROC_MAP_PLAIN && rows++ < MAPPINGS_MAX)
            put_mapping(d, &m, kind);
    }
}

/* Is the number still that process's? */
static bool is_same(const struct proc_detail *d, int fd)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(STAT_MAX);
    struct hz_error ignored;
    struct proc_stat s;
    char path[32] = "stat";
    if (d->p->folder != d->p->pid)
        snprintf(path, sizeof path, "task/%u/stat", d->p->pid);
    return io_proc_read(fd, path, STAT_MAX, &text, NULL, &ignored) == HZ_OK &&
           proc_stat_parse(text.data, text.len, &s) == HZ_OK && s.start_ticks == d->p->stat.start_ticks;
}

static void look(struct proc_detail *d, int fd)
{
    struct hz_error why;
    if (!is_same(d, fd)) {
        d->reused = true;
        proc_row(d, -1);
        return;
    }
    if (io_proc_read(fd, "status", STAT_MAX, &d->status, NULL, &why) != HZ_OK)
        d->status_errno = why.sys_errno;
    if (!proc_is_kernel(d->p)) {
        proc_detail_mappings(d, fd);
        proc_detail_descriptors(d, fd);
    }
    proc_row(d, fd); /* an entry in procfs that was opened never leads to another process */
}

bool proc_detail_odd(const struct proc_detail *d)
{
    return d->counts.anonymous + d->counts.deleted + d->counts.memory > 0 || d->preload.len > 0 || d->p->tracer != 0 ||
           d->hidden || (d->image != NULL && d->image->state >= PROC_IMAGE_DELETED);
}

/* Many wait for the main thread at a time. */
static void forget_raw(struct proc_detail *d)
{
    buf_free(&d->status);
    buf_free(&d->maps);
    buf_free(&d->cmdline);
}

void proc_detail_work(void *context)
{
    struct proc_detail *d = context;
    HZ_CLEANUP(io_close) int fd = -1;
    struct hz_error why;
    char name[16];
    snprintf(name, sizeof name, "%u", d->p->folder);
    if (d->p->state != PROC_SEEN) {
        proc_row(d, -1);
    } else if (io_proc_directory(d->table->files.fd, name, &fd, &why) != HZ_OK) {
        d->gone = true;
        proc_row(d, -1);
    } else {
        look(d, fd);
    }
    if (!proc_detail_odd(d))
        forget_raw(d);
    const struct buf *made[] = { &d->row, &d->descriptors, &d->descriptors_text, &d->mappings, &d->mappings_text };
    for (size_t i = 0; d->rc == HZ_OK && i < sizeof made / sizeof made[0]; i++)
        d->rc = buf_check(made[i], &d->err);
}
