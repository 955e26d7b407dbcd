#include "collector/acquisition.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io_open.h"
#include "base/lang.h"
#include "collector/action.h"
#include "collector/sum.h"
#include "formats/write/digest.h"

/* Of the running binary. NULL where /proc does not show it. */
static const char *own_digest(char hex[W_DIGEST_HEX])
{
    HZ_CLEANUP(io_close) int fd = -1;
    struct hz_error ignored;
    if (io_open_input("/proc/self/exe", &fd, &ignored) != HZ_OK || sum_fd(fd, hex, &ignored) != HZ_OK)
        return NULL;
    return hex;
}

static struct w_bytes *bytes_of(const char *const *texts, size_t count)
{
    struct w_bytes *out = calloc(count + 1, sizeof *out);
    for (size_t i = 0; out != NULL && i < count; i++)
        out[i] = (struct w_bytes) { texts[i], strlen(texts[i]) };
    return out;
}

static void put_options(struct w_acquisition *a, const struct collect_options *o)
{
    a->case_id = o->case_id;
    a->operator_name = o->operator_name;
    a->organisation = o->organisation;
    a->exhibit = o->exhibit;
    a->authority = o->authority;
    a->reason = o->reason;
    a->location = o->location;
    a->witnesses = o->witnesses;
    a->witness_count = o->witness_count;
    a->not_before = o->not_before;
    a->not_before_count = o->not_before_count;
    a->reference.known = o->has_reference;
    a->reference.time = o->reference_time;
    a->reference.taken_at = o->reference_taken_at;
    a->reference.source = o->reference_source;
    a->tool.command_line = o->command_line;
    a->tool.command_line_count = o->command_line_count;
}

static uint64_t whole(int64_t ns, int64_t unit)
{
    return (uint64_t)(ns / unit + (ns % unit != 0));
}

/* What was typed, not what stands in for it: a limit that nobody set is not one that was asked for. */
static void put_requested(struct w_requested *r, const struct collect_options *o)
{
    r->cross_mounts = o->cross_mounts;
    r->databases = o->databases;
    r->database_count = o->database_count;
    r->units = o->units;
    r->unit_count = o->unit_count;
    r->has_since = o->has_since;
    r->since = o->since;
    r->profiles = o->profiles.names;
    r->profile_count = o->profiles.name_count;
    r->sources = o->typed_sources;
    r->source_count = o->typed_source_count;
    r->root = options_rooted(o) ? o->root : NULL;
    r->environ = o->environ_values;
    r->host_tools = o->host_tools;
    r->processes = o->processes;
    r->process_count = o->process_count;
    if (o->recent_ns > 0)
        r->recent = (struct w_recent) { .asked = true,
                                        .since = o->recent_since,
                                        .roots = o->recent_roots,
                                        .root_count = o->recent_root_count,
                                        .content = o->recent_content };
    r->limits = (struct w_limits) { .max_size = o->max_size,
                                    .max_file_size = o->max_file_size,
                                    .max_rate = o->max_rate,
                                    .timeout_seconds = whole(o->timeout_ns, 1000000000) };
    if (o->has_command_timeout)
        r->limits.command_timeout_seconds = whole(o->command_timeout_ns, 1000000000);
    if (o->has_db_hold)
        r->limits.db_hold_milliseconds = whole(o->db_hold_ns, 1000000);
}

static void put_host(struct w_acquisition *a, const struct facts *f)
{
    a->host.hostname = f->hostname;
    a->host.machine_id = f->machine_id;
    a->host.boot_id = f->boot_id;
    a->host.kernel = f->kernel;
    a->host.architecture = f->architecture;
    a->host.operating_system = f->operating_system;
}

static void put_end(struct w_acquisition *a)
{
    a->clock_end = action_now();
    a->offset_end_minutes = stamp_local_offset(a->clock_end.realtime);
    a->finished = a->clock_end.realtime;
}

int acquisition_finish(const struct run *run, const struct acquisition_times *times,
                       const struct w_source_summary *sources, size_t source_count, const struct w_key *key,
                       struct w_bundle_result *result, struct hz_error *err)
{
    char digest[W_DIGEST_HEX];
    const struct collect_options *o = run->options;
    struct w_bytes *paths = bytes_of(o->paths, o->path_count);
    struct w_bytes *mounts = bytes_of((const char *const *)run->tally.mounts, run->tally.mount_count);
    struct w_acquisition a = { .clock_start = times->start, .offset_start_minutes = times->offset_start_minutes };
    put_options(&a, o);
    put_requested(&a.requested, o);
    put_host(&a, &run->facts);
    a.tool.name = "hozen-collect";
    a.tool.version = HOZEN_VERSION;
    a.tool.sha256 = own_digest(digest);
    a.tool.uid = geteuid();
    a.requested.paths = paths;
    a.requested.path_count = o->path_count;
    a.sources = sources;
    a.source_count = source_count;
    a.mounts_not_crossed = mounts;
    a.mount_count = run->tally.mount_bytes <= ACQUISITION_MOUNTS_MAX ? run->tally.mount_count : 0;
    a.complete = !run->tally.partial;
    put_end(&a);
    int rc = paths == NULL || mounts == NULL ? hz_error_set(err, HZ_E_NOMEM, _("out of memory"))
                                             : w_bundle_finish(run->bundle, &a, key, result, err);
    free(paths);
    free(mounts);
    return rc;
}
