/* long: files whose names would be too long where they belong, under the digests of their paths. */
#include <errno.h>
#include <sys/stat.h>

#include "base/io_open.h"
#include "base/lang.h"
#include "collector/absence.h"
#include "collector/look.h"
#include "collector/pipeline.h"
#include "collector/source.h"
#include "collector/take.h"
#include "formats/write/name.h"

static bool wanted(const struct collect_options *options, size_t deferred)
{
    (void)options;
    return deferred > 0;
}

struct rows { /* what was deferred, as a job of the pipeline */
    struct run *run;
    struct buf path; /* of the row at work */
    bool more;
    size_t left; /* rows about what was left once the collection is to stop */
    bool said;   /* that there are more of them than there is room for */
};

static struct w_bytes origin_of(const struct rows *rows)
{
    return (struct w_bytes) { rows->path.data, rows->path.len };
}

static int leave_out(struct rows *rows, struct feed *feed, struct walk_absence absence, struct hz_error *err)
{
    absence.origin = origin_of(rows);
    return feed_absence(feed, &absence, err);
}

/* Component by component: each may be on a file system that does not answer. The path is copied, because a thread that
 * was given up still goes on through the rest of it when the call returns after all. */
static int look(struct rows *rows, struct feed *feed, struct walk_item *item, struct hz_error *why)
{
    struct watch *watch = feed->watch;
    HZ_CLEANUP(buf_free) struct buf path = BUF_INIT((size_t)1 << 20);
    buf_put(&path, rows->path.data, rows->path.len);
    int rc = buf_check(&path, why);
    if (rc != HZ_OK)
        return rc;
    watch_enter(watch);
    rc = look_path(rows->run->root, (const char *)path.data, path.len, &item->fd, why);
    if (rc == HZ_OK)
        rc = io_statx(item->fd, &item->stat, why);
    if (rc == HZ_OK)
        item->pseudo = pseudo_find(item->fd);
    watch_leave(watch);
    return rc;
}

static int take_open(struct rows *rows, struct feed *feed, const struct deferred_row *row, struct walk_item *item,
                     struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf path = BUF_INIT(2 * W_NAME_PATH_MAX);
    if (!S_ISREG(item->stat.stx_mode)) {
        const struct walk_absence a = { .status = W_VANISHED,
                                        .reason = N_("replaced by another kind of file meanwhile"),
                                        .failure = row->named };
        return leave_out(rows, feed, a, err);
    }
    int rc = w_name_long(&path, row->source, item->origin.data, item->origin.len, err);
    if (rc == HZ_OK && buf_text(&path) == NULL)
        rc = buf_check(&path, err);
    return rc == HZ_OK ? feed_file(feed, item, (const char *)path.data, path.len, row->named, err) : rc;
}

/* The bundle has room for so many rows about it, as in a walk; what was named always has its own. */
static int leave_row(struct rows *rows, struct feed *feed, const struct deferred_row *row, enum stop_reason stop,
                     struct hz_error *err)
{
    size_t most = budget_rows_left(&rows->run->budget);
    struct walk_absence a = { .status = stop_status(stop), .reason = stop_text(stop), .failure = true };
    rows->left += walk_row_weight(rows->path.len);
    if (row->named || rows->left <= most)
        return leave_out(rows, feed, a, err);
    if (rows->said)
        return HZ_OK;
    rows->said = true;
    a.reason = N_("all other files whose names are too long for their places: the collection was to end");
    return feed_absence(feed, &a, err);
}

static int take_row(struct rows *rows, struct feed *feed, const struct deferred_row *row, struct hz_error *err)
{
    struct hz_error why;
    struct walk_item item = { .origin = origin_of(rows), .fd = -1 };
    enum stop_reason stop = stop_poll(feed->stop);
    if (stop != STOP_NONE)
        return leave_row(rows, feed, row, stop, err);
    int rc = look(rows, feed, &item, &why);
    if (rc == HZ_OK)
        rc = take_open(rows, feed, row, &item, err);
    else if (why.code == HZ_E_NOMEM || absence_is_ours(why.sys_errno)) {
        *err = why;
        rc = why.code;
    } else {
        struct walk_absence a = { .status = absence_status(why.sys_errno),
                                  .reason = absence_reason(why.sys_errno),
                                  .sys_errno = why.sys_errno };
        a.failure = a.status != W_VANISHED || row->named;
        rc = leave_out(rows, feed, a, err);
    }
    io_close(&item.fd);
    return rc;
}

static int go(void *context, struct feed *feed, struct hz_error *err)
{
    struct rows *rows = context;
    const struct statx unknown = { 0 };
    struct deferred_row row;
    int rc = HZ_OK;
    while (rc == HZ_OK && rows->more) {
        rc = deferred_next(&rows->run->deferred, &row, &rows->path, &rows->more, err);
        if (rc != HZ_OK || !rows->more)
            return rc;
        watch_about(feed->watch, origin_of(rows), &unknown);
        rc = take_row(rows, feed, &row, err);
    }
    return rc;
}

static int give_up(void *context, struct feed *feed, struct hz_error *err)
{
    const struct walk_absence a = { .status = W_TIMEOUT,
                                    .reason = N_("its file system did not answer"),
                                    .failure = true };
    return leave_out(context, feed, a, err);
}

static int take(struct run *run, const struct tree_node *tree, struct hz_error *err)
{
    (void)tree;
    const struct walk_absence lost = { .status = W_OVER_BUDGET,
                                       .reason = N_("more long names than there is room for"),
                                       .failure = true };
    struct rows rows = { .run = run, .more = true };
    const struct pipeline_job job = { &rows, go, give_up };
    buf_init(&rows.path, (size_t)1 << 20);
    int rc = deferred_end(&run->deferred, err);
    if (rc == HZ_E_LIMIT)
        rc = take_absence(run, &lost, err);
    if (rc == HZ_OK)
        rc = pipeline_run(run, &job, err);
    buf_free(&rows.path);
    return rc;
}

const struct source source_long = { .name = "long", .wanted = wanted, .take = take };
