#include "collector/kernel/kern_bpf_names.h"

#include <stddef.h>

static const char *const programs[] = {
    "unspec",
    "socket_filter",
    "kprobe",
    "sched_cls",
    "sched_act",
    "tracepoint",
    "xdp",
    "perf_event",
    "cgroup_skb",
    "cgroup_sock",
    "lwt_in",
    "lwt_out",
    "lwt_xmit",
    "sock_ops",
    "sk_skb",
    "cgroup_device",
    "sk_msg",
    "raw_tracepoint",
    "cgroup_sock_addr",
    "lwt_seg6local",
    "lirc_mode2",
    "sk_reuseport",
    "flow_dissector",
    "cgroup_sysctl",
    "raw_tracepoint_writable",
    "cgroup_sockopt",
    "tracing",
    "struct_ops",
    "ext",
    "lsm",
    "sk_lookup",
    "syscall",
    "netfilter",
};

static const char *const maps[] = {
    "unspec",
    "hash",
    "array",
    "prog_array",
    "perf_event_array",
    "percpu_hash",
    "percpu_array",
    "stack_trace",
    "cgroup_array",
    "lru_hash",
    "lru_percpu_hash",
    "lpm_trie",
    "array_of_maps",
    "hash_of_maps",
    "devmap",
    "sockmap",
    "cpumap",
    "xskmap",
    "sockhash",
    "cgroup_storage",
    "reuseport_sockarray",
    "percpu_cgroup_storage",
    "queue",
    "stack",
    "sk_storage",
    "devmap_hash",
    "struct_ops",
    "ringbuf",
    "inode_storage",
    "task_storage",
    "bloom_filter",
    "user_ringbuf",
    "cgrp_storage",
    "arena",
};

static const char *const links[] = {
    "unspec",       "raw_tracepoint", "tracing",   "cgroup", "iter",         "netns",  "xdp",     "perf_event",
    "kprobe_multi", "struct_ops",     "netfilter", "tcx",    "uprobe_multi", "netkit", "sockmap",
};

#define LOOK_UP(table, type) ((type) < sizeof(table) / sizeof(table)[0] ? (table)[type] : NULL)

const char *kern_bpf_program_type(uint32_t type)
{
    return LOOK_UP(programs, type);
}

const char *kern_bpf_map_type(uint32_t type)
{
    return LOOK_UP(maps, type);
}

const char *kern_bpf_link_type(uint32_t type)
{
    return LOOK_UP(links, type);
}

bool kern_bpf_traces(uint32_t type)
{
    static const uint32_t kinds[] = { 2, 5, 17, 24, 26, 28, 29 }; /* kprobe to lsm, as named above */
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (kinds[i] == type)
            return true;
    return false;
}
