/* system: who this host is and what its clock says (formats/spec/sources.md). */
#include <string.h>
#include <sys/timex.h>
#include <time.h>

#include "base/json_out.h"
#include "base/stamp.h"
#include "collector/facts.h"
#include "collector/plan.h"
#include "collector/profiles/profile_plan.h"
#include "collector/source.h"
#include "formats/write/fields.h"

static int make_identity(const void *context, struct buf *out, struct hz_error *err)
{
    const struct facts *f = context;
    struct json_out j;
    json_init(&j, out);
    json_object(&j);
    json_member_string(&j, "architecture", f->architecture);
    json_member_string(&j, "boot_id", f->boot_id);
    json_member_string(&j, "domain", f->domain);
    json_member_string(&j, "hostname", f->hostname);
    json_member_string(&j, "kernel", f->kernel);
    json_member_string(&j, "kernel_version", f->kernel_version);
    json_member_string(&j, "machine_id", f->machine_id);
    json_member_string(&j, "operating_system", f->operating_system);
    int rc = w_fields_salt(&j, err);
    json_member_string(&j, "schema", "hozen-identity/1");
    return w_fields_end(&j, rc, err);
}

static void put_seconds(struct json_out *j, const char *key, struct stamp t)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(64);
    buf_printf(&text, "%lld.%09u", (long long)t.seconds, t.nanoseconds);
    json_member_string(j, key, buf_text(&text));
}

/* What the kernel's time keeping knows about itself; asking changes nothing (modes 0). */
static void put_synchronisation(struct json_out *j)
{
    struct timex t = { .modes = 0 };
    int state = adjtimex(&t);
    if (state < 0)
        return;
    json_key(j, "kernel_clock");
    json_object(j);
    json_member_int(j, "estimated_error_microseconds", t.esterror);
    json_member_int(j, "maximum_error_microseconds", t.maxerror);
    json_member_bool(j, "synchronised", state != TIME_ERROR && (t.status & STA_UNSYNC) == 0);
    json_member_int(j, "tai_offset_seconds", t.tai);
    json_object_end(j);
}

static int make_clock(const void *context, struct buf *out, struct hz_error *err)
{
    const struct facts *f = context;
    struct stamp realtime = stamp_now(), boottime = stamp_boottime();
    struct timespec monotonic = { 0, 0 };
    char text[STAMP_SIZE];
    struct json_out j;
    clock_gettime(CLOCK_MONOTONIC, &monotonic);
    json_init(&j, out);
    json_object(&j);
    put_seconds(&j, "boottime", boottime);
    json_member_string(&j, "clock_source", f->clock_source);
    if (!f->image)
        put_synchronisation(&j);
    put_seconds(&j, "monotonic",
                (struct stamp) { .seconds = monotonic.tv_sec, .nanoseconds = (uint32_t)monotonic.tv_nsec });
    stamp_format(text, realtime);
    json_member_string(&j, "realtime", text);
    int rc = w_fields_salt(&j, err);
    json_member_string(&j, "schema", "hozen-clock/1");
    json_member_int(&j, "timezone_offset_minutes", stamp_local_offset(realtime));
    json_member_string(&j, "whose", f->image ? "examiner" : NULL);
    return w_fields_end(&j, rc, err);
}

static const struct tree_made made[] = {
    { .name = "clock.json", .method = "generated", .make = make_clock },
    { .name = "identity.json", .method = "generated", .make = make_identity },
};

/* Files of the host that say the same in its own words. */
static const char *const host_files[] = {
    "/etc/hostname",
    "/etc/machine-id",
    "/etc/os-release",
    "/etc/timezone",
    "/etc/adjtime",
    "/etc/localtime",
    "/proc/cmdline",
    "/proc/uptime",
    "/proc/version",
    "/proc/sys/kernel/random/boot_id",
    "/proc/sys/kernel/tainted",
};

static int plan(const struct collect_options *options, int root, struct tree_node *tree, struct hz_error *err)
{
    int rc = profile_plan_texts(tree, options, err);
    for (size_t i = 0; rc == HZ_OK && i < sizeof made / sizeof made[0]; i++)
        rc = tree_make(tree, &made[i], err);
    for (size_t i = 0; rc == HZ_OK && i < sizeof host_files / sizeof host_files[0]; i++)
        if (!options_rooted(options) || strncmp(host_files[i], "/proc/", 6) != 0)
            rc = plan_add(tree, root, host_files[i], false, err);
    return rc;
}

const struct source source_system = { .name = "system", .plan = plan, .take = source_walk };
