/* Who keeps a BPF object alive: descriptors of processes, and names in a file system of type bpf. */
#ifndef HZ_COLLECTOR_KERNEL_KERN_BPF_HOLDER_H
#define HZ_COLLECTOR_KERNEL_KERN_BPF_HOLDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/io_bpf.h"
#include "base/json_out.h"

#define KERN_BPF_HOLDERS_MAX 65536

struct kern_bpf_holder {
    enum io_bpf_kind kind;
    uint32_t id;
    int pid; /* 0: a name */
    int descriptor;
    char *path; /* owned; NULL for a descriptor */
};

struct kern_bpf_holders {         /* zeroed: empty */
    struct kern_bpf_holder *list; /* owned */
    size_t count, room;
    bool more; /* than are kept */
};

void kern_bpf_holders_free(struct kern_bpf_holders *h);
/* Of all processes and all mounted bpf file systems that /proc/thread-self/mountinfo lists. root: of the host. */
int kern_bpf_holders_find(int root, struct kern_bpf_holders *out, struct hz_error *err);
/* "prog_id:\t12" of a fdinfo, or map_id, link_id. */
bool kern_bpf_fdinfo(const char *text, size_t len, enum io_bpf_kind *kind, uint32_t *id);
/* Members held_by and (later in the alphabet) pinned of a row. */
void kern_bpf_put_held(struct json_out *j, const struct kern_bpf_holders *h, enum io_bpf_kind kind, uint32_t id);
void kern_bpf_put_pinned(struct json_out *j, const struct kern_bpf_holders *h, enum io_bpf_kind kind, uint32_t id);
const struct kern_bpf_holder *kern_bpf_first(const struct kern_bpf_holders *h, enum io_bpf_kind kind, uint32_t id);

#endif
