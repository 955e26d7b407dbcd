#include "collector/processes/mem_open.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/io_open.h"
#include "base/io_proc.h"
#include "collector/processes/proc_folder.h"
#include "collector/servant.h"

struct mem_open *mem_open_new(int proc, uint32_t pid)
{
    struct mem_open *o = calloc(1, sizeof *o);
    if (o == NULL)
        return NULL;
    *o = (struct mem_open) { .proc = proc, .pid = pid, .mem = -1, .pagemap = -1 };
    buf_init(&o->maps, MEM_MAPS_MAX);
    return o;
}

void mem_open_free(struct mem_open *o)
{
    if (o == NULL)
        return;
    io_close(&o->mem);
    io_close(&o->pagemap);
    buf_free(&o->maps);
    free(o);
}

int mem_open_stat(int proc, uint32_t pid, struct proc_stat *out)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT((size_t)16 << 10);
    struct hz_error why = { .sys_errno = EIO };
    char path[32];
    snprintf(path, sizeof path, "%u/stat", pid);
    if (io_proc_read(proc, path, text.limit, &text, NULL, &why) != HZ_OK)
        return why.sys_errno;
    return proc_stat_parse(text.data, text.len, out) == HZ_OK ? 0 : EIO;
}

static void work(void *context)
{
    struct mem_open *o = context;
    struct hz_error why = { .code = HZ_OK }, ignored;
    char path[32];
    o->sys_errno = mem_open_stat(o->proc, o->pid, &o->stat);
    if (o->sys_errno != 0)
        return;
    const uint32_t folder = proc_folder(o->proc, o->pid, &o->stat);
    snprintf(path, sizeof path, "%u/maps", folder);
    int rc = io_proc_read(o->proc, path, MEM_MAPS_MAX, &o->maps, &o->maps_more, &why);
    snprintf(path, sizeof path, "%u/mem", folder);
    if (rc == HZ_OK)
        rc = io_proc_follow(o->proc, path, &o->mem, &why);
    snprintf(path, sizeof path, "%u/pagemap", folder);
    if (rc == HZ_OK)
        io_proc_follow(o->proc, path, &o->pagemap, &ignored);
    o->sys_errno = rc == HZ_OK ? 0 : why.sys_errno != 0 ? why.sys_errno : EIO;
}

int mem_open_do(struct mem_open **o, struct run *run, struct hz_error *err)
{
    int rc = servant_do(run, work, *o, err);
    if (rc == HZ_E_TIMEOUT)
        *o = NULL;
    return rc;
}
