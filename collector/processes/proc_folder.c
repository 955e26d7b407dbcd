#include "collector/processes/proc_folder.h"

#include <stdio.h>

#include "base/io_proc.h"
#include "collector/processes/proc_pids.h"

#define STAT_MAX ((size_t)16 << 10)
#define LOOKS 64 /* threads: others may have ended, too, and not been waited for */

static bool goes_on(int proc, uint32_t pid, uint32_t tid)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(STAT_MAX);
    struct hz_error ignored;
    struct proc_stat s;
    char path[48];
    snprintf(path, sizeof path, "%u/task/%u/stat", pid, tid);
    return io_proc_read(proc, path, STAT_MAX, &text, NULL, &ignored) == HZ_OK &&
           proc_stat_parse(text.data, text.len, &s) == HZ_OK && s.state != 'Z' && s.state != 'X';
}

uint32_t proc_folder(int proc, uint32_t pid, const struct proc_stat *s)
{
    HZ_CLEANUP(proc_pids_free) struct proc_pids tids = { 0 };
    struct hz_error ignored;
    char path[32];
    if (s->state != 'Z' || s->threads < 2)
        return pid;
    snprintf(path, sizeof path, "%u/task", pid);
    if (proc_pids_list(&tids, proc, path, &ignored) != HZ_OK)
        return pid;
    for (size_t i = 0; i < tids.count && i < LOOKS; i++)
        if (tids.list[i] != pid && goes_on(proc, pid, tids.list[i]))
            return tids.list[i];
    return pid;
}
