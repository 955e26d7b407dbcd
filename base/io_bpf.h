/* What BPF objects the kernel holds, as bpf(2) lists them. Nothing is loaded, attached, pinned or looked up in a map.
 * Needs CAP_SYS_ADMIN. All set err->sys_errno: ENOSYS or EINVAL where the kernel has no such command. */
#ifndef HZ_BASE_IO_BPF_H
#define HZ_BASE_IO_BPF_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

enum io_bpf_kind { IO_BPF_PROGRAM, IO_BPF_MAP, IO_BPF_LINK };

/* The least identifier above id. HZ_E_NOTFOUND: there is none. */
int io_bpf_next(enum io_bpf_kind kind, uint32_t id, uint32_t *next, struct hz_error *err);
/* *fd is the caller's; it keeps the object alive as long as it is open. HZ_E_NOTFOUND: it is gone. */
int io_bpf_open(enum io_bpf_kind kind, uint32_t id, int *fd, struct hz_error *err);
/* The object pinned at `path` below a directory of bpffs. HZ_E_DENIED, HZ_E_NOTFOUND and others. */
int io_bpf_pinned(int directory, const char *path, int *fd, struct hz_error *err);
/* struct bpf_prog_info, bpf_map_info or bpf_link_info of linux/bpf.h; zeroed by the caller but for what it asks with.
 * A kernel that knows less leaves the rest as it was. */
int io_bpf_info(int fd, void *info, uint32_t len, struct hz_error *err);

#endif
