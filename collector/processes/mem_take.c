#include "collector/processes/mem_take.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/lang.h"
#include "collector/processes/mem_block.h"
#include "collector/processes/mem_hold.h"
#include "collector/processes/mem_open.h"
#include "collector/processes/mem_pages.h"
#include "collector/processes/mem_rows.h"
#include "collector/processes/proc.h"
#include "collector/processes/proc_folder.h"
#include "collector/processes/proc_maps.h"
#include "collector/stop.h"
#include "collector/take.h"

struct taking {
    struct run *run;
    struct products *products;
    struct proc_files *files;
    struct mem_rows rows;
    struct mem_hold *hold;
    struct mem_open *open;   /* owned */
    struct mem_block *block; /* owned; NULL when it was lost */
    struct mem_look *look;   /* the same */
    bool lost;               /* a thread that was left behind may use what is open */
    const char *over;        /* why no more is read; NULL: go on */
    enum w_absent_status over_status;
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

static void end_reading(struct taking *t)
{
    enum stop_reason stop = stop_now(t->run);
    t->over = stop_text(stop);
    t->over_status = stop_status(stop);
}

/* What a servant answered; lost and what is not begun ends the reading. */
static int check_answer(struct taking *t, int rc, const struct hz_error *why, struct hz_error *err)
{
    if (rc == HZ_E_TIMEOUT) {
        t->lost = true;
        t->over = "no answer within the command timeout";
        t->over_status = W_TIMEOUT;
    } else if (rc == HZ_E_CHANGED) {
        end_reading(t);
    } else if (rc != HZ_OK) {
        *err = *why;
        return rc;
    }
    return HZ_OK;
}

/* Reads one block; *over is set when the rest is not to be had. */
static int read_block(struct taking *t, uint64_t at, size_t len, struct hz_error *err)
{
    struct hz_error why = { .code = HZ_OK };
    t->rows.held &= mem_hold_alive(t->hold);
    t->block->at = at;
    t->block->len = len;
    return check_answer(t, mem_block_read(&t->block, t->run, &why), &why, err);
}

static int find_run(struct taking *t, uint64_t *at, uint64_t end, bool *found, struct mem_run *run,
                    struct hz_error *err)
{
    struct hz_error why = { .code = HZ_OK };
    t->rows.held &= mem_hold_alive(t->hold);
    t->look->at = *at;
    t->look->end = end;
    int rc = check_answer(t, mem_pages_look(&t->look, t->run, &why), &why, err);
    *found = rc == HZ_OK && t->over == NULL && t->look->found;
    if (*found) {
        *at = t->look->at;
        *run = t->look->run;
    }
    return rc;
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
    for (uint64_t at = run.start; rc == HZ_OK && at < run.end && region->why == NULL; at += t->block->len) {
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
        if (product_is_cut(product)) /* the member is, and an absent row says so */
            region->why = "no room for all of it until the bundle is written";
    }
    if (t->over != NULL && product != NULL)
        product_limited(product);
    region->stored += product == NULL ? 0 : product_size(product);
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
    for (bool found = true; rc == HZ_OK && found && t->over == NULL && region->why == NULL;) {
        rc = find_run(t, &at, map->end, &found, &run, err);
        if (rc == HZ_OK && found)
            rc = take_run(t, region, run, err);
    }
    return rc;
}

static int take_regions(struct taking *t, struct hz_error *err)
{
    struct proc_map map;
    int rc = HZ_OK;
    for (size_t at = 0; rc == HZ_OK && proc_maps_next(t->open->maps.data, t->open->maps.len, &at, &map);) {
        struct mem_region region = { .map = map, .runs = BUF_INIT((size_t)4 << 20) };
        if (t->over == NULL && stop_now(t->run) != STOP_NONE)
            end_reading(t);
        if (t->over == NULL)
            rc = take_region(t, &map, &region, err);
        region.why = t->over != NULL ? t->over : region.why;
        if (rc == HZ_OK)
            rc = mem_rows_region(&t->rows, &region, err);
        buf_free(&region.runs);
    }
    return rc;
}

/* false: there is nothing to be read, which is said. */
static int open_files(struct taking *t, bool *open, struct hz_error *err)
{
    struct hz_error why = { .code = HZ_OK };
    uint32_t pid = t->rows.pid;
    *open = false;
    t->open = mem_open_new(t->files->fd, pid);
    if (t->open == NULL)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    int rc = check_answer(t, mem_open_do(&t->open, t->run, &why), &why, err);
    if (rc != HZ_OK)
        return rc;
    if (t->over != NULL)
        return note_absent(t->run, pid, t->over_status, 0, t->over, err);
    t->rows.state_held = t->open->stat.state;
    if (t->open->sys_errno != 0)
        return note_absent(t->run, pid, absence_status(t->open->sys_errno), t->open->sys_errno,
                           absence_reason(t->open->sys_errno), err);
    if (t->open->stat.start_ticks != t->rows.start_ticks)
        return note_absent(t->run, pid, W_VANISHED, 0, "it ended, and its number was given to another", err);
    *open = true;
    return HZ_OK;
}

static int take_held(struct taking *t, struct hz_error *err)
{
    bool open;
    t->rows.held = mem_hold_complete(t->hold);
    int rc = open_files(t, &open, err);
    if (rc != HZ_OK || !open)
        return rc;
    t->block = calloc(1, sizeof *t->block);
    t->look = calloc(1, sizeof *t->look);
    if (t->block == NULL || t->look == NULL)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    t->block->fd = t->open->mem;
    t->look->pagemap = t->open->pagemap;
    t->block->page = t->look->page = (size_t)sysconf(_SC_PAGESIZE);
    rc = take_regions(t, err);
    t->rows.held &= mem_hold_alive(t->hold);
    if (rc == HZ_OK && t->over != NULL)
        rc = note_absent(t->run, t->rows.pid, t->over_status, 0, t->over, err);
    if (rc == HZ_OK && t->open->maps_more)
        rc = note_absent(t->run, t->rows.pid, W_OVER_BUDGET, 0, "more regions than are looked at", err);
    return rc;
}

static int finish(struct taking *t, struct hz_error *err)
{
    const struct buf none = BUF_INIT(1);
    struct proc_stat after;
    size_t count;
    mem_hold_end(t->hold, &t->rows.seconds);
    if (mem_open_stat(t->files->fd, t->rows.pid, &after) == 0 && after.start_ticks == t->rows.start_ticks)
        t->rows.state_after = after.state;
    const struct mem_thread *threads = mem_hold_threads(t->hold, &count);
    return mem_rows_write(&t->rows, t->products, t->open == NULL ? &none : &t->open->maps, threads, count, err);
}

static int take_one(struct taking *t, uint32_t pid, struct hz_error *err)
{
    int rc = mem_hold_begin(&t->hold, t->run, t->files->fd, pid, err);
    if (rc == HZ_E_TIMEOUT) {
        t->files->borrowed = true;
        return note_absent(t->run, pid, W_TIMEOUT, 0, "no answer within the command timeout", err);
    }
    if (rc == HZ_E_IO)
        return note_absent(t->run, pid, W_UNAVAILABLE, err->sys_errno, "no room for the thread that would hold it",
                           err);
    if (rc != HZ_OK)
        return rc;
    rc = take_held(t, err);
    struct hz_error ignored;
    int ended = finish(t, rc == HZ_OK ? err : &ignored);
    return rc == HZ_OK ? ended : rc;
}

int mem_take(struct run *run, struct products *products, struct proc_files *files, uint32_t pid, struct hz_error *err)
{
    struct taking t = { .run = run, .products = products, .files = files };
    struct proc_stat before;
    int sys_errno = mem_open_stat(files->fd, pid, &before);
    if (sys_errno != 0)
        return note_absent(run, pid, absence_status(sys_errno), sys_errno, absence_reason(sys_errno), err);
    if ((before.flags & PROC_KERNEL_THREAD) != 0)
        return note_absent(run, pid, W_UNAVAILABLE, 0, "a thread of the kernel has none of its own", err);
    if (before.state == 'Z' && proc_folder(files->fd, pid, &before) == pid)
        return note_absent(run, pid, W_VANISHED, 0, "it has ended", err);
    mem_rows_init(&t.rows, pid, &before);
    int rc = take_one(&t, pid, err);
    mem_hold_free(t.hold);
    free(t.block);
    free(t.look);
    files->borrowed |= t.lost;
    if (!t.lost)
        mem_open_free(t.open);
    mem_rows_free(&t.rows);
    return rc;
}
