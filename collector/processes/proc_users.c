#include "collector/processes/proc_users.h"

#include <stdlib.h>
#include <string.h>

#include "base/lang.h"
#include "base/num.h"
#include "collector/look_watched.h"

static int add(struct proc_users *u, uint32_t uid, struct w_bytes name, struct hz_error *err)
{
    if (u->count == u->room) {
        size_t room = u->room == 0 ? 64 : u->room * 2;
        struct proc_user *grown = reallocarray(u->list, room, sizeof *grown);
        if (grown == NULL)
            return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
        u->list = grown;
        u->room = room;
    }
    u->list[u->count++] = (struct proc_user) { uid, name };
    return HZ_OK;
}

/* name:password:uid:... */
static int add_line(struct proc_users *u, const char *line, size_t len, struct hz_error *err)
{
    const char *end = line + len, *first = memchr(line, ':', len);
    const char *second = first == NULL ? NULL : memchr(first + 1, ':', (size_t)(end - first) - 1);
    const char *third = second == NULL ? NULL : memchr(second + 1, ':', (size_t)(end - second) - 1);
    uint64_t uid;
    if (third == NULL || first == line ||
        num_parse_u64(second + 1, (size_t)(third - second) - 1, UINT32_MAX, &uid) != HZ_OK)
        return HZ_OK;
    return add(u, (uint32_t)uid, (struct w_bytes) { line, (size_t)(first - line) }, err);
}

static int by_uid(const void *a, const void *b)
{
    const struct proc_user *x = a, *y = b;
    if (x->uid != y->uid)
        return x->uid < y->uid ? -1 : 1;
    return x->name.data < y->name.data ? -1 : x->name.data > y->name.data;
}

int proc_users_parse(struct proc_users *u, struct hz_error *err)
{
    const char *text = (const char *)u->text.data;
    int rc = HZ_OK;
    for (size_t at = 0; rc == HZ_OK && at < u->text.len;) {
        const char *newline = memchr(text + at, '\n', u->text.len - at);
        size_t len = newline == NULL ? u->text.len - at : (size_t)(newline - text) - at;
        rc = add_line(u, text + at, len, err);
        at += len + 1;
    }
    if (u->count > 1)
        qsort(u->list, u->count, sizeof *u->list, by_uid);
    return rc;
}

int proc_users_read(struct proc_users *out, struct run *run, struct hz_error *err)
{
    struct proc_users u = { .text = BUF_INIT(PROC_USERS_BYTES) };
    struct hz_error ignored;
    if (look_watched_read(run, "/etc/passwd", &u.text, &ignored) != HZ_OK)
        buf_reset(&u.text);
    int rc = proc_users_parse(&u, err);
    if (rc == HZ_OK)
        *out = u;
    else
        proc_users_free(&u);
    return rc;
}

void proc_users_free(struct proc_users *u)
{
    buf_free(&u->text);
    free(u->list);
    *u = (struct proc_users) { .text = BUF_INIT(PROC_USERS_BYTES) };
}

struct w_bytes proc_users_name(const struct proc_users *u, uint32_t uid)
{
    size_t low = 0, high = u->count;
    while (low < high) { /* the first of its uid */
        size_t middle = low + (high - low) / 2;
        if (u->list[middle].uid < uid)
            low = middle + 1;
        else
            high = middle;
    }
    bool there = low < u->count && u->list[low].uid == uid;
    return there ? u->list[low].name : (struct w_bytes) { NULL, 0 };
}
