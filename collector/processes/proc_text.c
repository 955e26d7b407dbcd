#include "collector/processes/proc_text.h"

#include <stdio.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/escape.h"
#include "base/io_proc.h"
#include "collector/absence.h"

#define COMMAND_MAX 4096 /* bytes of a command line that are shown; processes.jsonl has all */

uint64_t proc_text_memory(const struct proc_table *t)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT((size_t)64 << 10);
    struct hz_error ignored;
    uint64_t value[1];
    if (io_proc_read(t->files.fd, "meminfo", text.limit, &text, NULL, &ignored) != HZ_OK &&
        io_proc_read(t->files.mounted, "meminfo", text.limit, &text, NULL, &ignored) != HZ_OK)
        return 0;
    return proc_status_numbers(proc_status_value(text.data, text.len, "MemTotal"), value, 1) == 1 ? value[0] : 0;
}

int proc_text_head(struct buf *out, const struct proc_text *t, struct hz_error *err)
{
    char taken[STAMP_SIZE];
    stamp_format(taken, t->table->taken);
    buf_printf(out,
               "# Processes at %s; times in UTC.\n"
               "# MARK: H hidden  D executable deleted  R replaced  M from memory (memfd)  X executable memory without "
               "a file\n"
               "#       T traced  O parent not there  Z ended or not readable while it was looked at\n"
               "%-12s %7s %7s %4s %4s %8s %8s %-8s %-4s %-19s %9s %-4s COMMAND\n",
               taken, "USER", "PID", "PPID", "%CPU", "%MEM", "VSZ", "RSS", "TTY", "STAT", "START", "TIME", "MARK");
    return buf_check(out, err);
}

static void put_user(struct buf *out, const struct proc_text *t, const struct proc *p)
{
    HZ_CLEANUP(buf_free) struct buf name = BUF_INIT(1024);
    struct w_bytes known = proc_users_name(t->users, p->euid);
    if (known.data != NULL && known.len <= 32)
        escape_terminal(&name, known.data, known.len);
    else
        buf_decimal(&name, p->euid);
    buf_printf(out, "%-12s ", buf_text(&name) == NULL ? "?" : buf_text(&name));
}

/* Tenths, as ps has them: of one processor since the start; of all memory. */
static void put_shares(struct buf *out, const struct proc_text *t, const struct proc *p)
{
    uint64_t rate = (uint64_t)sysconf(_SC_CLK_TCK), page = (uint64_t)sysconf(_SC_PAGESIZE) / 1024;
    struct stamp up = stamp_add(t->table->taken, -t->table->boot.seconds);
    uint64_t now = (uint64_t)(up.seconds < 0 ? 0 : up.seconds) * rate;
    uint64_t life = now > p->stat.start_ticks ? now - p->stat.start_ticks : 0;
    uint64_t used = p->stat.user_ticks + p->stat.system_ticks;
    uint64_t share = life == 0 || used > UINT64_MAX / 1000 ? 0 : used * 1000 / life;
    uint64_t resident = p->stat.resident_pages < 0 ? 0 : (uint64_t)p->stat.resident_pages * page;
    uint64_t memory = t->memory_kib == 0 || resident > UINT64_MAX / 1000 ? 0 : resident * 1000 / t->memory_kib;
    share = share > 9999 ? 9999 : share;
    memory = memory > 9999 ? 9999 : memory;
    buf_printf(out, "%2u.%u %2u.%u %8llu %8llu ", (unsigned)share / 10, (unsigned)share % 10, (unsigned)memory / 10,
               (unsigned)memory % 10, (unsigned long long)p->stat.virtual_bytes / 1024, (unsigned long long)resident);
}

/* Numbers of Documentation/admin-guide/devices.txt. */
static void put_terminal(struct buf *out, int64_t terminal)
{
    unsigned major_no = major((dev_t)terminal), minor_no = minor((dev_t)terminal);
    char name[24];
    if (terminal == 0)
        snprintf(name, sizeof name, "?");
    else if (major_no >= 136 && major_no <= 143)
        snprintf(name, sizeof name, "pts/%u", (major_no - 136) * 256 + minor_no);
    else if (major_no == 4)
        snprintf(name, sizeof name, minor_no < 64 ? "tty%u" : "ttyS%u", minor_no < 64 ? minor_no : minor_no - 64);
    else
        snprintf(name, sizeof name, "%u:%u", major_no, minor_no);
    buf_printf(out, "%-8s ", name);
}

static void put_state(struct buf *out, const struct proc *p)
{
    const struct proc_stat *s = &p->stat;
    char text[8] = { s->state };
    size_t len = 1;
    if (s->nice != 0)
        text[len++] = s->nice < 0 ? '<' : 'N';
    if (s->session == p->pid)
        text[len++] = 's';
    if (s->threads > 1)
        text[len++] = 'l';
    if (s->foreground == s->group)
        text[len++] = '+';
    escape_terminal(out, text, len);
    buf_printf(out, "%*s", len < 4 ? (int)(4 - len) + 1 : 1, "");
}

static void put_times(struct buf *out, const struct proc_text *t, const struct proc *p)
{
    char start[STAMP_SIZE];
    uint64_t seconds = (p->stat.user_ticks + p->stat.system_ticks) / (uint64_t)sysconf(_SC_CLK_TCK);
    stamp_format(start, proc_table_time(t->table, p->stat.start_ticks));
    char *date = strchr(start, 'T');
    if (date != NULL)
        *date = ' ';
    buf_printf(out, "%.19s %6llu:%02u ", start, (unsigned long long)seconds / 60, (unsigned)(seconds % 60));
}

static void put_command(struct buf *out, const struct proc *p)
{
    HZ_CLEANUP(buf_free) struct buf line = BUF_INIT(COMMAND_MAX);
    size_t len = p->cmdline.len < COMMAND_MAX ? p->cmdline.len : COMMAND_MAX;
    buf_put(&line, p->cmdline.data, len);
    while (line.len > 0 && line.data[line.len - 1] == '\0')
        line.len--;
    for (size_t i = 0; i < line.len; i++)
        line.data[i] = line.data[i] == '\0' ? ' ' : line.data[i];
    if (line.len > 0) {
        escape_terminal(out, line.data, line.len);
        return;
    }
    buf_putc(out, '[');
    escape_terminal(out, p->stat.comm, p->stat.comm_len);
    buf_putc(out, ']');
    if (p->stat.state == 'Z')
        buf_puts(out, " <defunct>");
}

static void put_branches(struct buf *out, const struct proc_branch *b)
{
    unsigned depth = b->depth < PROC_TREE_DEEP ? b->depth : PROC_TREE_DEEP;
    for (unsigned i = 0; i + 1 < depth; i++)
        buf_puts(out, (b->lines & 1u << i) != 0 ? " |  " : "    ");
    if (depth > 0)
        buf_puts(out, " \\_ ");
}

int proc_text_line(struct buf *out, const struct proc_text *t, const struct proc_branch *b, const char *marks,
                   struct hz_error *err)
{
    const struct proc *p = b->p;
    if (p->state == PROC_SEEN) {
        put_user(out, t, p);
        buf_printf(out, "%7u %7u ", p->pid, p->stat.ppid);
        put_shares(out, t, p);
        put_terminal(out, p->stat.terminal);
        put_state(out, p);
        put_times(out, t, p);
    } else {
        buf_printf(out, "%-12s %7u %82s", "?", p->pid, "");
    }
    buf_printf(out, "%-4s ", marks[0] == '\0' ? "-" : marks);
    put_branches(out, b);
    if (p->state == PROC_SEEN)
        put_command(out, p);
    else
        buf_printf(out, "(%s)", absence_reason(p->sys_errno));
    buf_putc(out, '\n');
    return buf_check(out, err);
}
