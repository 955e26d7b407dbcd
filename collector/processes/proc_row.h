/* Parts of a line of processes.jsonl. Each writes its members where they are known; in the order of their names. */
#ifndef HZ_COLLECTOR_PROC_ROW_H
#define HZ_COLLECTOR_PROC_ROW_H

#include <stdbool.h>
#include <stddef.h>

#include "base/json_out.h"
#include "collector/processes/proc_detail.h"

#define PROC_UNREAD_MAX 16

struct proc_unread { /* a file of the process that could not be read */
    const char *name;
    int sys_errno;
};

struct proc_row {
    struct proc_detail *d;
    int fd; /* of /proc/PID; -1: it could not be looked at */
    struct json_out j;
    struct proc_unread unread[PROC_UNREAD_MAX];
    size_t unread_count;
};

/* A file of the process into out, which is emptied first; false: not there, or noted as unread. */
bool proc_row_read(struct proc_row *r, const char *name, size_t max, struct buf *out, bool *more);
void proc_row_link(struct proc_row *r, const char *name, const char *key, const char *key_b64);
void proc_row_number(struct proc_row *r, const char *name, const char *key);
/* "key": base64, where the bytes are not UTF-8. */
void proc_row_base64(struct json_out *j, const char *key, const struct buf *bytes);

/* Of /proc/PID/status. */
struct w_bytes proc_row_status(const struct proc_row *r, const char *line);
void proc_row_status_number(struct proc_row *r, const char *key, const char *line);
void proc_row_numbers(struct proc_row *r, const char *key, const char *line); /* an array */
void proc_row_ids(struct proc_row *r, const char *key, const char *line);     /* uid, gid */
void proc_row_capabilities(struct proc_row *r);
void proc_row_signals(struct proc_row *r);

void proc_row_times(struct proc_row *r);      /* cpu_ticks */
void proc_row_io(struct proc_row *r);         /* io */
void proc_row_limits(struct proc_row *r);     /* limits */
void proc_row_label(struct proc_row *r);      /* lsm */
void proc_row_scheduling(struct proc_row *r); /* nice no_new_privs oom_score oom_score_adj */
void proc_row_place(struct proc_row *r);      /* policy ppid priority process_group processor realtime_priority */
void proc_row_start(struct proc_row *r);      /* start start_ticks state */
void proc_row_threads(struct proc_row *r);    /* tasks threads tracer tty tty_foreground */
void proc_row_views(struct proc_row *r);      /* views */
void proc_row_wchan(struct proc_row *r);      /* wchan */

#endif
