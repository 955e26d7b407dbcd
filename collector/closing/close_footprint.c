#include "collector/closing/close_footprint.h"

#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/escape.h"
#include "base/io_count.h"
#include "base/json_out.h"
#include "base/lang.h"
#include "collector/closing/close_self.h"
#include "formats/write/fields.h"

#define FILE_MAX ((size_t)1 << 20)

struct footprint {
    struct stamp at;
    struct stamp since; /* CLOCK_BOOTTIME, both */
    struct stamp until;
    bool has_self;
    struct close_self self;
    struct io_count io;
    struct w_bundle_progress output;
    struct rusage own, children;
};

static void look(struct run *run, struct footprint *f)
{
    memset(f, 0, sizeof *f);
    f->at = stamp_now();
    f->since = run->begun;
    f->until = stamp_boottime();
    /* Of the machine at which an image is examined nothing is said. */
    f->has_self = !options_rooted(run->options) && close_self_look(&f->self, run->root);
    f->io = io_count_now();
    w_bundle_progress(run->bundle, &f->output);
    (void)getrusage(RUSAGE_SELF, &f->own);
    (void)getrusage(RUSAGE_CHILDREN, &f->children);
}

/* wchar counts every byte that write(2) took; ours count those that went to outputs, spools and messages. */
static uint64_t elsewhere(const struct footprint *f)
{
    return f->self.written_bytes > f->io.written ? f->self.written_bytes - f->io.written : 0;
}

/* A mount namespace of our own keeps access times, but not of what links of procfs lead to. */
static uint64_t exposed(const struct run *run)
{
    return (run->noatime ? 0 : run->tally.exposed) + run->tally.exposed_links;
}

static void put_seconds(struct json_out *j, const char *key, struct timeval t)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(64);
    buf_printf(&text, "%lld.%06ld", (long long)t.tv_sec, (long)t.tv_usec);
    json_member_string(j, key, buf_text(&text));
}

static struct timeval elapsed(struct stamp from, struct stamp to)
{
    int64_t seconds = to.seconds - from.seconds, rest = (int64_t)to.nanoseconds - (int64_t)from.nanoseconds;
    if (rest < 0) {
        seconds--;
        rest += 1000000000;
    }
    return (struct timeval) { .tv_sec = seconds, .tv_usec = rest / 1000 };
}

static void put_process(struct json_out *j, const struct close_process *p)
{
    json_object(j);
    json_key(j, "name");
    w_fields_text(j, (struct w_bytes) { p->name, strlen(p->name) });
    json_member_int(j, "pid", p->pid);
    json_member_decimal(j, "start_ticks", p->start_ticks);
    json_object_end(j);
}

static void put_self(struct json_out *j, const struct close_self *s)
{
    json_key(j, "parents");
    json_array(j);
    for (size_t i = 0; i < s->parent_count; i++)
        put_process(j, &s->parents[i]);
    json_array_end(j);
    json_key(j, "process");
    put_process(j, &s->process);
}

static void put_sources(struct json_out *j, const struct run *run)
{
    json_key(j, "sources");
    json_array(j);
    for (size_t i = 0; i < run->time_count; i++) {
        json_object(j);
        json_member_string(j, "name", run->times[i].source);
        put_seconds(j, "seconds", elapsed(run->times[i].start, run->times[i].end));
        json_object_end(j);
    }
    json_array_end(j);
}

static int put_json(struct buf *out, const struct run *run, const struct footprint *f, struct hz_error *err)
{
    struct json_out j;
    json_init(&j, out);
    json_object(&j);
    json_member_decimal(&j, "access_times_exposed", exposed(run));
    w_fields_time(&j, "at", f->at);
    if (f->self.has_io)
        json_member_decimal(&j, "bytes_read", f->self.read_bytes);
    json_member_decimal(&j, "bytes_written", f->io.written);
    if (f->self.has_io)
        json_member_decimal(&j, "bytes_written_elsewhere", elsewhere(f));
    put_seconds(&j, "cpu_system_seconds", f->own.ru_stime);
    put_seconds(&j, "cpu_user_seconds", f->own.ru_utime);
    json_member_decimal(&j, "files_made", f->io.created);
    json_member_decimal(&j, "files_opened", f->io.opened);
    if (f->self.has_memory)
        json_member_decimal(&j, "memory_highest_kib", f->self.memory_kib);
    json_member_decimal(&j, "output_bytes", f->output.written);
    json_member_bool(&j, "own_mount_namespace", run->noatime);
    if (f->has_self)
        put_self(&j, &f->self);
    json_member_decimal(&j, "programs_started", run->tally.started);
    int rc = w_fields_salt(&j, err);
    json_member_string(&j, "schema", "hozen-footprint/1");
    put_seconds(&j, "seconds", elapsed(f->since, f->until));
    put_sources(&j, run);
    return w_fields_end(&j, rc, err);
}

static void line(struct buf *out, const char *label, uint64_t value, const char *unit)
{
    buf_printf(out, "%-34s %llu%s\n", label, (unsigned long long)value, unit);
}

static void put_time_line(struct buf *out, const char *label, struct timeval t)
{
    buf_printf(out, "%-34s %lld.%03ld s\n", label, (long long)t.tv_sec, (long)t.tv_usec / 1000);
}

static void put_process_line(struct buf *out, const char *label, const struct close_process *p)
{
    buf_printf(out, "%-34s %lld ", label, (long long)p->pid);
    escape_terminal(out, p->name, strlen(p->name));
    buf_putc(out, '\n');
}

static int put_text(struct buf *out, const struct run *run, const struct footprint *f, struct hz_error *err)
{
    char at[STAMP_SIZE];
    stamp_format(at, f->at);
    buf_printf(out, "what this collection did to the host, as of %s\n\n", at);
    if (f->has_self)
        put_process_line(out, "process", &f->self.process);
    for (size_t i = 0; i < f->self.parent_count; i++)
        put_process_line(out, i == 0 ? "started by" : "  which was started by", &f->self.parents[i]);
    line(out, "programs started", run->tally.started, "");
    line(out, "files opened", f->io.opened, "");
    line(out, "files made", f->io.created, " (the bundle, and unlinked files beside it)");
    if (f->self.has_io)
        line(out, "read", f->self.read_bytes, " bytes");
    line(out, "written: bundle, spools, messages", f->io.written, " bytes");
    if (f->self.has_io)
        line(out, "written elsewhere", elsewhere(f), " bytes");
    line(out, "access times exposed", exposed(run), "");
    if (f->self.has_memory)
        line(out, "highest memory", f->self.memory_kib, " KiB");
    put_time_line(out, "user CPU time", f->own.ru_utime);
    put_time_line(out, "system CPU time", f->own.ru_stime);
    put_time_line(out, "elapsed", elapsed(f->since, f->until));
    for (size_t i = 0; i < run->time_count; i++) {
        HZ_CLEANUP(buf_free) struct buf label = BUF_INIT(64);
        buf_printf(&label, "  %s", run->times[i].source);
        put_time_line(out, buf_text(&label), elapsed(run->times[i].start, run->times[i].end));
    }
    return buf_check(out, err);
}

typedef int put_form(struct buf *out, const struct run *run, const struct footprint *f, struct hz_error *err);

static int put_file(struct run *run, struct products *p, const char *name, put_form *put, const struct footprint *f,
                    struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(FILE_MAX);
    struct product *file;
    int rc = put(&text, run, f, err);
    if (rc == HZ_OK)
        rc = products_add(p, name, "generated", &file, err);
    return rc == HZ_OK ? product_put(file, text.data, text.len, err) : rc;
}

int close_footprint(struct run *run, struct products *p, struct hz_error *err)
{
    struct footprint f;
    look(run, &f);
    int rc = put_file(run, p, "footprint.json", put_json, &f, err);
    return rc == HZ_OK ? put_file(run, p, "footprint.txt", put_text, &f, err) : rc;
}
