/* Children with a deadline. No shell, ever. */
#ifndef HZ_BASE_CHILD_H
#define HZ_BASE_CHILD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/error.h"

struct child_spec {
    const char *path;        /* absolute path of the program */
    const char *const *argv; /* NULL-terminated, argv[0] included */
    const char *const *envp; /* NULL-terminated */
    const int *keep;         /* descriptors that stay open, under their numbers */
    size_t keep_count;
    unsigned timeout_seconds; /* 0: none */
};

/* Runs it with stdin from /dev/null, stdout into out (bounded by out->limit), stderr passed through. *exit_status is
 * 0..255, or 128+signal. HZ_E_TIMEOUT after killing it. */
int child_run(const struct child_spec *spec, struct buf *out, int *exit_status, struct hz_error *err);

struct child_reader { /* takes what a child prints, as it comes */
    void *context;
    /* error: it came from stderr. What it returns other than HZ_OK ends the child and is the result. */
    int (*put)(void *context, bool error, const void *bytes, size_t len, struct hz_error *err);
    bool (*stopped)(void *context); /* asked ten times a second or more; true ends the child */
    int64_t timeout_ms;             /* instead of timeout_seconds; 0: none */
    int (*pass)(void *context);     /* NULL, or asked as often: a signal that the child is sent; 0: none */
    bool keep_error;                /* stderr is passed through, and no part of it given to put */
};

/* Runs it with stdin from /dev/null, stdout and stderr into the reader. Ends when the child has ended and both streams
 * are closed. HZ_E_TIMEOUT after killing it, and what it started in its process group, at the deadline or when stopped
 * said so. */
int child_stream(const struct child_spec *spec, const struct child_reader *reader, int *exit_status,
                 struct hz_error *err);

/* A forked copy of ourselves that talks through a pipe: body(argument, write_end) runs in the child, whose exit status
 * is what body returns. The parent reads *read_end and then calls child_wait. */
typedef int child_body(void *argument, int write_end);
int child_fork(child_body *body, void *argument, pid_t *pid, int *read_end, struct hz_error *err);
/* Waits for the first bytes of such a child, or its end. HZ_E_TIMEOUT after so many seconds; the child still runs. */
int child_await(int read_end, unsigned seconds, struct hz_error *err);
/* In such a child, when it needs no more: closes every descriptor but these two, standard streams included. */
void child_close_others(int keep, int keep_too);
int child_wait(pid_t pid, int *exit_status, struct hz_error *err);
/* SIGKILL and reap. Its exit status: 137 unless it had ended before, -1 when unknown. */
int child_kill(pid_t pid);
/* What such a child ends with when it could not write its answer, so that the parent can say why: the number of the
 * kernel's error, 0 when there is none. And back: 0 for any other end. */
int child_unheard(int sys_errno);
int child_unheard_errno(int exit_status);
/* Absolute path of a program that stands beside the running one (/proc/self/exe). malloc'd. */
int child_sibling(const char *name, char **path, struct hz_error *err);

#endif
