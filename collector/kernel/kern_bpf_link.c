#include "collector/kernel/kern_bpf_link.h"

#include <string.h>

#include "base/io_bpf.h"

#define NAME_ROOM 256

enum link_type { /* enum bpf_link_type */
                 RAW_TRACEPOINT = 1,
                 TRACING,
                 CGROUP,
                 ITER,
                 NETNS,
                 XDP,
                 PERF_EVENT,
                 TCX = 11,
                 NETKIT = 13
};

static void describe(const struct kern_bpf_link *l, const char *name, struct buf *out)
{
    static const char *const events[] = {
        "event", "uprobe", "uretprobe", "kprobe", "kretprobe", "tracepoint", "event"
    };
    size_t len = strnlen(name, NAME_ROOM);
    switch (l->type) {
    case RAW_TRACEPOINT:
        buf_puts(out, "tracepoint ");
        buf_put(out, name, len);
        break;
    case ITER:
        buf_puts(out, "iterator ");
        buf_put(out, name, len);
        break;
    case TRACING:
        buf_printf(out, "object %u, btf type %u, attach type %u", l->tracing.object, l->tracing.btf_type,
                   l->tracing.attach_type);
        break;
    case CGROUP:
        buf_printf(out, "cgroup %llu, attach type %u", (unsigned long long)l->cgroup.cgroup, l->cgroup.attach_type);
        break;
    case NETNS:
        buf_printf(out, "network namespace %u, attach type %u", l->netns.inode, l->netns.attach_type);
        break;
    case XDP:
    case TCX:
    case NETKIT:
        buf_printf(out, "interface %u", l->device.interface);
        break;
    case PERF_EVENT:
        if (l->perf_event.type < sizeof events / sizeof events[0])
            buf_printf(out, "%s ", events[l->perf_event.type]);
        buf_put(out, name, len);
        break;
    default:
        break;
    }
}

int kern_bpf_link_ask(int fd, struct kern_bpf_link *out, struct buf *target, struct hz_error *err)
{
    char name[NAME_ROOM + 1] = "";
    struct kern_bpf_link l;
    memset(&l, 0, sizeof l);
    int rc = io_bpf_info(fd, &l, sizeof l, err);
    if (rc != HZ_OK)
        return rc;
    uint32_t type = l.type;
    memset(&l, 0, sizeof l);
    if (type == RAW_TRACEPOINT || type == ITER) {
        l.raw_tracepoint.name = (uintptr_t)name;
        l.raw_tracepoint.name_len = NAME_ROOM;
    } else if (type == PERF_EVENT) {
        l.perf_event.name = (uintptr_t)name;
        l.perf_event.name_len = NAME_ROOM;
    }
    rc = io_bpf_info(fd, &l, sizeof l, err);
    if (rc != HZ_OK)
        return rc;
    describe(&l, name, target);
    *out = l;
    return buf_check(target, err);
}
