#include <assert.h>
#include <string.h>
#include <unistd.h>

#include "base/lang.h"
#include "base/num.h"
#include "cli/out.h"
#include "collector/cmd_collect.h"

#define SECOND INT64_C(1000000000)

/* Values were checked against the table while the command line was parsed: these cannot fail. */
static uint64_t size_of(const struct cli_args *args, const char *option)
{
    const char *text = cli_value(args, option);
    uint64_t size = 0;
    if (text != NULL && num_parse_size(text, &size) != HZ_OK)
        assert(!"a size that the table let through");
    return size;
}

static int64_t duration_of(const struct cli_args *args, const char *option, int64_t otherwise)
{
    const char *text = cli_value(args, option);
    int64_t duration = otherwise;
    if (text != NULL && num_parse_duration(text, &duration) != HZ_OK)
        assert(!"a duration that the table let through");
    return duration;
}

static void read_record(const struct cli_args *args, struct collect_options *o)
{
    o->case_id = cli_value(args, "case");
    o->operator_name = cli_value(args, "operator");
    o->organisation = cli_value(args, "organisation");
    o->exhibit = cli_value(args, "exhibit");
    o->authority = cli_value(args, "authority");
    o->reason = cli_value(args, "reason");
    o->location = cli_value(args, "location");
    o->item = cli_value(args, "item");
    o->witnesses = cli_values(args, "witness", &o->witness_count);
}

static void read_recent(const struct cli_args *args, struct collect_options *o)
{
    static const char *const everything[] = { "/" };
    o->recent_ns = duration_of(args, "recent", 0);
    o->recent_since = stamp_back(stamp_now(), o->recent_ns);
    o->recent_roots = cli_values(args, "recent-root", &o->recent_root_count);
    o->recent_content = o->recent_content_named = cli_flag(args, "recent-content");
    o->recent_named = o->recent_root_count > 0;
    if (o->recent_ns > 0 && o->recent_root_count == 0) {
        o->recent_roots = everything;
        o->recent_root_count = 1;
    }
}

static int read_since(const struct cli_args *args, struct collect_options *o, struct hz_error *err)
{
    const char *text = cli_value(args, "since");
    int64_t back;
    o->has_since = text != NULL;
    if (text == NULL)
        return HZ_OK;
    if (num_parse_duration(text, &back) == HZ_OK)
        o->since = stamp_back(stamp_now(), back);
    else if (stamp_parse_lenient(&o->since, text) != HZ_OK)
        return cli_usage(args->command, err, _("--since is not a time"));
    return HZ_OK;
}

static void read_limits(const struct cli_args *args, struct collect_options *o)
{
    o->max_size = size_of(args, "max-size");
    o->max_file_size = size_of(args, "max-file-size");
    o->max_rate = size_of(args, "max-rate");
    o->timeout_ns = duration_of(args, "timeout", 0);
    o->has_command_timeout = cli_value(args, "command-timeout") != NULL;
    o->command_timeout_ns = duration_of(args, "command-timeout", 60 * SECOND);
    o->has_db_hold = cli_value(args, "db-hold") != NULL;
    o->db_hold_ns = duration_of(args, "db-hold", 2 * SECOND);
}

static bool says(const struct cli_args *args, const char *option, const char *word)
{
    const char *value = cli_value(args, option);
    return value != NULL && strcmp(value, word) == 0;
}

static int read_output(const struct cli_args *args, struct collect_options *o, struct hz_error *err)
{
    o->to_stdout = says(args, "out", "-");
    o->out = o->to_stdout ? NULL : cli_value(args, "out");
    o->compress = says(args, "compress", "none")   ? W_COMPRESS_NONE
                  : says(args, "compress", "gzip") ? W_COMPRESS_GZIP
                                                   : W_COMPRESS_ZSTD;
    o->recipients = cli_values(args, "encrypt-to", &o->recipient_count);
    o->sha512 = says(args, "digest", "sha256,sha512");
    o->progress = says(args, "progress", "json")   ? PROGRESS_JSON
                  : says(args, "progress", "none") ? PROGRESS_NONE
                                                   : PROGRESS_AUTO;
    if (o->to_stdout && !cli_flag(args, "plan") && cli_out_terminal(stdout))
        return cli_usage(args->command, err,
                         _("--out - would write the bundle to a terminal: send it into a pipe or a file, or name a "
                           "directory"));
    return HZ_OK;
}

static int read_reference(const struct cli_args *args, struct collect_options *o, struct hz_error *err)
{
    const char *reference = cli_value(args, "reference-time");
    o->has_reference = reference != NULL;
    o->reference_taken_at = stamp_now();
    o->reference_source = cli_value(args, "reference-source");
    if (reference != NULL && stamp_parse_lenient(&o->reference_time, reference) != HZ_OK)
        return cli_usage(args->command, err, _("--reference-time is not a time"));
    return HZ_OK;
}

/* Everything waits for process 1, and we for ourselves. */
static int read_processes(const struct cli_args *args, struct collect_options *o, struct hz_error *err)
{
    size_t count;
    const char *const *texts = cli_values(args, "process-memory", &count);
    if (count > OPTIONS_PROCESSES_MAX)
        return cli_usage(args->command, err, _("--process-memory was given more than %d times"), OPTIONS_PROCESSES_MAX);
    for (size_t i = 0; i < count; i++) {
        uint64_t pid = 0;
        if (num_parse_u64(texts[i], strlen(texts[i]), INT32_MAX, &pid) != HZ_OK || pid == 0)
            return cli_usage(args->command, err, _("--process-memory %s: not the number of a process"), texts[i]);
        if (pid == 1 || (pid_t)pid == getpid())
            return cli_usage(args->command, err,
                             _("--process-memory %s: neither process 1 nor this program itself can be held still"),
                             texts[i]);
        o->processes[o->process_count++] = (int)pid;
    }
    return HZ_OK;
}

/* Nothing at all is asked for, not even how: then it is triage. */
static bool asks_nothing(const struct collect_options *o)
{
    return o->typed_source_count == 0 && o->path_count == 0 && o->database_count == 0 && o->recent_ns == 0 &&
           o->process_count == 0 && !o->logs_named && !o->cross_mounts;
}

int cmd_collect_profiles(const struct cli_args *args, struct profile_set *out, struct hz_error *err)
{
    size_t count, files;
    const char *const *names = cli_values(args, "profile", &count);
    const char *const *paths = cli_values(args, "profile-file", &files);
    int rc = HZ_OK;
    for (size_t i = 0; rc == HZ_OK && i < count; i++)
        rc = profile_set_name(out, names[i], err);
    for (size_t i = 0; rc == HZ_OK && i < files; i++)
        rc = profile_set_file(out, paths[i], err);
    return rc;
}

static int read_profiles(const struct cli_args *args, struct profile_set *profiles, struct collect_options *o,
                         struct hz_error *err)
{
    int rc = cmd_collect_profiles(args, profiles, err);
    if (rc == HZ_OK && profiles->count == 0 && asks_nothing(o))
        rc = profile_set_name(profiles, "triage", err);
    return rc == HZ_OK ? profile_set_apply(profiles, o, err) : rc;
}

int cmd_collect_options(const struct cli_args *args, const struct w_bytes *words, size_t word_count,
                        struct profile_set *profiles, struct collect_options *out, struct hz_error *err)
{
    struct collect_options o = { .command_line = words, .command_line_count = word_count };
    read_record(args, &o);
    o.cross_mounts = cli_flag(args, "cross-mounts");
    o.typed_sources = cli_values(args, "source", &o.typed_source_count);
    o.sources = o.typed_sources;
    o.source_count = o.typed_source_count;
    o.environ_values = cli_flag(args, "environ");
    o.host_tools = cli_flag(args, "host-tools");
    o.root = cli_value(args, "root") != NULL ? cli_value(args, "root") : "/";
    o.paths = cli_values(args, "path", &o.path_count);
    o.databases = cli_values(args, "db", &o.database_count);
    o.units = cli_values(args, "unit", &o.unit_count);
    read_recent(args, &o);
    read_limits(args, &o);
    int rc = read_reference(args, &o, err);
    if (rc == HZ_OK)
        rc = read_since(args, &o, err);
    if (rc == HZ_OK)
        rc = read_processes(args, &o, err);
    o.logs_named = o.has_since || o.unit_count > 0;
    if (rc == HZ_OK)
        rc = read_profiles(args, profiles, &o, err);
    if (rc == HZ_OK)
        rc = read_output(args, &o, err);
    if (rc == HZ_OK)
        rc = options_check(&o, err);
    if (rc == HZ_OK)
        *out = o;
    return rc;
}
