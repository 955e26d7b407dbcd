#include "collector/processes/proc_keys.h"

#include <stdio.h>
#include <string.h>

#include "base/escape.h"

#define TEXT_MAX ((size_t)8192)
#define COMMAND_MAX ((size_t)1000) /* bytes of a command line */

static void put_text(struct buf *out, const struct proc_table *t, const struct proc_users *users, const struct proc *p)
{
    char start[STAMP_SIZE];
    struct w_bytes user = proc_users_name(users, p->euid);
    size_t len = p->cmdline.len < COMMAND_MAX ? p->cmdline.len : COMMAND_MAX;
    stamp_format(start, proc_table_time(t, p->stat.start_ticks));
    buf_printf(out, "pid %u ppid %u user ", p->pid, p->stat.ppid);
    if (user.data != NULL)
        escape_terminal(out, user.data, user.len < 64 ? user.len : 64);
    else
        buf_decimal(out, p->euid);
    buf_printf(out, " started %.19sZ ", start);
    if (len == 0)
        buf_putc(out, '[');
    escape_terminal(out, p->stat.comm, p->stat.comm_len);
    if (len == 0)
        buf_putc(out, ']');
    for (size_t at = 0; at < len;) {
        size_t word = strnlen((const char *)p->cmdline.data + at, len - at);
        buf_putc(out, ' ');
        escape_terminal(out, p->cmdline.data + at, word);
        at += word + 1;
    }
}

/* It is there, but when it was started is not known. */
static void note_gap(struct keys *k, const struct proc *p)
{
    char prefix[16];
    snprintf(prefix, sizeof prefix, "%u ", p->pid);
    keys_gap(k, "process", prefix);
}

int proc_keys_add(struct keys *k, const struct proc_table *t, const struct proc_users *users, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(TEXT_MAX);
    HZ_CLEANUP(buf_free) struct buf key = BUF_INIT(64);
    int rc = HZ_OK;
    keys_begin(k, "process");
    if (t->left_out + t->not_begun > 0)
        keys_gap(k, "process", "");
    for (size_t i = 0; rc == HZ_OK && i < t->count; i++) {
        const struct proc *p = t->list[i];
        /* What only other views show the second look cannot show. */
        if ((p->views & PROC_VIEW_LIST) == 0 || p->pid == t->files.own)
            continue;
        if (p->state == PROC_UNREADABLE)
            note_gap(k, p);
        if (p->state != PROC_SEEN)
            continue;
        buf_reset(&key);
        buf_reset(&text);
        buf_printf(&key, "%u %llu", p->pid, (unsigned long long)p->stat.start_ticks);
        put_text(&text, t, users, p);
        rc = buf_check(&text, err);
        if (rc == HZ_OK)
            rc = keys_add(k, "process", (struct w_bytes) { key.data, key.len },
                          (struct w_bytes) { text.data, text.len }, err);
    }
    return rc;
}

int proc_keys_take(struct run *run, struct keys *k, struct hz_error *err)
{
    struct proc_table table;
    struct proc_users users;
    int rc = proc_users_read(&users, run, err);
    if (rc != HZ_OK)
        return rc;
    rc = proc_table_take(&table, run, err);
    if (rc == HZ_OK) {
        rc = proc_keys_add(k, &table, &users, err);
        proc_table_free(&table);
    }
    proc_users_free(&users);
    return rc;
}
