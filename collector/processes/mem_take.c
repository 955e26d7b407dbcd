#include "collector/processes/mem_take.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/io_open.h"
#include "base/io_proc.h"
#include "base/lang.h"
#include "collector/processes/mem_block.h"
#include "collector/processes/mem_hold.h"
#include "collector/processes/mem_pages.h"
#include "collector/processes/mem_rows.h"
#include "collector/processes/proc_maps.h"
#include "collector/processes/proc_stat.h"
#include "collector/take.h"

#define MAPS_MAX ((size_t)32 << 20)

struct taking {
    struct run *run;
    struct products *products;
    struct proc_files *files;
    struct mem_rows rows;
    struct mem_hold *hold;
    struct mem_block *block; /* owned; NULL when it was lost */
    int mem, pagemap;        /* owned */
    struct buf maps;
    const char *over; /* why no more is read; NULL: go on */
};

static int note_absent(struct run *run, uint32_t pid, enum w_absent_status status, int sys_errno, const char *why,
                       struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf reason = BUF_INIT(300);
    buf_printf(&reason, "memory of process %u: %s", pid, why);
    const struct walk_absence a = {
        .status = status, .reason = buf_text(&reason), .sys_errno = sys_errno, .failure = true
    };
    return take_absence(run, &a, err);
}

static bool read_stat(int proc, uint32_t pid, struct proc_stat *out, int *sys_errno)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(16384);
    struct hz_error why = { .sys_errno = EIO };
    char path[32];
    snprintf(path, sizeof path, "%u/stat", pid);
    bool good = io_proc_read(proc, path, text.limit, &text, NULL, &why) == HZ_OK &&
                proc_stat_parse(text.data, text.len, out) == HZ_OK;
    *sys_errno = good ? 0 : why.sys_errno;
    return good;
}

/* Reads one block; *over is set when the rest is not to be had. */
static int read_block(struct taking *t, uint64_t at, size_t len, struct hz_error *err)
{
    struct hz_error why = { .code = HZ_OK };
    t->rows.held &= mem_hold_alive(t->hold);
    t->block->at = at;
    t->block->len = len;
    int rc = mem_block_read(&t->block, t->run, &why);
    if (rc == HZ_E_TIMEOUT)
        t->over = "no answer within the command timeout";
    else if (rc == HZ_E_CHANGED)
        t->over = "the collection is to end";
    else if (rc != HZ_OK)
        *err = why;
    return t->over != NULL ? HZ_OK : rc;
}

static int add_bulk(struct products *p, const char *name, struct product **out, struct hz_error *err)
{
    int rc = products_add(p, name, "procfs", out, err);
    if (rc == HZ_OK)
        product_bulk(*out);
    return rc;
}

/* One run of pages into a file of its own, unless none of its first block can be read. */
static int take_run(struct taking *t, struct mem_region *region, struct mem_run run, struct hz_error *err)
{
    char name[96];
    struct product *product = NULL;
    int rc = HZ_OK;
    snprintf(name, sizeof name, "%u/%llx-%llx.bin", t->rows.pid, (unsigned long long)run.start,
             (unsigned long long)run.end);
    for (uint64_t at = run.start; rc == HZ_OK && at < run.end; at += t->block->len) {
        rc = read_block(t, at, run.end - at < MEM_BLOCK ? (size_t)(run.end - at) : MEM_BLOCK, err);
        if (rc != HZ_OK || t->over != NULL)
            break;
        region->sys_errno = region->sys_errno != 0 ? region->sys_errno : t->block->sys_errno;
        if (product == NULL && t->block->missing * t->block->page == t->block->len)
            return HZ_OK;
        if (product == NULL)
            rc = add_bulk(t->products, name, &product, err);
        if (rc == HZ_OK)
            rc = product_put(product, t->block->bytes, t->block->len, err);
        region->missing += t->block->missing;
        region->stored += t->block->len;
    }
    if (t->over != NULL && product != NULL)
        product_limited(product);
    return rc == HZ_OK && product != NULL ? mem_rows_run(region, run.start, run.end, err) : rc;
}

static int take_region(struct taking *t, const struct proc_map *map, struct mem_region *region, struct hz_error *err)
{
    uint64_t at = map->start;
    struct mem_run run;
    int rc = HZ_OK;
    if (map->end > INT64_MAX || map->end - map->start > MEM_REGION_MAX) {
        region->why = map->end > INT64_MAX ? "of the kernel" : "larger than is looked at";
        return HZ_OK;
    }
    while (rc == HZ_OK && t->over == NULL && mem_pages_next(t->pagemap, t->block->page, &at, map->end, &run))
        rc = take_run(t, region, run, err);
    return rc;
}

static int take_regions(struct taking *t, struct hz_error *err)
{
    struct proc_map map;
    int rc = HZ_OK;
    for (size_t at = 0; rc == HZ_OK && proc_maps_next(t->maps.data, t->maps.len, &at, &map);) {
        struct mem_region region = { .map = map, .runs = BUF_INIT((size_t)4 << 20) };
        if (t->over == NULL && stop_now(t->run) != STOP_NONE)
            t->over = stop_text(stop_now(t->run));
        if (t->over == NULL)
            rc = take_region(t, &map, &region, err);
        region.why = t->over != NULL ? t->over : region.why;
        if (rc == HZ_OK)
            rc = mem_rows_region(&t->rows, &region, err);
        buf_free(&region.runs);
    }
    return rc;
}

static int open_files(struct taking *t, struct hz_error *why)
{
    char path[32];
    struct hz_error ignored;
    snprintf(path, sizeof path, "%u/maps", t->rows.pid);
    int rc = io_proc_read(t->files->fd, path, MAPS_MAX, &t->maps, NULL, why);
    snprintf(path, sizeof path, "%u/mem", t->rows.pid);
    if (rc == HZ_OK)
        rc = io_proc_follow(t->files->fd, path, &t->mem, why);
    snprintf(path, sizeof path, "%u/pagemap", t->rows.pid);
    if (rc == HZ_OK)
        io_proc_follow(t->files->fd, path, &t->pagemap, &ignored);
    return rc;
}

static int take_held(struct taking *t, struct hz_error *err)
{
    struct hz_error why = { .code = HZ_OK };
    struct proc_stat held;
    int sys_errno;
    t->rows.held = mem_hold_complete(t->hold);
    if (read_stat(t->files->fd, t->rows.pid, &held, &sys_errno))
        t->rows.state_held = held.state;
    if (open_files(t, &why) != HZ_OK)
        return note_absent(t->run, t->rows.pid, absence_status(why.sys_errno), why.sys_errno,
                           absence_reason(why.sys_errno), err);
    t->block = calloc(1, sizeof *t->block);
    if (t->block == NULL)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    t->block->fd = t->mem;
    t->block->page = (size_t)sysconf(_SC_PAGESIZE);
    int rc = take_regions(t, err);
    if (rc == HZ_OK && t->over != NULL)
        rc = note_absent(t->run, t->rows.pid, W_TIMEOUT, 0, t->over, err);
    return rc;
}

static int finish(struct taking *t, struct hz_error *err)
{
    struct proc_stat after;
    int sys_errno;
    size_t count;
    mem_hold_end(t->hold, &t->rows.seconds);
    if (read_stat(t->files->fd, t->rows.pid, &after, &sys_errno) && after.start_ticks == t->rows.start_ticks)
        t->rows.state_after = after.state;
    const struct mem_thread *threads = mem_hold_threads(t->hold, &count);
    return mem_rows_write(&t->rows, t->products, &t->maps, threads, count, err);
}

int mem_take(struct run *run, struct products *products, struct proc_files *files, uint32_t pid, struct hz_error *err)
{
    struct taking t = { .run = run, .products = products, .files = files, .mem = -1, .pagemap = -1 };
    struct proc_stat before;
    int sys_errno;
    if (!read_stat(files->fd, pid, &before, &sys_errno))
        return note_absent(run, pid, absence_status(sys_errno), sys_errno, absence_reason(sys_errno), err);
    buf_init(&t.maps, MAPS_MAX);
    mem_rows_init(&t.rows, pid, &before);
    int rc = mem_hold_begin(&t.hold, files->fd, pid, err);
    if (rc == HZ_OK) {
        rc = take_held(&t, err);
        struct hz_error ignored;
        int ended = finish(&t, rc == HZ_OK ? err : &ignored);
        rc = rc == HZ_OK ? ended : rc;
    }
    mem_hold_free(t.hold);
    bool lost = t.mem >= 0 && t.block == NULL; /* whoever has the block reads from mem still */
    free(t.block);
    if (!lost)
        io_close(&t.mem);
    files->borrowed |= lost;
    io_close(&t.pagemap);
    buf_free(&t.maps);
    mem_rows_free(&t.rows);
    return rc;
}
