#include "collector/processes/proc_image_look.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/io_open.h"
#include "base/io_proc.h"
#include "base/io_rw.h"
#include "collector/look.h"

#define BLOCK ((size_t)256 << 10)
#define GONE " (deleted)"
#define MEMORY "/memfd:"

bool proc_image_base(const struct buf *link, size_t *len)
{
    size_t suffix = strlen(GONE);
    if (link->len <= suffix || memcmp(link->data + link->len - suffix, GONE, suffix) != 0)
        return false;
    *len = link->len - suffix;
    return true;
}

static bool is_same(const struct statx *a, const struct statx *b)
{
    return a->stx_ino == b->stx_ino && a->stx_dev_major == b->stx_dev_major && a->stx_dev_minor == b->stx_dev_minor;
}

enum found { NOTHING, ANOTHER, SAME };

static enum found find_below(int root, const void *path, size_t len, const struct statx *image)
{
    HZ_CLEANUP(io_close) int fd = -1;
    struct hz_error ignored;
    struct statx st;
    if (look_path(root, path, len, &fd, &ignored) != HZ_OK || io_statx_known(fd, &st, &ignored) != HZ_OK)
        return NOTHING;
    return is_same(&st, image) ? SAME : ANOTHER;
}

/* Does the path mean to us what it means to the process? It is written from the top of its mount namespace, where ours
 * may have other files: then only what lies below its own root tells. One that changed its root alone sees all of our
 * namespace's paths, and its root lies at one of them. */
static bool shares_paths(const struct proc_image_look *l, int own_root)
{
    HZ_CLEANUP(buf_free) struct buf link = BUF_INIT(4096);
    struct hz_error ignored;
    struct statx st;
    char name[32];
    snprintf(name, sizeof name, "%u/root", l->process->folder);
    return own_root >= 0 && io_statx_known(own_root, &st, &ignored) == HZ_OK &&
           io_proc_link(l->proc, name, &link, &ignored) == HZ_OK && link.len > 1 &&
           find_below(l->root, link.data, link.len, &st) == SAME;
}

/* As the process sees its root, and as we do. */
static enum found find(const struct proc_image_look *l, int own_root, size_t len)
{
    const struct proc *p = l->process;
    enum found theirs = own_root < 0 ? NOTHING : find_below(own_root, p->exe.data, len, &p->image);
    if (theirs == SAME)
        return SAME;
    enum found ours = find_below(l->root, p->exe.data, len, &p->image);
    if (ours == SAME)
        return SAME;
    return theirs == ANOTHER || (ours == ANOTHER && shares_paths(l, own_root)) ? ANOTHER : NOTHING;
}

static enum proc_image_state judge(const struct proc_image_look *l)
{
    HZ_CLEANUP(io_close) int own_root = -1;
    const struct buf *link = &l->process->exe;
    struct hz_error ignored;
    char name[32];
    size_t base;
    if (l->process->image.stx_nlink == 0 && link->len > strlen(MEMORY) &&
        memcmp(link->data, MEMORY, strlen(MEMORY)) == 0)
        return PROC_IMAGE_MEMORY;
    snprintf(name, sizeof name, "%u/%s", l->process->folder, "root/.");
    io_proc_directory(l->proc, name, &own_root, &ignored);
    enum found found = find(l, own_root, link->len);
    if (found == SAME)
        return PROC_IMAGE_PRESENT;
    if (!proc_image_base(link, &base))
        return found == ANOTHER ? PROC_IMAGE_REPLACED : PROC_IMAGE_UNKNOWN;
    found = find(l, own_root, base);
    return found == SAME ? PROC_IMAGE_PRESENT : found == ANOTHER ? PROC_IMAGE_REPLACED : PROC_IMAGE_DELETED;
}

static int digest(int fd, struct w_digest *d, char out[W_DIGEST_HEX], struct hz_error *err)
{
    unsigned char *block = malloc(BLOCK);
    uint64_t all = 0;
    size_t got = 1;
    int rc = block == NULL ? hz_error_set(err, HZ_E_NOMEM, "out of memory") : w_digest_start(d, err);
    while (rc == HZ_OK && got > 0 && all <= PROC_IMAGE_MAX) {
        rc = io_read(fd, block, BLOCK, &got, err);
        if (rc == HZ_OK)
            rc = w_digest_update(d, block, got, err);
        all += got;
    }
    free(block);
    if (rc == HZ_OK && all > PROC_IMAGE_MAX) {
        err->sys_errno = EFBIG;
        return HZ_E_LIMIT;
    }
    return rc == HZ_OK ? w_digest_end_hex(d, out, err) : rc;
}

static int hash(struct proc_image_look *l, char out[W_DIGEST_HEX], struct hz_error *err)
{
    HZ_CLEANUP(io_close) int fd = -1;
    struct w_digest *d = NULL;
    struct statx st;
    char name[32];
    snprintf(name, sizeof name, "%u/exe", l->process->folder);
    int noatime = 1;
    int rc = io_proc_file(l->proc, name, &fd, &noatime, err);
    if (rc == HZ_OK)
        rc = io_statx_known(fd, &st, err);
    if (rc == HZ_OK && !is_same(&st, &l->process->image)) { /* the number is another process's by now */
        err->sys_errno = ESRCH;
        return HZ_E_CHANGED;
    }
    if (rc == HZ_OK)
        rc = w_digest_new(&d, err);
    if (rc == HZ_OK) {
        l->result.exposed = noatime == 0;
        rc = digest(fd, d, out, err);
    }
    w_digest_free(d);
    return rc;
}

void proc_image_look(void *context)
{
    struct proc_image_look *l = context;
    struct hz_error err = { .code = HZ_OK };
    l->result.state = judge(l);
    l->result.hashed = hash(l, l->result.sha256, &err) == HZ_OK;
    l->result.sys_errno = l->result.hashed ? 0 : err.sys_errno;
}
