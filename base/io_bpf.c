#include "base/io_bpf.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/io_count.h"
#include "base/lang.h"

static int ask(enum bpf_cmd command, union bpf_attr *attr)
{
    return (int)syscall(SYS_bpf, command, attr, sizeof *attr);
}

static int failed(struct hz_error *err)
{
    return hz_error_sys(err, hz_error_class(errno), errno, "%s", _("the kernel does not tell about its BPF objects"));
}

int io_bpf_next(enum io_bpf_kind kind, uint32_t id, uint32_t *next, struct hz_error *err)
{
    static const enum bpf_cmd commands[] = { BPF_PROG_GET_NEXT_ID, BPF_MAP_GET_NEXT_ID, BPF_LINK_GET_NEXT_ID };
    union bpf_attr attr;
    memset(&attr, 0, sizeof attr);
    attr.start_id = id;
    if (ask(commands[kind], &attr) != 0)
        return failed(err);
    *next = attr.next_id;
    return HZ_OK;
}

int io_bpf_open(enum io_bpf_kind kind, uint32_t id, int *fd, struct hz_error *err)
{
    static const enum bpf_cmd commands[] = { BPF_PROG_GET_FD_BY_ID, BPF_MAP_GET_FD_BY_ID, BPF_LINK_GET_FD_BY_ID };
    union bpf_attr attr;
    memset(&attr, 0, sizeof attr);
    attr.prog_id = id; /* the same place for all three */
    int opened = io_count_opened(ask(commands[kind], &attr));
    if (opened < 0)
        return failed(err);
    *fd = opened;
    return HZ_OK;
}

/* Kernels before 6.5 take no descriptor here: the directory is named through /proc. */
int io_bpf_pinned(int directory, const char *path, int *fd, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf full = BUF_INIT(4096);
    union bpf_attr attr;
    memset(&attr, 0, sizeof attr);
    buf_printf(&full, "/proc/self/fd/%d/%s", directory, path);
    if (buf_text(&full) == NULL)
        return buf_check(&full, err);
    attr.pathname = (uintptr_t)full.data;
    attr.file_flags = BPF_F_RDONLY;
    int opened = io_count_opened(ask(BPF_OBJ_GET, &attr));
    if (opened < 0)
        return failed(err);
    *fd = opened;
    return HZ_OK;
}

int io_bpf_info(int fd, void *info, uint32_t len, struct hz_error *err)
{
    union bpf_attr attr;
    memset(&attr, 0, sizeof attr);
    attr.info.bpf_fd = (uint32_t)fd;
    attr.info.info = (uintptr_t)info;
    attr.info.info_len = len;
    return ask(BPF_OBJ_GET_INFO_BY_FD, &attr) == 0 ? HZ_OK : failed(err);
}
