#include "collector/progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/io_rw.h"
#include "base/io_terminal.h"
#include "base/json_out.h"
#include "base/lang.h"
#include "base/stamp.h"
#include "base/width.h"

#define SECOND INT64_C(1000000000)
#define DRAW (SECOND / 5)
#define FILE_COST ((uint64_t)16 << 10) /* a file costs as much time as so many bytes, besides its own */
#define LAST_WAIT 1000                 /* milliseconds */
#define LEARNING (2 * SECOND)          /* before that an estimate would be a guess */

static int64_t now(void)
{
    struct stamp t = stamp_boottime();
    return t.seconds * SECOND + t.nanoseconds;
}

void progress_begin(struct progress *p, const struct collect_options *options, int root)
{
    bool terminal = options->progress == PROGRESS_AUTO && isatty(STDERR_FILENO) == 1;
    *p = (struct progress) { .form = options->progress == PROGRESS_JSON ? PROGRESS_JSON : PROGRESS_NONE,
                             .terminal = terminal };
    p->start = p->next = p->rate_time = now();
    if (p->form == PROGRESS_JSON || terminal)
        p->count = count_begin(options, root);
}

/* "512 B", "1.5 GiB": at most 8 columns. */
static void put_size(struct buf *out, uint64_t bytes)
{
    static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB" };
    size_t unit = 0;
    uint64_t rest = 0;
    for (; bytes >= 1024; unit++) {
        rest = bytes % 1024;
        bytes /= 1024;
    }
    if (unit == 0 || bytes >= 100)
        buf_printf(out, "%" PRIu64 " %s", bytes, units[unit]);
    else
        buf_printf(out, "%" PRIu64 ".%u %s", bytes, (unsigned)(rest * 10 / 1024), units[unit]);
}

static void put_time(struct buf *out, int64_t seconds)
{
    if (seconds >= 3600)
        buf_printf(out, "%" PRId64 ":%02d:%02d", seconds / 3600, (int)(seconds / 60 % 60), (int)(seconds % 60));
    else
        buf_printf(out, "%d:%02d", (int)(seconds / 60), (int)(seconds % 60));
}

int64_t progress_left(const struct progress_numbers *n, const struct count_numbers *all, int64_t elapsed_ns)
{
    double done = (double)n->bytes + (double)n->files * (double)FILE_COST;
    double whole = (double)all->bytes + (double)all->files * (double)FILE_COST;
    if (!all->complete || elapsed_ns < LEARNING || done <= 0 || done > whole)
        return -1;
    double left = (double)elapsed_ns / (double)SECOND * (whole - done) / done;
    return left < 1e9 ? (int64_t)(left + 0.5) : -1;
}

/* Its parts, each with a '\n' behind it. */
static void put_parts(struct buf *line, const struct progress_numbers *n, uint64_t rate, int64_t elapsed_s,
                      int64_t left_s)
{
    buf_printf(line, "%s:\n ", n->source);
    buf_printf(line, _("%llu files"), (unsigned long long)n->files);
    buf_puts(line, "\n  ");
    put_size(line, n->bytes);
    buf_puts(line, "\n  ");
    put_size(line, rate);
    buf_puts(line, "/s\n  ");
    put_time(line, elapsed_s);
    buf_putc(line, '\n');
    if (left_s >= 0) {
        HZ_CLEANUP(buf_free) struct buf left = BUF_INIT(100);
        put_time(&left, left_s);
        buf_puts(line, "  ");
        buf_printf(line, _("about %s left"), buf_text(&left));
        buf_putc(line, '\n');
    }
}

void progress_line(struct buf *out, const struct progress_numbers *n, uint64_t rate, int64_t elapsed_s, int64_t left_s,
                   unsigned columns)
{
    HZ_CLEANUP(buf_free) struct buf line = BUF_INIT(1000);
    put_parts(&line, n, rate, elapsed_s, left_s);
    const char *text = buf_text(&line);
    for (unsigned used = 0; text != NULL && *text != '\0';) {
        size_t len = 0;
        for (size_t step; text[len] != '\n'; len += step)
            used += width_char(text + len, &step);
        if (used > columns)
            break;
        buf_put(out, text, len);
        text += len + 1;
    }
}

static void gather(struct progress_numbers *n, const struct w_bundle *bundle, const char *source)
{
    struct w_counts counts;
    struct w_bundle_progress p;
    w_bundle_counts(bundle, &counts);
    w_bundle_progress(bundle, &p);
    *n = (struct progress_numbers) { .source = source,
                                     .files = counts.collected,
                                     .bytes = p.payload,
                                     .recorded = counts.recorded,
                                     .absent = counts.absent,
                                     .written = p.written };
}

/* Of the last second or more. */
static uint64_t rate_of(struct progress *p, uint64_t bytes, int64_t time)
{
    int64_t passed = time - p->rate_time;
    uint64_t rate = passed <= 0 ? 0 : (uint64_t)((double)(bytes - p->rate_bytes) * (double)SECOND / (double)passed);
    if (passed > 3 * SECOND) {
        p->rate_time = time - passed / 2;
        p->rate_bytes = bytes - (bytes - p->rate_bytes) / 2;
    }
    return rate;
}

/* Asked each time: a window can change. */
static unsigned columns_now(void)
{
    unsigned columns = io_terminal_columns(STDERR_FILENO);
    return columns == 0 || columns > PROGRESS_COLUMNS ? PROGRESS_COLUMNS : columns - 1;
}

/* Nobody waits for a terminal that was stopped, or a reader that is slow: the line is left out. */
static bool may_say(int milliseconds)
{
    return io_write_ready(STDERR_FILENO, milliseconds);
}

static void erase(void)
{
    if (!may_say(LAST_WAIT))
        return;
    fprintf(stderr, "\r%*s\r", (int)columns_now(), "");
}

static void draw(struct progress *p, const struct progress_numbers *n, const struct count_numbers *all, int64_t time)
{
    HZ_CLEANUP(buf_free) struct buf line = BUF_INIT(1000);
    unsigned columns = columns_now();
    progress_line(&line, n, rate_of(p, n->bytes, time), (time - p->start) / SECOND,
                  progress_left(n, all, time - p->start), columns);
    const char *text = buf_text(&line);
    if (text == NULL || !may_say(0))
        return;
    unsigned used = width_text(text);
    fprintf(stderr, "\r%s%*s", text, (int)(columns - used), "");
    fflush(stderr);
    p->drawn = true;
}

static void put_estimate(struct json_out *j, const struct progress_numbers *n, const struct count_numbers *all,
                         int64_t elapsed)
{
    int64_t left = progress_left(n, all, elapsed);
    json_key(j, "estimate");
    json_object(j);
    json_member_decimal(j, "bytes", all->bytes);
    json_member_bool(j, "complete", all->complete);
    json_member_decimal(j, "files", all->files);
    if (left >= 0)
        json_member_decimal(j, "seconds_left", (uint64_t)left);
    json_object_end(j);
}

static void say_json(struct progress *p, const struct progress_numbers *n, const struct count_numbers *all,
                     int64_t time, bool ended)
{
    HZ_CLEANUP(buf_free) struct buf line = BUF_INIT(4096);
    HZ_CLEANUP(buf_free) struct buf elapsed = BUF_INIT(64);
    struct hz_error ignored;
    struct json_out j;
    int64_t passed = time - p->start;
    buf_printf(&elapsed, "%" PRId64 ".%03d", passed / SECOND, (int)(passed % SECOND / 1000000));
    json_init(&j, &line);
    json_object(&j);
    json_member_decimal(&j, "absent", n->absent);
    json_member_decimal(&j, "bytes", n->bytes);
    json_member_string(&j, "elapsed", buf_text(&elapsed));
    if (p->count != NULL)
        put_estimate(&j, n, all, passed);
    json_member_decimal(&j, "files", n->files);
    json_member_decimal(&j, "recorded", n->recorded);
    json_member_string(&j, "schema", "hozen-progress/1");
    if (n->source != NULL)
        json_member_string(&j, "source", n->source);
    json_member_string(&j, "state", ended ? "ended" : "running");
    json_member_decimal(&j, "written", n->written);
    json_object_end(&j);
    if (json_check(&j, &ignored) == HZ_OK && buf_putc(&line, '\n') == HZ_OK && may_say(ended ? LAST_WAIT : 0))
        fwrite(line.data, 1, line.len, stderr); /* at once: a signal's line may come at any time */
}

static struct count_numbers count_of(const struct progress *p)
{
    return p->count != NULL ? count_now(p->count) : (struct count_numbers) { 0, 0, false };
}

void progress_tick(struct progress *p, const struct w_bundle *bundle, const char *source)
{
    struct progress_numbers n;
    int64_t time = now();
    if ((p->form != PROGRESS_JSON && !p->terminal) || time < p->next)
        return;
    const struct count_numbers all = count_of(p);
    gather(&n, bundle, source);
    p->next = time + (p->terminal ? DRAW : SECOND);
    if (p->terminal)
        draw(p, &n, &all, time);
    else
        say_json(p, &n, &all, time, false);
}

void progress_end(struct progress *p, const struct w_bundle *bundle)
{
    struct progress_numbers n;
    if (p->drawn)
        erase();
    if (p->form == PROGRESS_JSON && bundle != NULL) {
        const struct count_numbers all = count_of(p);
        gather(&n, bundle, NULL);
        say_json(p, &n, &all, now(), true);
    }
    count_end(p->count);
    p->count = NULL;
    p->form = PROGRESS_NONE;
    p->terminal = p->drawn = false;
}
