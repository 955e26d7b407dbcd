/* Which container a control group belongs to, by the names that the runtimes give them. */
#ifndef HZ_COLLECTOR_CONTAINERS_CONT_NAME_H
#define HZ_COLLECTOR_CONTAINERS_CONT_NAME_H

#include <stddef.h>

#include "base/error.h"
#include "formats/write/record.h"

struct cont_name {
    const char *runtime; /* static: "docker", "podman", "containerd", "cri-o", "lxc", "nspawn", "unknown" */
    struct w_bytes id;   /* in the text that was parsed */
    struct w_bytes path; /* of the control group, down to the container's own */
};

/* The text of /proc/PID/cgroup. HZ_E_NOTFOUND: no name of a container in it. */
int cont_name_find(struct cont_name *out, const void *text, size_t len);

#endif
