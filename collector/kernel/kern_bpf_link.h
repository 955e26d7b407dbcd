/* What a BPF link hangs its program to. */
#ifndef HZ_COLLECTOR_KERNEL_KERN_BPF_LINK_H
#define HZ_COLLECTOR_KERNEL_KERN_BPF_LINK_H

#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"

/* struct bpf_link_info of linux/bpf.h as of Linux 6.6; Debian 12's header ends earlier. */
struct kern_bpf_link {
    uint32_t type, id, program, unused;
    union {
        struct {
            uint64_t name; /* in: where to put it; also that of an iterator's target */
            uint32_t name_len;
        } raw_tracepoint;
        struct {
            uint32_t attach_type, object, btf_type;
        } tracing;
        struct {
            uint64_t cgroup;
            uint32_t attach_type;
        } cgroup;
        struct {
            uint32_t inode, attach_type;
        } netns;
        struct {
            uint32_t interface, attach_type; /* attach_type: tcx and netkit, not xdp */
        } device;
        struct {
            uint32_t type, unused;
            uint64_t name; /* in: where to put the function, file or tracepoint */
            uint32_t name_len, offset;
            uint64_t address; /* kprobe */
        } perf_event;
        uint64_t room[8];
    };
};

/* target: "tracepoint sys_enter", "cgroup 4711, attach type 6"; raw, empty where the kernel does not tell. */
int kern_bpf_link_ask(int fd, struct kern_bpf_link *out, struct buf *target, struct hz_error *err);

#endif
