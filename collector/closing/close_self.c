#include "collector/closing/close_self.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/io_proc.h"
#include "base/num.h"
#include "collector/processes/proc_files.h"

#define SMALL ((size_t)16 << 10)
#define START_TIME 22 /* fields of /proc/PID/stat, counted from 1 */
#define PARENT 4

static bool number(const char *text, size_t len, uint64_t *out)
{
    return num_parse_u64(text, len, UINT64_MAX, out) == HZ_OK;
}

/* Field n of what stands behind the name, which may itself hold blanks and parentheses. */
static bool field(const char *text, size_t len, unsigned n, uint64_t *out)
{
    const char *name_end = memrchr(text, ')', len);
    if (name_end == NULL)
        return false;
    const char *p = name_end + 1, *end = text + len;
    for (unsigned at = 3; p < end && *p == ' '; at++) {
        const char *begin = ++p;
        while (p < end && *p != ' ' && *p != '\n')
            p++;
        if (at == n)
            return number(begin, (size_t)(p - begin), out);
    }
    return false;
}

bool close_self_stat(const char *text, size_t len, struct close_process *out, int64_t *parent)
{
    const char *open = memchr(text, '(', len), *close = memrchr(text, ')', len);
    struct close_process p = { .pid = 0 };
    uint64_t pid, ppid;
    if (open == NULL || close == NULL || close < open || open - text < 2 || open[-1] != ' ' ||
        !number(text, (size_t)(open - text) - 1, &pid) || !field(text, len, PARENT, &ppid) ||
        !field(text, len, START_TIME, &p.start_ticks) || pid > INT32_MAX || ppid > INT32_MAX)
        return false;
    size_t name = (size_t)(close - open) - 1;
    memcpy(p.name, open + 1, name < CLOSE_SELF_NAME - 1 ? name : CLOSE_SELF_NAME - 1);
    p.pid = (int64_t)pid;
    *out = p;
    *parent = (int64_t)ppid;
    return true;
}

static bool read_process(int proc, const char *pid, struct close_process *out, int64_t *parent)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(SMALL);
    HZ_CLEANUP(buf_free) struct buf path = BUF_INIT(64);
    struct hz_error ignored;
    buf_printf(&path, "%s/stat", pid);
    return buf_text(&path) != NULL &&
           io_proc_read(proc, (const char *)path.data, SMALL, &text, NULL, &ignored) == HZ_OK &&
           close_self_stat((const char *)text.data, text.len, out, parent);
}

/* "key: value" lines, as in /proc/PID/io and /proc/PID/status. */
static bool value(const struct buf *text, const char *key, uint64_t *out)
{
    size_t key_len = strlen(key);
    const char *p = (const char *)text->data, *end = p + text->len;
    while (p < end) {
        const char *newline = memchr(p, '\n', (size_t)(end - p));
        const char *stop = newline == NULL ? end : newline;
        if ((size_t)(stop - p) > key_len && memcmp(p, key, key_len) == 0 && p[key_len] == ':') {
            for (p += key_len + 1; p < stop && (*p == ' ' || *p == '\t');)
                p++;
            size_t digits = 0;
            while (p + digits < stop && p[digits] >= '0' && p[digits] <= '9')
                digits++;
            return number(p, digits, out);
        }
        p = stop + 1;
    }
    return false;
}

static void look_io(int proc, struct close_self *s)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(SMALL);
    struct hz_error ignored;
    s->has_io = io_proc_read(proc, "self/io", SMALL, &text, NULL, &ignored) == HZ_OK &&
                value(&text, "rchar", &s->read_bytes) && value(&text, "wchar", &s->written_bytes) &&
                value(&text, "syscr", &s->read_calls) && value(&text, "syscw", &s->write_calls);
}

static void look_memory(int proc, struct close_self *s)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(SMALL);
    struct hz_error ignored;
    s->has_memory = io_proc_read(proc, "self/status", SMALL, &text, NULL, &ignored) == HZ_OK &&
                    value(&text, "VmHWM", &s->memory_kib);
}

static void look_parents(int proc, int64_t parent, struct close_self *s)
{
    while (parent > 0 && s->parent_count < CLOSE_SELF_PARENTS) {
        char pid[24];
        snprintf(pid, sizeof pid, "%lld", (long long)parent);
        if (!read_process(proc, pid, &s->parents[s->parent_count], &parent))
            break;
        s->parent_count++;
    }
}

bool close_self_look(struct close_self *out, int root)
{
    struct proc_files files;
    struct close_self s = { .parent_count = 0 };
    struct hz_error ignored;
    int64_t parent;
    if (proc_files_open(&files, root, &ignored) != HZ_OK)
        return false;
    bool good = read_process(files.fd, "self", &s.process, &parent);
    if (good) {
        look_parents(files.fd, parent, &s);
        look_io(files.fd, &s);
        look_memory(files.fd, &s);
        *out = s;
    }
    proc_files_close(&files);
    return good;
}
