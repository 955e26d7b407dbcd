/* long: files whose names would be too long where they belong, under the digests of their paths. */
#include <errno.h>
#include <sys/stat.h>

#include "base/io_open.h"
#include "collector/absence.h"
#include "collector/look.h"
#include "collector/source.h"
#include "collector/take.h"
#include "formats/write/name.h"

static bool wanted(const struct collect_options *options, size_t deferred)
{
    (void)options;
    return deferred > 0;
}

static int give_up(struct run *run, struct w_bytes origin, struct walk_absence absence, struct hz_error *err)
{
    absence.origin = origin;
    return take_absence(run, &absence, err);
}

static int take_open(struct run *run, const struct deferred_row *row, struct walk_item *item, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf path = BUF_INIT(2 * W_NAME_PATH_MAX);
    if (!S_ISREG(item->stat.stx_mode)) {
        struct walk_absence a = { .status = W_VANISHED,
                                  .reason = "replaced by another kind of file meanwhile",
                                  .failure = row->named };
        return give_up(run, item->origin, a, err);
    }
    int rc = w_name_long(&path, row->source, item->origin.data, item->origin.len, err);
    if (rc == HZ_OK && buf_text(&path) == NULL)
        rc = buf_check(&path, err);
    return rc == HZ_OK ? take_file(run, item, (const char *)path.data, row->named, err) : rc;
}

static int take_row(struct run *run, const struct deferred_row *row, struct w_bytes origin, struct hz_error *err)
{
    HZ_CLEANUP(io_close) int fd = -1;
    struct hz_error why;
    struct walk_item item = { .origin = origin };
    enum stop_reason stop = stop_now(run);
    if (stop != STOP_NONE) {
        struct walk_absence a = { .status = stop_status(stop), .reason = stop_text(stop), .failure = true };
        return give_up(run, origin, a, err);
    }
    if (look_path(run->root, origin.data, origin.len, &fd, &why) != HZ_OK || io_statx(fd, &item.stat, &why) != HZ_OK) {
        if (absence_is_ours(why.sys_errno)) {
            *err = why;
            return why.code;
        }
        struct walk_absence a = { .status = absence_status(why.sys_errno),
                                  .reason = absence_reason(why.sys_errno),
                                  .sys_errno = why.sys_errno };
        a.failure = a.status != W_VANISHED || row->named;
        return give_up(run, origin, a, err);
    }
    item.fd = fd;
    return take_open(run, row, &item, err);
}

static int take(struct run *run, const struct tree_node *tree, struct hz_error *err)
{
    (void)tree;
    HZ_CLEANUP(buf_free) struct buf path = BUF_INIT((size_t)1 << 20);
    deferred_sort(&run->deferred);
    int rc = HZ_OK;
    for (size_t i = 0; rc == HZ_OK && i < run->deferred.count; i++) {
        rc = deferred_path(&run->deferred, i, &path, err);
        if (rc == HZ_OK)
            rc = take_row(run, &run->deferred.rows[i], (struct w_bytes) { path.data, path.len }, err);
    }
    return rc;
}

const struct source source_long = { .name = "long", .wanted = wanted, .take = take };
