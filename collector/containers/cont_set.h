/* The processes of this host by the container that they are in. */
#ifndef HZ_COLLECTOR_CONTAINERS_CONT_SET_H
#define HZ_COLLECTOR_CONTAINERS_CONT_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

#define CONT_SET_MAX 16384      /* containers */
#define CONT_PROCESSES_MAX 4096 /* kept of one */
#define CONT_SPACES 7

extern const char *const cont_spaces[CONT_SPACES]; /* kinds of namespaces, by name: "cgroup", "ipc", "mnt", ... */

struct cont_process {
    int pid;
    char name[16]; /* comm, with its NUL */
};

struct cont_container {
    const char *runtime; /* static; "namespace": no name, but a pid namespace of its own */
    char *id, *cgroup;   /* owned; cgroup may be NULL */
    struct cont_process *list;
    size_t count, room;
    uint64_t processes;           /* all of them */
    uint64_t spaces[CONT_SPACES]; /* of the first one; 0: unknown */
    bool differs[CONT_SPACES];    /* from those of process 1 */
    bool has_capabilities, full;  /* CapEff of the first one is known; has all that process 1 has */
    uint64_t capabilities;
};

struct cont_set {
    struct cont_container *list; /* owned; by runtime and id */
    size_t count, room;
    bool more;
};

/* root: of the host. Processes that end meanwhile are left out. */
int cont_set_find(int root, struct cont_set *out, struct hz_error *err);
void cont_set_free(struct cont_set *s);

#endif
