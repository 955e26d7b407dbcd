#include "collector/network/net_mounts.h"

#include <stdbool.h>
#include <string.h>

#include "base/buf.h"
#include "base/io_proc.h"
#include "collector/network/net_scan.h"

#define MOUNTINFO_MAX ((size_t)64 << 20)
#define PATH_BYTES ((size_t)64 << 10)
#define FIELDS 64 /* of a line; more optional ones than that are none that a kernel writes */

struct field {
    const char *text;
    size_t len;
};

static size_t split(const char *line, size_t len, struct field *fields)
{
    size_t count = 0;
    for (size_t at = 0; at < len && count < FIELDS;) {
        const char *end = memchr(line + at, ' ', len - at);
        size_t step = end == NULL ? len - at : (size_t)(end - line) - at;
        fields[count++] = (struct field) { line + at, step };
        at += step + 1;
    }
    return count;
}

static bool is(const struct field *f, const char *text)
{
    return f->len == strlen(text) && memcmp(f->text, text, f->len) == 0;
}

static bool is_octal(const char *p)
{
    return p[0] >= '0' && p[0] <= '3' && p[1] >= '0' && p[1] <= '7' && p[2] >= '0' && p[2] <= '7';
}

/* Blank, tab, newline and backslash stand as \040 and so on. */
static const char *unescape(const struct field *f, struct buf *out)
{
    buf_reset(out);
    for (size_t i = 0; i < f->len; i++) {
        const char *p = f->text + i;
        bool escaped = *p == '\\' && f->len - i >= 4 && is_octal(p + 1);
        int byte = escaped ? (p[1] - '0') * 64 + (p[2] - '0') * 8 + (p[3] - '0') : *p;
        buf_putc(out, (char)byte);
        i += escaped ? 3 : 0;
    }
    return buf_text(out);
}

/* "36 35 0:4 net:[4026532008] /run/netns/x rw shared:1 - nsfs nsfs rw" */
static int line(const char *text, size_t len, struct buf *path, net_mounts_each *each, void *context,
                struct hz_error *err)
{
    struct field f[FIELDS];
    size_t count = split(text, len, f), dash = 6;
    while (dash < count && !is(&f[dash], "-"))
        dash++;
    if (dash + 1 >= count || !is(&f[dash + 1], "nsfs"))
        return HZ_OK;
    HZ_CLEANUP(buf_free) struct buf root = BUF_INIT(256);
    uint64_t inode = buf_put(&root, f[3].text, f[3].len) == HZ_OK ? net_scan_inode(&root, "net") : 0;
    const char *mount_point = inode == 0 ? NULL : unescape(&f[4], path);
    return mount_point == NULL ? HZ_OK : each(context, inode, mount_point, err);
}

int net_mounts_parse(const char *text, size_t len, net_mounts_each *each, void *context, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf path = BUF_INIT(PATH_BYTES);
    int rc = HZ_OK;
    for (size_t at = 0; rc == HZ_OK && at < len;) {
        const char *end = memchr(text + at, '\n', len - at);
        size_t step = end == NULL ? len - at : (size_t)(end - text) - at;
        rc = line(text + at, step, &path, each, context, err);
        at += step + 1;
    }
    return rc;
}

int net_mounts(int root, net_mounts_each *each, void *context, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(MOUNTINFO_MAX);
    int rc = io_proc_read(root, "proc/self/mountinfo", MOUNTINFO_MAX, &text, NULL, err);
    return rc == HZ_OK ? net_mounts_parse((const char *)text.data, text.len, each, context, err) : rc;
}
