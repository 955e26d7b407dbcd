#include "collector/kernel/kern_mount.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/io_proc.h"
#include "base/lang.h"
#include "base/num.h"
#include "collector/absence.h"

static bool is_octal(char c)
{
    return c >= '0' && c <= '7';
}

/* "\040" and others become the bytes that they stand for; the text only shrinks. */
static struct w_bytes decode(char *text, size_t len)
{
    size_t out = 0;
    for (size_t i = 0; i < len;) {
        if (text[i] == '\\' && len - i >= 4 && text[i + 1] <= '3' && is_octal(text[i + 1]) && is_octal(text[i + 2]) &&
            is_octal(text[i + 3])) {
            text[out++] =
                (char)(unsigned char)((text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 + (text[i + 3] - '0'));
            i += 4;
        } else {
            text[out++] = text[i++];
        }
    }
    return (struct w_bytes) { text, out };
}

/* The next field of the line; false at its end. */
static bool field(char **at, const char *end, char **out, size_t *len)
{
    if (*at >= end)
        return false;
    char *blank = memchr(*at, ' ', (size_t)(end - *at));
    *out = *at;
    *len = blank == NULL ? (size_t)(end - *at) : (size_t)(blank - *at);
    *at += *len + (blank != NULL);
    return true;
}

static bool number(char **at, const char *end, uint64_t *out)
{
    char *text;
    size_t len;
    return field(at, end, &text, &len) && num_parse_u64(text, len, UINT64_MAX, out) == HZ_OK;
}

static bool text(char **at, const char *end, struct w_bytes *out)
{
    char *start;
    size_t len;
    if (!field(at, end, &start, &len))
        return false;
    *out = decode(start, len);
    return true;
}

/* The optional fields, up to the " - " that ends them. */
static bool optional(char **at, const char *end, struct w_bytes *out)
{
    char *start, *first = *at;
    size_t len;
    while (field(at, end, &start, &len))
        if (len == 1 && start[0] == '-') {
            *out = (struct w_bytes) { first, start > first ? (size_t)(start - first) - 1 : 0 };
            return true;
        }
    return false;
}

int kern_mount_parse(struct kern_mount *out, char *line, size_t len)
{
    struct kern_mount m = { .id = 0 };
    char *at = line;
    const char *end = line + len;
    bool good = number(&at, end, &m.id) && number(&at, end, &m.parent) && text(&at, end, &m.device) &&
                text(&at, end, &m.root) && text(&at, end, &m.point) && text(&at, end, &m.options) &&
                optional(&at, end, &m.optional) && text(&at, end, &m.type) && text(&at, end, &m.source);
    if (!good)
        return HZ_E_FORMAT;
    if (!text(&at, end, &m.super_options))
        m.super_options = (struct w_bytes) { line + len, 0 };
    *out = m;
    return HZ_OK;
}

int kern_mount_list(struct buf *mountinfo, kern_mount_each *each, void *context, struct hz_error *err)
{
    if (mountinfo->len == 0)
        return HZ_OK;
    char *at = (char *)mountinfo->data, *end = at + mountinfo->len;
    int rc = HZ_OK;
    while (rc == HZ_OK && at < end) {
        struct kern_mount m;
        char *newline = memchr(at, '\n', (size_t)(end - at));
        char *stop = newline == NULL ? end : newline;
        if (kern_mount_parse(&m, at, (size_t)(stop - at)) == HZ_OK)
            rc = each(context, &m, err);
        at = newline == NULL ? end : newline + 1;
    }
    return rc;
}

bool kern_mount_option(struct w_bytes options, const char *name, struct w_bytes *value)
{
    const char *at = options.data, *end = at + options.len;
    size_t len = strlen(name);
    while (at < end) {
        const char *comma = memchr(at, ',', (size_t)(end - at));
        size_t n = (size_t)((comma == NULL ? end : comma) - at);
        if (n >= len && memcmp(at, name, len) == 0 && (n == len || at[len] == '=')) {
            size_t skip = n == len ? n : len + 1;
            *value = (struct w_bytes) { at + skip, n - skip };
            return true;
        }
        at += n + (comma != NULL);
        if (comma == NULL)
            break;
    }
    return false;
}

struct pids {
    int *list;
    size_t count, room;
};

static int add_pid(void *context, const char *name, unsigned char type, struct hz_error *err)
{
    struct pids *p = context;
    uint64_t pid;
    (void)type;
    if (num_parse_u64(name, strlen(name), KERN_PIDS_MAX, &pid) != HZ_OK || pid == 0)
        return HZ_OK;
    if (p->count == p->room) {
        size_t room = p->room == 0 ? 512 : p->room * 2;
        int *list = reallocarray(p->list, room, sizeof *list);
        if (list == NULL)
            return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
        p->list = list;
        p->room = room;
    }
    p->list[p->count++] = (int)pid;
    return HZ_OK;
}

static int by_number(const void *a, const void *b)
{
    const int *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

int kern_pids(int root, int **pids, size_t *count, struct hz_error *err)
{
    struct pids p = { 0 };
    int rc = io_proc_list(root, "proc", add_pid, &p, err);
    if (rc != HZ_OK) {
        free(p.list);
        return rc;
    }
    if (p.count > 1)
        qsort(p.list, p.count, sizeof *p.list, by_number);
    *pids = p.list;
    *count = p.count;
    return HZ_OK;
}

int kern_namespace(int root, const char *who, const char *kind, uint64_t *inode, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf path = BUF_INIT(128);
    HZ_CLEANUP(buf_free) struct buf target = BUF_INIT(4096);
    buf_printf(&path, "proc/%s/ns/%s", who, kind);
    int rc =
        buf_text(&path) == NULL ? buf_check(&path, err) : io_proc_link(root, (const char *)path.data, &target, err);
    if (rc != HZ_OK)
        return rc;
    const char *open = memchr(target.data, '[', target.len);
    size_t len = open == NULL ? 0 : target.len - (size_t)(open + 1 - (const char *)target.data);
    if (len < 2 || open[len] != ']' || num_parse_u64(open + 1, len - 1, UINT64_MAX, inode) != HZ_OK)
        return hz_error_set(err, HZ_E_FORMAT, _("%s is not the link of a namespace"), (const char *)path.data);
    return HZ_OK;
}

int kern_unseen_add(struct kern_unseen *u, const struct hz_error *why, struct hz_error *err)
{
    int e = why->sys_errno;
    if (e == 0 || e == ENOENT || e == ESRCH || e == EINVAL) /* EINVAL: of a mountinfo whose process is ending */
        return sheet_passed(why, err);
    u->sys_errno = u->count++ == 0 ? e : u->sys_errno;
    return sheet_passed(why, err);
}

int kern_unseen_tell(struct sheet *s, const struct kern_unseen *u, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf reason = BUF_INIT(300);
    if (u->count == 0)
        return HZ_OK;
    buf_printf(&reason, "mount namespaces of %zu processes: %s", u->count, absence_reason(u->sys_errno));
    const char *text = buf_text(&reason);
    return text == NULL ? buf_check(&reason, err)
                        : sheet_absent(s, (struct w_bytes) { NULL, 0 }, absence_status(u->sys_errno), u->sys_errno,
                                       text, true, err);
}
