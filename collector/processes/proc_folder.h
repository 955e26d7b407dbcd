/* Where procfs has what a process has. */
#ifndef HZ_COLLECTOR_PROC_FOLDER_H
#define HZ_COLLECTOR_PROC_FOLDER_H

#include <stdint.h>

#include "collector/processes/proc_stat.h"

/* The number whose folder tells of the memory, the files and the rights of process `pid`: its own, or that of a thread
 * which goes on where the first one has ended (then /proc/PID has none of these, and ps calls the process defunct).
 * s: /proc/PID/stat. The folder's task/PID/stat is the process's own. Any thread. */
uint32_t proc_folder(int proc, uint32_t pid, const struct proc_stat *s);

#endif
