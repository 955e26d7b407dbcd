/* sysctl.jsonl, sysctl.txt: the values below /proc/sys, as sysctl(8) -a prints them. */
#include <string.h>

#include "base/io_open.h"
#include "base/io_proc.h"
#include "base/io_scan.h"
#include "base/lang.h"
#include "collector/absence.h"
#include "collector/entries.h"
#include "collector/kernel/kern_listings.h"
#include "formats/write/fields.h"

#define VALUE_MAX ((size_t)64 << 10)
#define DEPTH_MAX 16
#define VALUES_MAX 65536

struct walk {
    struct sheet *sheet;
    int root; /* /proc/sys */
    struct statx top;
    struct buf path; /* below /proc/sys */
    size_t count;
};

/* Why a value is not read. */
static const char *left_out(const char *path, const struct statx *st)
{
    static const struct {
        const char *end, *why;
    } special[] = { { "vm/stat_refresh", "reading it makes the kernel refresh its counters" },
                    { "kernel/random/uuid", "reading it makes a new one" },
                    { "/tcp_fastopen_key", "it is a secret key" },
                    { "/stable_secret", "it is a secret key" } };
    size_t len = strlen(path);
    if ((st->stx_mode & 0444) == 0)
        return "it is for writing only";
    for (size_t i = 0; i < sizeof special / sizeof special[0]; i++) {
        size_t n = strlen(special[i].end);
        if (len >= n && strcmp(path + len - n, special[i].end) == 0)
            return special[i].why;
    }
    return NULL;
}

/* "net/ipv4/conf/eth0.1/x" is net.ipv4.conf.eth0/1.x (sysctl.d(5)). */
static void put_name(struct buf *out, const char *path)
{
    for (const char *p = path; *p != '\0'; p++)
        buf_putc(out, *p == '/' ? '.' : *p == '.' ? '/' : *p);
}

static void put_text(struct buf *out, const struct buf *name, const struct buf *value)
{
    size_t at = 0;
    do {
        const unsigned char *from = value->len == 0 ? (const unsigned char *)"" : value->data + at;
        const unsigned char *end = memchr(from, '\n', value->len - at);
        size_t n = end == NULL ? value->len - at : (size_t)(end - from);
        sheet_cell(out, 0, name->data, name->len);
        buf_puts(out, " = ");
        for (size_t i = 0, next; i <= n; i = next + 1) { /* tabs between values */
            for (next = i; next < n && from[next] != '\t';)
                next++;
            sheet_cell(out, 0, from + i, next - i);
            buf_puts(out, next < n ? "\t" : "\n");
        }
        at += n + 1;
    } while (at < value->len);
}

static int put_value(struct walk *w, const char *path, const struct statx *st, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf value = BUF_INIT(VALUE_MAX);
    HZ_CLEANUP(buf_free) struct buf name = BUF_INIT(8192);
    struct hz_error why;
    struct json_out j;
    bool more = false;
    const char *skipped = left_out(path, st);
    int rc = skipped != NULL ? HZ_OK : io_proc_read(w->root, path, VALUE_MAX, &value, &more, &why);
    if (rc != HZ_OK && (why.code == HZ_E_NOMEM || absence_is_ours(why.sys_errno))) {
        *err = why;
        return rc;
    }
    put_name(&name, path);
    while (value.len > 0 && value.data[value.len - 1] == '\n')
        value.len--;
    sheet_row(w->sheet, &j);
    if (more)
        json_member_bool(&j, "cut", true);
    if (skipped == NULL && rc != HZ_OK)
        json_member_string(&j, "error", absence_reason(why.sys_errno));
    w_fields_bytes(&j, "name", "name_b64", (struct w_bytes) { name.data, name.len });
    json_member_string(&j, "not_read", skipped);
    if (skipped == NULL && rc == HZ_OK) {
        w_fields_bytes(&j, "value", "value_b64",
                       (struct w_bytes) { value.len == 0 ? (void *)"" : value.data, value.len });
        put_text(&w->sheet->text, &name, &value);
    }
    return sheet_row_end(w->sheet, &j, err);
}

static int walk_folder(struct walk *w, unsigned depth, struct hz_error *err);

static int tell_unlisted(const struct walk *w, const struct hz_error *why, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf path = BUF_INIT(8192);
    buf_puts(&path, "/proc/sys/");
    buf_put(&path, w->path.data, w->path.len);
    const char *text = buf_text(&path);
    return text == NULL
               ? buf_check(&path, err)
               : sheet_unlisted(w->sheet, text, why, N_("it could not be read: settings in it are not told"), err);
}

static int visit(struct walk *w, const char *name, unsigned depth, struct hz_error *err)
{
    size_t len = w->path.len;
    struct statx st;
    struct hz_error why;
    if (w->count == VALUES_MAX) {
        w->sheet->limited = true;
        return HZ_OK;
    }
    buf_printf(&w->path, "%s%s", len > 0 ? "/" : "", name);
    const char *path = buf_text(&w->path);
    int rc = HZ_OK;
    if (path == NULL) {
        rc = buf_check(&w->path, err);
    } else if (io_scan_statx(w->root, path, &st, &why) != HZ_OK) {
        rc = tell_unlisted(w, &why, err);
    } else {
        /* Another file system is mounted in fs/binfmt_misc, or would be if it were entered. */
        bool inside = st.stx_dev_major == w->top.stx_dev_major && st.stx_dev_minor == w->top.stx_dev_minor;
        if (S_ISDIR(st.stx_mode) && inside)
            rc = walk_folder(w, depth + 1, err);
        else if (S_ISREG(st.stx_mode)) {
            w->count++;
            rc = put_value(w, path, &st, err);
        }
    }
    w->path.len = len;
    return rc;
}

static int walk_folder(struct walk *w, unsigned depth, struct hz_error *err)
{
    struct entries names = { 0 };
    struct hz_error why;
    if (depth > DEPTH_MAX) {
        w->sheet->limited = true;
        return HZ_OK;
    }
    int rc = io_proc_list(w->root, w->path.len == 0 ? "." : buf_text(&w->path), entries_add, &names, &why);
    if (rc != HZ_OK)
        rc = tell_unlisted(w, &why, err);
    entries_sort(&names);
    for (size_t i = 0; rc == HZ_OK && i < names.count; i++)
        rc = visit(w, names.list[i], depth, err);
    entries_free(&names);
    return rc;
}

int kern_sysctl_make(int root, struct sheet *out, struct hz_error *err)
{
    HZ_CLEANUP(io_close) int fd = -1;
    struct walk w = { .sheet = out };
    struct hz_error why;
    buf_init(&w.path, 4096);
    int rc = io_proc_directory(root, "proc/sys", &fd, &why);
    if (rc == HZ_OK)
        rc = io_statx_known(fd, &w.top, &why);
    if (rc != HZ_OK)
        return sheet_missing(out, "/proc/sys", &why, err);
    w.root = fd;
    rc = walk_folder(&w, 0, err);
    buf_free(&w.path);
    return rc;
}
