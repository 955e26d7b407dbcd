#include "collector/collect.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/io_commit.h"
#include "base/io_open.h"
#include "base/io_proc.h"
#include "base/lang.h"
#include "collector/acquisition.h"
#include "collector/action.h"
#include "collector/host.h"
#include "collector/noatime.h"
#include "collector/pipeline.h"
#include "collector/planning.h"
#include "collector/run.h"
#include "collector/source.h"
#include "collector/take.h"
#include "collector/tree.h"
#include "formats/write/name.h"

#define SPOOL_MEMORY ((size_t)40 << 20) /* for rows, where nothing is written but the bundle itself */
#define SPOOL_PACKERS 2                 /* pieces packed at a time then: more would need memory that is not there */

struct sources_taken {
    struct w_source_summary rows[W_NAME_SOURCES_MAX];
    size_t count;
};

static int note_noatime(struct run *run, const struct noatime *n, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf detail = BUF_INIT(1000);
    if (n->entered)
        buf_puts(&detail, "own mount namespace, every mount private and noatime");
    else
        buf_printf(&detail, "%s: %s; files and directories are read with O_NOATIME where we own them", n->failed,
                   absence_reason(n->sys_errno));
    const struct w_action row = { .action = "noatime",
                                  .target = "/",
                                  .detail = buf_text(&detail),
                                  .start = n->start,
                                  .end = n->end,
                                  .count = n->entered,
                                  .failures = !n->entered };
    return w_bundle_action(run->bundle, &row, err);
}

static bool has_proc(const struct run *run)
{
    HZ_CLEANUP(io_close) int proc = -1;
    struct hz_error ignored;
    return io_proc_directory(run->root, "proc/self/.", &proc, &ignored) == HZ_OK ||
           io_proc_directory(run->root, "proc/1", &proc, &ignored) == HZ_OK;
}

/* Why nothing of a source is taken; NULL: it is asked. */
static const struct walk_absence *left_out(struct run *run, const struct source *source, struct walk_absence *row)
{
    if (!source->live)
        return NULL;
    enum stop_reason stop = stop_now(run);
    *row = (struct walk_absence) { .status = W_UNAVAILABLE, .failure = true };
    if (options_rooted(run->options)) { /* by itself no failure: nobody can take it from an image */
        row->reason = N_("not live: an image of a file system was named with --root");
        row->failure = false;
    } else if (stop != STOP_NONE) {
        row->status = stop_status(stop);
        row->reason = stop_text(stop);
    } else if (!source->own_proc && !has_proc(run)) {
        row->reason = N_("there is no /proc: nothing of the running host can be seen");
    }
    return row->reason == NULL ? NULL : row;
}

static int take_source(struct run *run, const struct source *source, struct sources_taken *taken, struct hz_error *err)
{
    struct tree_node *tree = NULL;
    struct w_action action;
    action_begin(&action, "collect", source->name, NULL);
    run->taking = source;
    run->source = source->name;
    run->source_partial = false;
    budget_look(&run->budget, run->bundle);
    struct walk_absence whole;
    const struct walk_absence *absence = left_out(run, source, &whole);
    int rc = absence != NULL ? take_absence(run, absence, err) : planning_do(run, source, &tree, err);
    quota_source(&run->quota, run->options, source->name, tree);
    if (rc == HZ_OK && absence == NULL)
        rc = take_unplanned(run, tree, err);
    if (rc == HZ_OK && absence == NULL)
        rc = source->take(run, tree, err);
    tree_free(tree);
    if (rc != HZ_OK)
        return rc;
    struct w_source_summary *row = &taken->rows[taken->count++];
    *row = (struct w_source_summary) { .name = source->name, .complete = !run->source_partial };
    w_bundle_source_counts(run->bundle, source->name, &row->counts);
    run->times[run->time_count++] = (struct source_time) { source->name, action.start.boottime, stamp_boottime() };
    action.count = row->counts.collected + row->counts.recorded;
    action.failures = row->counts.absent;
    return action_end(&action, run->bundle, err);
}

static bool is_wanted(const struct run *run, const struct source *source)
{
    return source->wanted == NULL || source->wanted(run->options, run->deferred.count);
}

static int take_sources(struct run *run, struct sources_taken *taken, struct hz_error *err)
{
    int rc = HZ_OK;
    for (size_t i = 0; rc == HZ_OK && i < source_count; i++)
        if (is_wanted(run, source_table[i]))
            rc = take_source(run, source_table[i], taken, err);
    return rc;
}

/* What the host says of itself is the same beside another source. */
static int begin_ahead(struct run *run, struct hz_error *err)
{
    size_t first = 0;
    while (first < source_count && (source_table[first] == &source_system || !is_wanted(run, source_table[first])))
        first++;
    return first < source_count && source_table[first]->begin != NULL ? source_table[first]->begin(run, err) : HZ_OK;
}

/* What this collection itself did to the host, as far as it can be told. */
static int note_effects(struct run *run, const struct noatime *n, struct hz_error *err)
{
    struct w_action action;
    int rc = HZ_OK;
    uint64_t exposed = (n->entered ? 0 : run->tally.exposed) + run->tally.exposed_links;
    if (exposed > 0) {
        action_begin(&action, "access-times", NULL, NULL);
        action.count = exposed;
        action.detail =
            "files, directories and links read without a way to keep their access times: these may have moved";
        rc = action_end(&action, run->bundle, err);
    }
    enum stop_reason stop = stop_now(run);
    if (rc == HZ_OK && stop != STOP_NONE) {
        action_begin(&action, stop == STOP_SIGNAL ? "interrupt" : "stop", NULL, NULL);
        action.count = 1;
        action.detail =
            stop == STOP_SIGNAL ? "a signal ended the collection; what was left is absent" : stop_text(stop);
        rc = action_end(&action, run->bundle, err);
    }
    return rc;
}

static int fill(struct run *run, const struct io_partial *output, const struct noatime *n,
                const struct acquisition_times *times, const struct w_key *key, struct collect_result *result,
                struct hz_error *err)
{
    struct sources_taken taken = { .count = 0 };
    const struct w_bundle_config config = { .name = run->options->item,
                                            .output = output->fd,
                                            .spool_directory = run->spool_directory,
                                            .started = times->start.realtime,
                                            .compress = run->options->compress,
                                            .sha512 = run->options->sha512,
                                            .spool_memory = SPOOL_MEMORY,
                                            .threads = run->spool_directory < 0 ? SPOOL_PACKERS : 0,
                                            .helpers = pipeline_readers(),
                                            .recipients = run->options->recipients,
                                            .recipient_count = run->options->recipient_count,
                                            .output_name = buf_text(&run->partial) };
    int rc = w_bundle_open(&run->bundle, &config, err);
    if (rc == HZ_OK)
        rc = pipeline_open(&run->pipeline, run, err);
    if (rc == HZ_OK)
        rc = note_noatime(run, n, err);
    if (rc == HZ_OK)
        progress_begin(&run->progress, run->options, run->root);
    if (rc == HZ_OK)
        rc = take_sources(run, &taken, err);
    if (rc == HZ_OK)
        rc = note_effects(run, n, err);
    if (rc == HZ_OK)
        rc = acquisition_finish(run, times, taken.rows, taken.count, key, &result->bundle, err);
    if (rc == HZ_OK)
        w_bundle_counts(run->bundle, &result->counts);
    progress_end(&run->progress, run->bundle);
    return rc;
}

static void run_init(struct run *run, const struct collect_options *options, const struct io_partial *output)
{
    memset(run, 0, sizeof *run);
    run->options = options;
    run->root = -1;
    run->begun = stamp_boottime();
    buf_init(&run->partial, (size_t)1 << 20);
    if (options->to_stdout)
        buf_puts(&run->partial, _("standard output"));
    else
        buf_printf(&run->partial, "%s/%s%s.partial", options->out, options->item, options_suffix(options));
    /* What waits in a file would be in clear on the medium. */
    run->spool_directory = options->recipient_count > 0 ? -1 : output->directory;
    deferred_init(&run->deferred, run->spool_directory);
    recent_rows_init(&run->recent, run->spool_directory);
    budget_begin(&run->budget, options, output->directory);
    quota_begin(&run->quota, options);
    pace_begin(&run->pace, options->max_rate);
    meta_init(&run->meta);
}

static void run_free(struct run *run)
{
    pipeline_stop(run->pipeline);
    w_bundle_free(run->bundle); /* gives back what the pipeline lent */
    pipeline_close(run->pipeline);
    source_recent_abandon(run);
    pace_end(&run->pace);
    buf_free(&run->partial);
    facts_free(&run->facts);
    deferred_free(&run->deferred);
    recent_rows_free(&run->recent);
    meta_free(&run->meta);
    tally_free(&run->tally);
    observe_free(&run->observations);
    keys_free(&run->live);
    io_close(&run->root);
}

/* Outputs are open by now: entering the namespace moves only what is opened after it. */
static int collect(struct run *run, const struct io_partial *output, const struct w_key *key,
                   struct collect_result *result, struct hz_error *err)
{
    struct noatime noatime;
    struct acquisition_times times = { .start = action_now() };
    int rc = own_add(&run->own, output->fd, err);
    if (rc != HZ_OK)
        return rc;
    noatime_enter(&noatime);
    run->noatime = noatime.entered;
    rc = io_open_directory(run->options->root, &run->root, err);
    if (rc == HZ_OK)
        rc = begin_ahead(run, err);
    if (rc == HZ_OK)
        rc = host_ask(run, err);
    if (rc != HZ_OK)
        return rc;
    times.offset_start_minutes = stamp_local_offset(times.start.realtime);
    return fill(run, output, &noatime, &times, key, result, err);
}

/* No directory: nothing but the bundle itself is written. */
static int open_stdout(struct io_partial *output, struct hz_error *err)
{
    output->fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
    return output->fd >= 0 ? HZ_OK : hz_error_sys(err, HZ_E_IO, errno, "%s", _("standard output"));
}

static int open_output(const struct collect_options *o, struct io_partial *output, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf path = BUF_INIT((size_t)1 << 20);
    if (o->to_stdout)
        return open_stdout(output, err);
    int rc = options_bundle(&path, o, err);
    if (rc != HZ_OK)
        return rc;
    rc = io_partial_begin(output, (const char *)path.data, 0600, err);
    const struct hz_error why = *err;
    if (rc != HZ_OK && (why.sys_errno == ENOENT || why.sys_errno == ENOTDIR || why.sys_errno == EROFS))
        hz_error_set(err, why.code, _("%s; --out takes a directory that is there and can be written to"), why.text);
    return rc;
}

/* What can be done about an output that cannot be written. */
static int advise(const struct collect_options *o, struct hz_error *err)
{
    const struct hz_error why = *err;
    if (o->to_stdout)
        return why.code;
    if (why.sys_errno == ENOSPC || why.sys_errno == EDQUOT)
        hz_error_set(err, why.code, _("%s; nothing was kept: make room there, or name another directory with --out"),
                     why.text);
    if (why.sys_errno == EIO)
        hz_error_set(err, why.code, _("%s; nothing was kept: use another medium, this one may be failing"), why.text);
    err->sys_errno = why.sys_errno;
    return why.code;
}

int collect_run(const struct collect_options *options, const struct w_key *key, struct collect_result *result,
                struct hz_error *err)
{
    struct collect_result r = { .start = stamp_boottime() };
    struct io_partial output = { -1, -1, NULL, NULL };
    struct interrupt interrupt;
    struct run run;
    interrupt_json(options->progress == PROGRESS_JSON);
    interrupt_begin(&interrupt); /* before there is a file to leave behind */
    int rc = open_output(options, &output, err);
    if (rc != HZ_OK) {
        interrupt_end(&interrupt);
        return rc;
    }
    prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0); /* memory is what is used of it, not pages of 2 MiB */
    run_init(&run, options, &output);
    run.interrupt = interrupt;
    stop_begin(&run.stop, options->timeout_ns, &run.interrupt);
    rc = collect(&run, &output, key, &r, err);
    if (rc == HZ_OK && !options->to_stdout)
        rc = io_partial_sync(&output, err);
    interrupt_end(&run.interrupt); /* from its last byte on the bundle is not abandoned any more */
    if (rc == HZ_OK && !options->to_stdout)
        rc = io_partial_commit(&output, err);
    if (rc != HZ_OK)
        rc = advise(options, err);
    if (rc == HZ_OK) {
        r.tally = run.tally;
        run.tally = (struct tally) { 0 };
        r.observations = run.observations;
        run.observations = (struct observations) { 0 };
        memcpy(r.times, run.times, sizeof r.times);
        r.time_count = run.time_count;
        r.end = stamp_boottime();
        *result = r;
    }
    if (options->to_stdout)
        io_close(&output.fd);
    else
        io_partial_abort(&output);
    run_free(&run);
    return rc;
}

void collect_result_free(struct collect_result *r)
{
    tally_free(&r->tally);
    observe_free(&r->observations);
}
