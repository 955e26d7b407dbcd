/* closing: what is there at the end, what came and went meanwhile, and what this program itself did
 * (formats/spec/sources/closing.md). */
#include "collector/closing/close_changes.h"
#include "collector/closing/close_footprint.h"
#include "collector/closing/close_observations.h"
#include "collector/network/net_sockets.h"
#include "collector/processes/proc_keys.h"
#include "collector/products.h"
#include "collector/source.h"
#include "collector/stop.h"
#include "collector/take.h"

static bool wanted(const struct collect_options *options, size_t deferred)
{
    (void)deferred;
    return options->source_count > 0;
}

static int note_stopped(struct run *run, enum stop_reason why, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf reason = BUF_INIT(1000);
    buf_printf(&reason, "sockets and processes at the end: %s", stop_text(why));
    const struct walk_absence a = { .status = stop_status(why), .reason = buf_text(&reason), .failure = true };
    return a.reason == NULL ? buf_check(&reason, err) : take_absence(run, &a, err);
}

/* Sockets and processes once more, where they were taken at the beginning. */
static int look_again(struct run *run, struct products *p, struct hz_error *err)
{
    struct keys after = { 0 };
    int rc = HZ_OK;
    if (run->live.kind_count == 0)
        return HZ_OK;
    if (stop_now(run) != STOP_NONE)
        return note_stopped(run, stop_now(run), err);
    if (options_chosen(run->options, "network"))
        rc = net_sockets_take(run, p, "sockets", &after, err);
    if (rc == HZ_OK && options_chosen(run->options, "processes"))
        rc = proc_keys_take(run, &after, err);
    if (rc == HZ_OK && options_chosen(run->options, "processes"))
        rc = close_processes(p, &after, err);
    if (rc == HZ_OK)
        rc = close_changes(run, p, &after, err);
    keys_free(&after);
    return rc;
}

static int take(struct run *run, const struct tree_node *tree, struct hz_error *err)
{
    struct products *p = NULL;
    int rc = products_open(&p, run, err);
    if (rc == HZ_OK)
        rc = look_again(run, p, err);
    if (rc == HZ_OK)
        rc = close_observations(run, p, err);
    if (rc == HZ_OK)
        rc = close_footprint(run, p, err);
    if (rc == HZ_OK)
        rc = products_write(p, tree, err);
    products_free(p);
    return rc;
}

const struct source source_closing = { .name = "closing", .wanted = wanted, .take = take };
