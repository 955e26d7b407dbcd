#include "collector/pseudo.h"

#include <linux/magic.h>
#include <string.h>
#include <sys/vfs.h>

#include "base/lang.h"

static const struct pseudo pseudos[] = {
    { PROC_SUPER_MAGIC, "procfs", "kmsg" },     { SYSFS_MAGIC, "sysfs", NULL },
    { DEBUGFS_MAGIC, "debugfs", "trace_pipe" }, { TRACEFS_MAGIC, "tracefs", "trace_pipe" },
    { CGROUP_SUPER_MAGIC, "cgroupfs", NULL },   { CGROUP2_SUPER_MAGIC, "cgroupfs", NULL },
    { SECURITYFS_MAGIC, "securityfs", NULL },   { SELINUX_MAGIC, "selinuxfs", NULL },
};

const struct pseudo *pseudo_find(int fd)
{
    struct statfs fs;
    if (fstatfs(fd, &fs) != 0)
        return NULL;
    for (size_t i = 0; i < sizeof pseudos / sizeof pseudos[0]; i++)
        if ((unsigned long)fs.f_type == (unsigned long)pseudos[i].magic)
            return &pseudos[i];
    return NULL;
}

static bool is_running(int fd, bool *known)
{
    static const long magics[] = { TMPFS_MAGIC,  RAMFS_MAGIC, DEVPTS_SUPER_MAGIC,
                                   BPF_FS_MAGIC, NSFS_MAGIC,  HUGETLBFS_MAGIC };
    struct statfs fs;
    *known = fstatfs(fd, &fs) == 0;
    if (pseudo_find(fd) != NULL)
        return true;
    for (size_t i = 0; *known && i < sizeof magics / sizeof magics[0]; i++)
        if ((unsigned long)fs.f_type == (unsigned long)magics[i])
            return true;
    return false;
}

bool pseudo_running(int fd)
{
    bool known;
    return is_running(fd, &known);
}

bool pseudo_foreign(int fd, int root)
{
    bool known;
    return pseudo_find(fd) != NULL || (pseudo_running(fd) && !is_running(root, &known) && known);
}

bool pseudo_known(const struct pseudo_cache *cache, const struct statx *st, const struct pseudo **out)
{
    for (size_t i = 0; i < cache->count; i++)
        if (cache->known[i].major == st->stx_dev_major && cache->known[i].minor == st->stx_dev_minor) {
            *out = cache->known[i].pseudo;
            return true;
        }
    return false;
}

void pseudo_keep(struct pseudo_cache *cache, const struct statx *st, const struct pseudo *pseudo)
{
    if (cache->count == PSEUDO_CACHE)
        cache->count = 0;
    size_t i = cache->count++;
    cache->known[i].major = st->stx_dev_major;
    cache->known[i].minor = st->stx_dev_minor;
    cache->known[i].pseudo = pseudo;
}

/* "trace_pipe" and "trace_pipe_raw", "kmsg": reading them would alter the host. */
static bool consumes(const struct pseudo *p, const char *name, size_t len)
{
    return p->consuming != NULL && len >= strlen(p->consuming) && memcmp(name, p->consuming, strlen(p->consuming)) == 0;
}

/* Some files act when they are read, or when they are only opened and closed (tracefs has one that empties a buffer):
 * those are for writing alone. */
const char *pseudo_refuses(const struct pseudo *p, const char *name, size_t len, const struct statx *st)
{
    if (p == NULL)
        return NULL;
    if (consumes(p, name, len))
        return N_("reading it would take its content away from the host");
    return (st->stx_mode & 0444) == 0 ? N_("it is for writing only: opening it could act on the host") : NULL;
}
