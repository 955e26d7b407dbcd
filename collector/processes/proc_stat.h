/* /proc/PID/stat and /proc/PID/status as the kernel writes them (proc_pid_stat(5), proc_pid_status(5)). */
#ifndef HZ_COLLECTOR_PROC_STAT_H
#define HZ_COLLECTOR_PROC_STAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "formats/write/record.h"

#define PROC_COMM_MAX 64 /* TASK_COMM_LEN is 16; workers of the kernel show up to 64 */

struct proc_stat {
    unsigned char comm[PROC_COMM_MAX]; /* raw */
    size_t comm_len;
    char state; /* a letter */
    uint32_t pid, ppid;
    int64_t group, session, terminal, foreground;
    uint64_t flags, minor_faults, major_faults, user_ticks, system_ticks;
    int64_t priority, nice, threads;
    uint64_t start_ticks; /* after boot, in clock ticks */
    uint64_t virtual_bytes;
    int64_t resident_pages;
    int64_t processor, realtime_priority, policy;
};

/* HZ_OK or HZ_E_FORMAT. The name may hold any bytes, parentheses and blanks too. */
int proc_stat_parse(const void *text, size_t len, struct proc_stat *out);

/* The value of a line "key:\tvalue", without blanks around it; data NULL: there is no such line. */
struct w_bytes proc_status_value(const void *text, size_t len, const char *key);
/* Up to `room` numbers that stand in a value, separated by blanks; how many there are. A word that is no number ends
 * them. */
size_t proc_status_numbers(struct w_bytes value, uint64_t *out, size_t room);

#endif
