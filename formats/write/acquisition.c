#include "formats/write/acquisition.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json_out.h"
#include "base/lang.h"
#include "formats/write/fields.h"
#include "formats/write/name.h"

static void put_texts(struct json_out *j, const char *key, const struct w_bytes *texts, size_t count)
{
    json_key(j, key);
    json_array(j);
    for (size_t i = 0; i < count; i++)
        w_fields_text(j, texts[i]);
    json_array_end(j);
}

static void put_strings(struct json_out *j, const char *key, const char *const *texts, size_t count)
{
    json_key(j, key);
    json_array(j);
    for (size_t i = 0; i < count; i++)
        w_fields_text(j, (struct w_bytes) { texts[i], strlen(texts[i]) });
    json_array_end(j);
}

static void put_moment(struct json_out *j, const char *key, const struct w_moment *at, int offset_minutes)
{
    json_key(j, key);
    json_object(j);
    w_fields_boottime(j, "boottime", at->boottime);
    w_fields_time(j, "realtime", at->realtime);
    json_member_int(j, "timezone_offset_minutes", offset_minutes);
    json_object_end(j);
}

/* reference minus machine, in nanoseconds: more than 64 bits can hold when a clock is far out. */
static void put_offset(struct json_out *j, struct stamp reference, struct stamp machine)
{
    const __int128 billion = 1000000000;
    __int128 offset = ((__int128)reference.seconds - machine.seconds) * billion +
                      ((__int128)reference.nanoseconds - machine.nanoseconds);
    const char *sign = offset < 0 ? "-" : "";
    unsigned __int128 size = (unsigned __int128)(offset < 0 ? -offset : offset);
    unsigned long long seconds = (unsigned long long)(size / (unsigned __int128)billion);
    unsigned rest = (unsigned)(size % (unsigned __int128)billion);
    char text[48];
    if (seconds > 0)
        snprintf(text, sizeof text, "%s%llu%09u", sign, seconds, rest);
    else
        snprintf(text, sizeof text, "%s%u", sign, rest);
    json_member_string(j, "offset_nanoseconds", text);
}

static void put_clock(struct json_out *j, const struct w_acquisition *a)
{
    json_key(j, "clock");
    json_object(j);
    put_moment(j, "end", &a->clock_end, a->offset_end_minutes);
    if (a->reference.known) {
        json_key(j, "reference");
        json_object(j);
        put_offset(j, a->reference.time, a->reference.taken_at);
        w_fields_member_text(j, "source", a->reference.source);
        w_fields_time(j, "taken_at", a->reference.taken_at);
        w_fields_time(j, "time", a->reference.time);
        json_object_end(j);
    }
    put_moment(j, "start", &a->clock_start, a->offset_start_minutes);
    json_object_end(j);
}

static void put_host(struct json_out *j, const struct w_acquisition *a)
{
    json_key(j, "host");
    json_object(j);
    w_fields_member_text(j, "architecture", a->host.architecture);
    w_fields_member_text(j, "boot_id", a->host.boot_id);
    w_fields_member_text(j, "hostname", a->host.hostname);
    w_fields_member_text(j, "kernel", a->host.kernel);
    w_fields_member_text(j, "machine_id", a->host.machine_id);
    w_fields_member_text(j, "operating_system", a->host.operating_system);
    json_object_end(j);
}

static void put_operator(struct json_out *j, const struct w_acquisition *a)
{
    json_key(j, "operator");
    json_object(j);
    w_fields_member_text(j, "name", a->operator_name);
    json_object_end(j);
}

static void put_limits(struct json_out *j, const struct w_limits *l)
{
    const struct {
        const char *key;
        uint64_t value;
    } rows[] = {
        { "command_timeout_seconds", l->command_timeout_seconds },
        { "db_hold_milliseconds", l->db_hold_milliseconds },
        { "max_file_size", l->max_file_size },
        { "max_rate", l->max_rate },
        { "max_size", l->max_size },
        { "timeout_seconds", l->timeout_seconds },
    };
    bool any = false;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].value == 0)
            continue;
        if (!any) {
            json_key(j, "limits");
            json_object(j);
        }
        any = true;
        json_member_decimal(j, rows[i].key, rows[i].value);
    }
    if (any)
        json_object_end(j);
}

static void put_recent(struct json_out *j, const struct w_recent *r)
{
    if (!r->asked)
        return;
    json_key(j, "recent");
    json_object(j);
    json_member_bool(j, "content", r->content);
    put_strings(j, "roots", r->roots, r->root_count);
    w_fields_time(j, "since", r->since);
    json_object_end(j);
}

static void put_flag(struct json_out *j, const char *key, bool value)
{
    if (value)
        json_member_bool(j, key, true);
}

static void put_processes(struct json_out *j, const int *processes, size_t count)
{
    if (count == 0)
        return;
    json_key(j, "process_memory");
    json_array(j);
    for (size_t i = 0; i < count; i++)
        json_int(j, processes[i]);
    json_array_end(j);
}

static void put_requested(struct json_out *j, const struct w_requested *r)
{
    json_key(j, "requested");
    json_object(j);
    json_member_bool(j, "cross_mounts", r->cross_mounts);
    if (r->database_count > 0)
        put_strings(j, "databases", r->databases, r->database_count);
    put_flag(j, "environ", r->environ);
    put_flag(j, "host_tools", r->host_tools);
    put_limits(j, &r->limits);
    put_texts(j, "paths", r->paths, r->path_count);
    put_processes(j, r->processes, r->process_count);
    if (r->profile_count > 0)
        put_strings(j, "profiles", r->profiles, r->profile_count);
    put_recent(j, &r->recent);
    w_fields_member_text(j, "root", r->root);
    if (r->has_since)
        w_fields_time(j, "since", r->since);
    if (r->source_count > 0)
        put_strings(j, "sources", r->sources, r->source_count);
    if (r->unit_count > 0)
        put_strings(j, "units", r->units, r->unit_count);
    json_object_end(j);
}

static void put_sources(struct json_out *j, const struct w_acquisition *a)
{
    json_key(j, "sources");
    json_array(j);
    for (size_t i = 0; i < a->source_count; i++) {
        json_object(j);
        w_fields_counts(j, a->sources[i].counts);
        json_member_string(j, "name", a->sources[i].name);
        json_member_string(j, "status", a->sources[i].complete ? "complete" : "partial");
        json_object_end(j);
    }
    json_array_end(j);
}

static void put_tool(struct json_out *j, const struct w_acquisition *a)
{
    json_key(j, "tool");
    json_object(j);
    put_texts(j, "command_line", a->tool.command_line, a->tool.command_line_count);
    json_member_string(j, "name", a->tool.name);
    json_member_string(j, "sha256", a->tool.sha256);
    json_member_int(j, "uid", a->tool.uid);
    json_member_string(j, "version", a->tool.version);
    json_object_end(j);
}

static void put_witnesses(struct json_out *j, const struct w_acquisition *a)
{
    if (a->witness_count > 0)
        put_strings(j, "witnesses", a->witnesses, a->witness_count);
}

static int compare_bytes(const void *a, const void *b)
{
    const struct w_bytes *x = a, *y = b;
    return w_name_raw_compare(x->data, x->len, y->data, y->len);
}

/* Ascending, as the spec asks. */
static int put_mounts(struct json_out *j, const struct w_acquisition *a, struct hz_error *err)
{
    if (a->mount_count == 0)
        return HZ_OK;
    struct w_bytes *sorted = calloc(a->mount_count, sizeof *sorted);
    if (sorted == NULL)
        return hz_error_set(err, HZ_E_NOMEM, "%s", _("out of memory"));
    for (size_t i = 0; i < a->mount_count; i++)
        sorted[i] = a->mounts_not_crossed[i];
    qsort(sorted, a->mount_count, sizeof *sorted, compare_bytes);
    put_texts(j, "mounts_not_crossed", sorted, a->mount_count);
    free(sorted);
    return HZ_OK;
}

static void put_keys_expected(struct json_out *j, const char *keyid)
{
    json_key(j, "keys_expected");
    json_array(j);
    json_string(j, keyid);
    json_array_end(j);
}

static int check_required(const struct w_acquisition *a, struct hz_error *err)
{
    if (a->case_id == NULL || a->operator_name == NULL || a->tool.name == NULL || a->tool.version == NULL)
        return hz_error_set(err, HZ_E_FORMAT, "%s", _("the acquisition lacks its case, operator or tool"));
    return HZ_OK;
}

int w_acquisition_text(struct buf *out, const struct w_acquisition *a, const struct w_acquisition_bundle *bundle,
                       struct hz_error *err)
{
    struct json_out j;
    int rc = check_required(a, err);
    if (rc != HZ_OK)
        return rc;
    json_init(&j, out);
    json_object(&j);
    w_fields_member_text(&j, "authority", a->authority);
    w_fields_member_text(&j, "case", a->case_id);
    put_clock(&j, a);
    w_fields_counts(&j, bundle->counts);
    w_fields_member_text(&j, "exhibit", a->exhibit);
    w_fields_time(&j, "finished", a->finished);
    put_host(&j, a);
    json_member_string(&j, "item", bundle->item);
    put_keys_expected(&j, bundle->keyid);
    w_fields_member_text(&j, "location", a->location);
    rc = put_mounts(&j, a, err);
    if (a->not_before_count > 0)
        put_strings(&j, "not_before", a->not_before, a->not_before_count);
    put_operator(&j, a);
    w_fields_member_text(&j, "organisation", a->organisation);
    w_fields_member_text(&j, "reason", a->reason);
    put_requested(&j, &a->requested);
    if (rc == HZ_OK)
        rc = w_fields_salt(&j, err);
    json_member_string(&j, "schema", "hozen-acquisition/1");
    put_sources(&j, a);
    w_fields_time(&j, "started", bundle->started);
    json_member_string(&j, "status", a->complete ? "complete" : "partial");
    put_tool(&j, a);
    put_witnesses(&j, a);
    json_object_end(&j);
    buf_putc(out, '\n');
    return rc == HZ_OK ? json_check(&j, err) : rc;
}
