/* What other files of /proc/PID say, in a line of processes.jsonl. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "base/io_proc.h"
#include "collector/processes/proc_row.h"
#include "formats/write/fields.h"

#define SMALL ((size_t)16 << 10)
#define TASKS_MAX 4096 /* threads of one process that are named */

static bool seen(const struct proc_row *r)
{
    return r->d->p->state == PROC_SEEN;
}

void proc_row_times(struct proc_row *r)
{
    if (!seen(r))
        return;
    json_key(&r->j, "cpu_ticks");
    json_object(&r->j);
    json_member_decimal(&r->j, "system", r->d->p->stat.system_ticks);
    json_member_decimal(&r->j, "user", r->d->p->stat.user_ticks);
    json_object_end(&r->j);
}

/* Lines "key: number". */
void proc_row_io(struct proc_row *r)
{
    static const char *const keys[] = {
        "cancelled_write_bytes", "rchar", "read_bytes", "syscr", "syscw", "wchar", "write_bytes"
    };
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(SMALL);
    if (proc_is_kernel(r->d->p) || !proc_row_read(r, "io", SMALL, &text, NULL))
        return;
    json_key(&r->j, "io");
    json_object(&r->j);
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        uint64_t value[1];
        if (proc_status_numbers(proc_status_value(text.data, text.len, keys[i]), value, 1) == 1)
            json_member_decimal(&r->j, keys[i], value[0]);
    }
    json_object_end(&r->j);
}

/* The words of a line behind the name of the limit: soft, hard. */
static bool split(const struct buf *text, const char *name, struct w_bytes out[2])
{
    const char *line = memmem(text->data, text->len, name, strlen(name));
    const char *end = (const char *)text->data + text->len;
    if (line == NULL)
        return false;
    line += strlen(name);
    for (size_t i = 0; i < 2; i++) {
        while (line < end && *line == ' ')
            line++;
        const char *start = line;
        while (line < end && *line != ' ' && *line != '\n')
            line++;
        out[i] = (struct w_bytes) { start, (size_t)(line - start) };
    }
    return out[1].len > 0;
}

void proc_row_limits(struct proc_row *r)
{
    static const struct {
        const char *key, *name;
    } limits[] = { { "as", "Max address space" },
                   { "core", "Max core file size" },
                   { "cpu", "Max cpu time" },
                   { "data", "Max data size" },
                   { "fsize", "Max file size" },
                   { "locks", "Max file locks" },
                   { "memlock", "Max locked memory" },
                   { "msgqueue", "Max msgqueue size" },
                   { "nice", "Max nice priority" },
                   { "nofile", "Max open files" },
                   { "nproc", "Max processes" },
                   { "rss", "Max resident set" },
                   { "rtprio", "Max realtime priority" },
                   { "rttime", "Max realtime timeout" },
                   { "sigpending", "Max pending signals" },
                   { "stack", "Max stack size" } };
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(SMALL);
    if (proc_is_kernel(r->d->p) || !proc_row_read(r, "limits", SMALL, &text, NULL))
        return;
    json_key(&r->j, "limits");
    json_object(&r->j);
    for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++) {
        struct w_bytes values[2];
        if (!split(&text, limits[i].name, values))
            continue;
        json_key(&r->j, limits[i].key);
        json_object(&r->j);
        json_key(&r->j, "hard");
        w_fields_text(&r->j, values[1]);
        json_key(&r->j, "soft");
        w_fields_text(&r->j, values[0]);
        json_object_end(&r->j);
    }
    json_object_end(&r->j);
}

/* One line of text; a kernel without a security module that labels has none. */
static void put_line(struct proc_row *r, const char *name, const char *key)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(SMALL);
    if (r->fd < 0)
        return;
    struct hz_error ignored;
    if (io_proc_read(r->fd, name, SMALL, &text, NULL, &ignored) != HZ_OK)
        return;
    while (text.len > 0 && (text.data[text.len - 1] == '\n' || text.data[text.len - 1] == '\0'))
        text.len--;
    if (text.len == 0 || (text.len == 1 && text.data[0] == '0'))
        return;
    json_key(&r->j, key);
    w_fields_text(&r->j, (struct w_bytes) { text.data, text.len });
}

void proc_row_label(struct proc_row *r)
{
    put_line(r, "attr/current", "lsm");
}

void proc_row_wchan(struct proc_row *r)
{
    put_line(r, "wchan", "wchan");
}

void proc_row_scheduling(struct proc_row *r)
{
    uint64_t value[1];
    if (seen(r))
        json_member_int(&r->j, "nice", r->d->p->stat.nice);
    if (proc_status_numbers(proc_row_status(r, "NoNewPrivs"), value, 1) == 1)
        json_member_bool(&r->j, "no_new_privs", value[0] != 0);
    proc_row_number(r, "oom_score", "oom_score");
    proc_row_number(r, "oom_score_adj", "oom_score_adj");
}

void proc_row_place(struct proc_row *r)
{
    const struct proc_stat *s = &r->d->p->stat;
    if (!seen(r))
        return;
    json_member_int(&r->j, "policy", s->policy);
    json_member_int(&r->j, "ppid", s->ppid);
    json_member_int(&r->j, "priority", s->priority);
    json_member_int(&r->j, "process_group", s->group);
    json_member_int(&r->j, "processor", s->processor);
    json_member_int(&r->j, "realtime_priority", s->realtime_priority);
}

void proc_row_start(struct proc_row *r)
{
    const struct proc *p = r->d->p;
    const char state[2] = { p->stat.state, '\0' };
    if (!seen(r))
        return;
    w_fields_time(&r->j, "start", proc_table_time(r->d->table, p->stat.start_ticks));
    json_member_decimal(&r->j, "start_ticks", p->stat.start_ticks);
    json_member_string(&r->j, "state", state);
}

static void put_task(struct proc_row *r, uint32_t tid)
{
    HZ_CLEANUP(buf_free) struct buf comm = BUF_INIT(256);
    struct hz_error ignored;
    char path[32];
    snprintf(path, sizeof path, "task/%u/comm", tid);
    if (io_proc_read(r->fd, path, 256, &comm, NULL, &ignored) != HZ_OK)
        return;
    comm.len -= comm.len > 0 && comm.data[comm.len - 1] == '\n';
    json_object(&r->j);
    w_fields_bytes(&r->j, "comm", "comm_b64",
                   (struct w_bytes) { comm.len > 0 ? comm.data : (const void *)"", comm.len });
    json_member_int(&r->j, "tid", tid);
    json_object_end(&r->j);
}

void proc_row_threads(struct proc_row *r)
{
    const struct proc *p = r->d->p;
    if (r->fd >= 0 && p->task_count > 1) {
        json_key(&r->j, "tasks");
        json_array(&r->j);
        for (size_t i = 0; i < p->task_count && i < TASKS_MAX; i++)
            put_task(r, p->tasks[i]);
        json_array_end(&r->j);
    }
    if (!seen(r))
        return;
    if (p->folder != p->pid)
        json_member_int(&r->j, "thread", p->folder);
    json_member_int(&r->j, "threads", p->stat.threads);
    if (p->tracer != 0)
        json_member_int(&r->j, "tracer", p->tracer);
    if (p->stat.terminal != 0) {
        char tty[32];
        snprintf(tty, sizeof tty, "%u:%u", major((dev_t)p->stat.terminal), minor((dev_t)p->stat.terminal));
        json_member_string(&r->j, "tty", tty);
        json_member_int(&r->j, "tty_foreground", p->stat.foreground);
    }
}

void proc_row_views(struct proc_row *r)
{
    static const struct {
        unsigned view;
        const char *name;
    } views[] = { { PROC_VIEW_CGROUP, "cgroup" },
                  { PROC_VIEW_LIST, "list" },
                  { PROC_VIEW_MOUNTED, "mounted" },
                  { PROC_VIEW_PARENT, "parent" },
                  { PROC_VIEW_SIGNAL, "signal" } };
    if (!r->d->hidden)
        return;
    json_key(&r->j, "views");
    json_array(&r->j);
    for (size_t i = 0; i < sizeof views / sizeof views[0]; i++) {
        if ((r->d->p->views & views[i].view) != 0)
            json_string(&r->j, views[i].name);
    }
    json_array_end(&r->j);
}
