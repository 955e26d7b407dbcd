/* What child_run and child_stream share. */
#ifndef HZ_BASE_CHILD_INTERNAL_H
#define HZ_BASE_CHILD_INTERNAL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/child.h"

#define CHILD_NEVER INT64_MAX

struct child_running {
    pid_t pid;
    int out, error, status; /* ends to read from; error -1 where stderr is ours */
};

int64_t child_now_ms(void); /* CLOCK_MONOTONIC */
/* Starts it in a process group of its own; child_running_close closes the ends, the process stays the caller's. */
int child_launch(const struct child_spec *spec, bool with_error, struct child_running *out, struct hz_error *err);
void child_running_close(struct child_running *c);
/* HZ_OK: the program runs. Otherwise why it does not; it is still to be reaped. */
int child_check_started(int status, int64_t deadline, struct hz_error *err);
/* A child that closed its output may still run on. HZ_E_TIMEOUT at the deadline. */
int child_wait_until(pid_t pid, int64_t deadline, int *exit_status, struct hz_error *err);
void child_kill_group(pid_t pid); /* SIGKILL to its process group, and reap it */

#endif
