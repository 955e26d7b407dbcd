#include "collector/processes/proc_files.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/io_open.h"
#include "base/io_proc.h"
#include "base/num.h"

static int own_procfs(void)
{
    HZ_CLEANUP(io_close) int context = fsopen("proc", FSOPEN_CLOEXEC);
    if (context < 0 || fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) != 0)
        return -1;
    return fsmount(context, FSMOUNT_CLOEXEC,
                   MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
}

/* Who we are to the procfs that is mounted at /proc; 0: nobody, or it is no procfs. */
static uint64_t own_number(int proc)
{
    HZ_CLEANUP(buf_free) struct buf target = BUF_INIT(4096);
    struct hz_error ignored;
    uint64_t pid = 0;
    bool known = io_proc_link(proc, "self", &target, &ignored) == HZ_OK &&
                 num_parse_u64((const char *)target.data, target.len, INT32_MAX, &pid) == HZ_OK;
    return known ? pid : 0;
}

int proc_files_open(struct proc_files *out, int root, struct hz_error *err)
{
    struct proc_files f = { .fd = -1, .mounted = -1 };
    int rc = io_proc_directory(root, "proc", &f.mounted, err);
    if (rc != HZ_OK)
        return rc;
    uint64_t number = own_number(f.mounted);
    f.foreign = number != 0 && number != (uint64_t)getpid();
    if (!f.foreign)
        f.fd = own_procfs();
    f.clean = f.fd >= 0;
    f.same = f.clean || number == (uint64_t)getpid();
    f.own = f.clean ? (uint32_t)getpid() : (uint32_t)number;
    if (!f.clean && (rc = io_proc_directory(f.mounted, ".", &f.fd, err)) != HZ_OK) {
        io_close(&f.mounted);
        return rc;
    }
    *out = f;
    return HZ_OK;
}

void proc_files_close(struct proc_files *f)
{
    if (f->borrowed)
        return;
    io_close(&f->fd);
    io_close(&f->mounted);
}
