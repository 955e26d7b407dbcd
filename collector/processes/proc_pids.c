#include "collector/processes/proc_pids.h"

#include <stdlib.h>
#include <string.h>

#include "base/io_proc.h"
#include "base/lang.h"
#include "base/num.h"

void proc_pids_free(struct proc_pids *p)
{
    free(p->list);
    *p = (struct proc_pids) { 0 };
}

int proc_pids_add(struct proc_pids *p, uint32_t pid, struct hz_error *err)
{
    if (p->count == p->room) {
        size_t room = p->room == 0 ? 256 : p->room * 2;
        uint32_t *grown = reallocarray(p->list, room, sizeof *grown);
        if (grown == NULL)
            return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
        p->list = grown;
        p->room = room;
    }
    p->list[p->count++] = pid;
    return HZ_OK;
}

static int ascending(const void *a, const void *b)
{
    const uint32_t *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

void proc_pids_sort(struct proc_pids *p)
{
    size_t kept = 0;
    if (p->count > 1)
        qsort(p->list, p->count, sizeof *p->list, ascending);
    for (size_t i = 0; i < p->count; i++) {
        if (kept == 0 || p->list[kept - 1] != p->list[i])
            p->list[kept++] = p->list[i];
    }
    p->count = kept;
}

bool proc_pids_has(const struct proc_pids *sorted, uint32_t pid)
{
    return sorted->count > 0 && bsearch(&pid, sorted->list, sorted->count, sizeof pid, ascending) != NULL;
}

static int add_entry(void *context, const char *name, unsigned char type, struct hz_error *err)
{
    uint64_t pid;
    (void)type;
    if (name[0] < '0' || name[0] > '9' || num_parse_u64(name, strnlen(name, 20), UINT32_MAX, &pid) != HZ_OK)
        return HZ_OK;
    return proc_pids_add(context, (uint32_t)pid, err);
}

int proc_pids_list(struct proc_pids *p, int directory, const char *path, struct hz_error *err)
{
    int rc = io_proc_list(directory, path, add_entry, p, err);
    proc_pids_sort(p);
    return rc;
}
