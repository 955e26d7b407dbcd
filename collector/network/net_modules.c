#include "collector/network/net_modules.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/io_proc.h"
#include "collector/look_watched.h"

#define TEXT_MAX ((size_t)1 << 20)
#define RELEASE_MAX 200

static int read_small(int root, const char *path, struct buf *out)
{
    struct hz_error why = { .sys_errno = 0 };
    return io_proc_read(root, path, out->limit, out, NULL, &why) == HZ_OK ? 0 : why.sys_errno;
}

static bool nothing_loads(int root)
{
    HZ_CLEANUP(buf_free) struct buf locked = BUF_INIT(64);
    HZ_CLEANUP(buf_free) struct buf program = BUF_INIT(4096);
    if (read_small(root, "proc/sys/kernel/modules_disabled", &locked) == 0 && locked.len > 0 && locked.data[0] == '1')
        return true;
    return read_small(root, "proc/sys/kernel/modprobe", &program) == 0 && (program.len == 0 || program.data[0] == '\n');
}

/* Of the running kernel. */
static void read_builtin(struct run *run, struct buf *out)
{
    HZ_CLEANUP(buf_free) struct buf release = BUF_INIT(RELEASE_MAX);
    char path[RELEASE_MAX + 64];
    struct hz_error unknown;
    if (read_small(run->root, "proc/sys/kernel/osrelease", &release) != 0 || buf_text(&release) == NULL)
        return;
    char *text = (char *)release.data;
    text[strcspn(text, "\n")] = '\0';
    if (text[0] == '\0' || strchr(text, '/') != NULL)
        return;
    snprintf(path, sizeof path, "/lib/modules/%s/modules.builtin", text);
    if (look_watched_read(run, path, out, &unknown) != HZ_OK)
        buf_reset(out);
}

void net_modules_read(struct run *run, struct net_modules *out)
{
    *out = (struct net_modules) { .loaded = BUF_INIT(TEXT_MAX), .builtin = BUF_INIT(TEXT_MAX) };
    out->nothing_loads = read_small(run->root, "proc/modules", &out->loaded) == ENOENT || nothing_loads(run->root);
    if (!out->nothing_loads)
        read_builtin(run, &out->builtin);
}

void net_modules_free(struct net_modules *m)
{
    buf_free(&m->loaded);
    buf_free(&m->builtin);
}

static bool has_word(const struct buf *text, const char *word, char before, char behind)
{
    size_t len = strlen(word);
    for (size_t i = 0; i + len < text->len; i++) {
        if (memcmp(text->data + i, word, len) != 0 || text->data[i + len] != (unsigned char)behind)
            continue;
        if (i == 0 ? before == '\n' : text->data[i - 1] == (unsigned char)before)
            return true;
    }
    return false;
}

/* "tcp_diag 16384 0 - Live 0x0" begins a line of the one; "kernel/net/ipv4/tcp_diag.ko" is one of the other. */
bool net_modules_has(const struct net_modules *m, const char *name)
{
    return m->nothing_loads || has_word(&m->loaded, name, '\n', ' ') || has_word(&m->builtin, name, '/', '.');
}
