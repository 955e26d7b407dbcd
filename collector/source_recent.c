/* recent: what changed lately, as a listing and as a body file (formats/spec/sources.md). */
#include <stdlib.h>

#include "base/lang.h"
#include "collector/action.h"
#include "collector/recent_roots.h"
#include "collector/recent_scan.h"
#include "collector/recent_text.h"
#include "collector/source.h"
#include "collector/take.h"

#define LINE_MAX ((size_t)2 << 20) /* two paths of 32 KiB, escaped */
#define PIECE ((size_t)256 << 10)
#define AHEAD_PATIENCE INT64_C(1000000000) /* nanoseconds, for a root before anything else is taken */

static bool wanted(const struct collect_options *options, size_t deferred)
{
    (void)deferred;
    return options->recent_ns > 0;
}

static const struct tree_made made[] = {
    { .name = "bodyfile.txt", .method = "generated" },
    { .name = "recent.jsonl", .method = "generated" },
};

/* What is below the roots is not looked at for a plan: that would be the whole work. */
static int plan(const struct collect_options *options, int root, struct tree_node *tree, struct hz_error *err)
{
    (void)options;
    (void)root;
    int rc = HZ_OK;
    for (size_t i = 0; rc == HZ_OK && i < sizeof made / sizeof made[0]; i++)
        rc = tree_make(tree, &made[i], err);
    return rc;
}

struct recent_search {
    struct run *run;
    struct recent_window window;
    struct w_action action;
    struct recent_roots roots;
    struct scan *scan; /* owned; NULL: ended, or not begun */
};

static enum stop_reason stopped(void *context)
{
    return stop_now(context);
}

static int scan(struct recent_search *l, struct hz_error *err)
{
    struct run *run = l->run;
    const struct recent_scan_config config = { .roots = l->roots.list,
                                               .root_count = l->roots.count,
                                               .cross_mounts = run->options->cross_mounts,
                                               .image = options_rooted(run->options),
                                               .window = l->window,
                                               .own = run->own,
                                               .spool_directory = run->recent.directory,
                                               .deadline_ns = run->options->command_timeout_ns,
                                               .stopped = stopped,
                                               .context = run };
    l->roots.list = NULL;
    l->roots.count = 0;
    return recent_scan_begin(&config, &run->recent, &l->scan, err);
}

struct sizes {
    uint64_t body, json, listed, absent;
};

/* How long both files will be; the rows of what is absent go their own way here. */
static int measure(struct run *run, struct sizes *sizes, struct hz_error *err)
{
    HZ_CLEANUP(recent_pass_end) struct recent_pass *pass = NULL;
    const struct recent_row *row = NULL;
    int rc = recent_pass_begin(&run->recent, &pass, err);
    while (rc == HZ_OK && (rc = recent_pass_next(pass, &row, err)) == HZ_OK && row != NULL) {
        struct walk_absence a = row->absence;
        a.origin = row->origin;
        sizes->body += row->body;
        sizes->json += row->json;
        sizes->listed += !row->absent;
        sizes->absent += row->absent;
        if (row->absent)
            rc = take_absence(run, &a, err);
    }
    return rc;
}

typedef int line_of(struct buf *out, const struct recent_found *found, struct hz_error *err);

static int put_line(struct buf *out, line_of *line, const struct recent_row *row, struct hz_error *err)
{
    struct recent_found found;
    if (row->absent)
        return HZ_OK;
    recent_text_again(&found, row->kept);
    found.origin = row->origin;
    return line(out, &found, err);
}

/* out: what stands before the rows; it is emptied. */
static int put_lines(struct run *run, struct buf *out, line_of *line, struct hz_error *err)
{
    HZ_CLEANUP(recent_pass_end) struct recent_pass *pass = NULL;
    const struct recent_row *row = NULL;
    int rc = recent_pass_begin(&run->recent, &pass, err);
    do {
        if (rc == HZ_OK)
            rc = recent_pass_next(pass, &row, err);
        if (rc == HZ_OK && row != NULL)
            rc = put_line(out, line, row, err);
        if (rc == HZ_OK && (row == NULL || out->len >= PIECE)) {
            rc = w_bundle_file_data(run->bundle, out->data, out->len, err);
            buf_reset(out);
        }
    } while (rc == HZ_OK && row != NULL);
    return rc;
}

static int put_file(struct run *run, const char *path, struct buf *first, uint64_t size, line_of *line,
                    struct hz_error *err)
{
    const struct w_file file = {
        .path = path, .source = run->source, .method = "generated", .acquired_at = stamp_now()
    };
    int rc = w_bundle_file_begin(run->bundle, &file, size, err);
    if (rc == HZ_OK)
        rc = put_lines(run, first, line, err);
    if (rc == HZ_OK)
        rc = w_bundle_file_end(run->bundle, W_COLLECTED, err);
    run->tally.file_status[W_COLLECTED] += rc == HZ_OK;
    return rc;
}

static int put_files(struct recent_search *l, const struct sizes *sizes, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(LINE_MAX + PIECE);
    const struct collect_options *o = l->run->options;
    int rc = put_file(l->run, "data/recent/bodyfile.txt", &text, sizes->body, recent_text_body, err);
    if (rc == HZ_OK)
        rc = recent_text_first(&text, &l->window, o->recent_roots, o->recent_root_count, err);
    if (rc == HZ_OK)
        rc = put_file(l->run, "data/recent/recent.jsonl", &text, sizes->json + text.len, recent_text_json, err);
    return rc;
}

static int note(struct run *run, struct w_action *action, const struct recent_scan_result *result,
                const struct sizes *sizes, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf detail = BUF_INIT(100);
    run->tally.exposed += result->exposed;
    buf_printf(&detail, "%llu of these are listed", (unsigned long long)sizes->listed);
    action->count = result->looked_at;
    action->failures = sizes->absent;
    action->detail = buf_text(&detail);
    return action_end(action, run->bundle, err);
}

static struct recent_window window_of(const struct collect_options *o)
{
    const int64_t second = 1000000000;
    struct recent_window w = { .since = o->recent_since };
    uint64_t nanoseconds = w.since.nanoseconds + (uint64_t)(o->recent_ns % second);
    w.started = stamp_add(w.since, o->recent_ns / second + (int64_t)(nanoseconds / (uint64_t)second));
    w.started.nanoseconds = (uint32_t)(nanoseconds % (uint64_t)second);
    return w;
}

void source_recent_abandon(struct run *run)
{
    struct recent_search *l = run->search;
    run->search = NULL;
    if (l == NULL)
        return;
    recent_scan_abandon(l->scan);
    recent_roots_free(l->roots.list, l->roots.count);
    free(l);
}

static int search(struct run *run, int64_t patience_ns, struct hz_error *err)
{
    struct recent_search *l = calloc(1, sizeof *l);
    if (l == NULL)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    run->search = l;
    l->run = run;
    l->window = window_of(run->options);
    action_begin(&l->action, "recent", source_recent.name, NULL);
    recent_rows_bound(&run->recent, budget_left(&run->budget), run->options->compress != W_COMPRESS_NONE);
    int rc = recent_roots_look(run, &l->window, patience_ns, &l->roots, err);
    return rc == HZ_OK ? scan(l, err) : rc;
}

/* With a bound on the bundle what comes before has its part of it first, and so it has where a root does not answer. */
static int begin(struct run *run, struct hz_error *err)
{
    int rc = run->options->max_size == 0 ? search(run, AHEAD_PATIENCE, err) : HZ_OK;
    if (rc != HZ_E_TIMEOUT)
        return rc;
    source_recent_abandon(run);
    return HZ_OK;
}

static int end(struct recent_search *l, struct recent_scan_result *result, struct hz_error *err)
{
    struct scan *s = l->scan;
    l->scan = NULL;
    int rc = recent_scan_end(s, result, err);
    result->looked_at += l->roots.looked_at;
    return rc;
}

static int take(struct run *run, const struct tree_node *tree, struct hz_error *err)
{
    (void)tree;
    struct recent_scan_result result = { 0 };
    struct sizes sizes = { 0 };
    int rc = run->search == NULL ? search(run, 0, err) : HZ_OK;
    if (rc == HZ_OK)
        rc = end(run->search, &result, err);
    if (rc == HZ_OK)
        rc = measure(run, &sizes, err);
    if (rc == HZ_OK)
        rc = put_files(run->search, &sizes, err);
    if (!run->options->recent_content)
        recent_rows_free(&run->recent);
    if (rc == HZ_OK)
        rc = note(run, &run->search->action, &result, &sizes, err);
    source_recent_abandon(run);
    return rc;
}

const struct source source_recent = { .name = "recent", .wanted = wanted, .plan = plan, .begin = begin, .take = take };
