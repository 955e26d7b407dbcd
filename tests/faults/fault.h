/* What the parts of the program fault (fault.c) share. x86-64 only. */
#ifndef HZ_TESTS_FAULT_H
#define HZ_TESTS_FAULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>
#include <sys/user.h>

#define FAULT_TEXT 4096

enum {
    FAULT_EIO = 1,
    FAULT_ENOSPC = 2,
    FAULT_EINTR = 4,
    FAULT_SHORT = 8,
    FAULT_ENOMEM = 16,
    FAULT_EMFILE = 32,
    FAULT_EACCES = 64,
    FAULT_ENOSYS = 128,
    FAULT_CUT = 256,
    FAULT_ALL = 512,
    FAULT_EXIT = 1024,
    FAULT_LATE = 2048 /* it is made, and fails then */
};

struct fault_call {
    long number;
    const char *name;
    unsigned kinds; /* what it may fail with; FAULT_CUT: changes files, so that a power cut matters to it */
    char fd, path;  /* which argument is a descriptor and which a path; -1: none */
};

/* NULL: not one that is looked at. */
const struct fault_call *fault_call_find(long number);
/* Has the kernel stop the calling process and its children at every call of these kinds. */
bool fault_call_trace(unsigned kinds);
/* The bit of a kind by its name, 0 for none; and its errno. */
unsigned fault_kind(const char *name, int *error);
/* Whether this call can fail so: only what creates runs out of space, only more than one byte comes short. */
bool fault_call_takes(const struct fault_call *call, unsigned kind, const struct user_regs_struct *regs);
/* One more for every kind of failure that the call can have; and a line for each kind. */
#define FAULT_KINDS 12
void fault_count(const struct fault_call *call, const struct user_regs_struct *regs, unsigned long long of_kind[]);
void fault_count_say(FILE *report, const unsigned long long of_kind[]);
/* What is to follow of a short call: the register that holds its length gets smaller. */
void fault_call_shorten(const struct fault_call *call, struct user_regs_struct *regs);
/* The files that the call is about, as text without line ends. */
void fault_call_path(const struct fault_call *call, pid_t tid, const struct user_regs_struct *regs,
                     char text[FAULT_TEXT]);
unsigned long long fault_argument(const struct user_regs_struct *regs, int n);
/* Reads len bytes of the process at an address. */
bool fault_read(pid_t tid, unsigned long long at, void *bytes, size_t len);
/* A string of the process, cut at the end of text. */
void fault_string(pid_t tid, unsigned long long at, char text[FAULT_TEXT]);
/* The path of the file behind a descriptor, "" when it has none. */
void fault_fd_path(pid_t tid, int fd, char text[FAULT_TEXT]);

/* A breakpoint where the program begins that a process has just become, behind its loader: its place, and what was
 * there. */
void fault_entry_watch(pid_t tid, unsigned long long *entry, unsigned long long *saved);
/* Whether that is what stopped it; then the breakpoint is gone. */
bool fault_entry_reached(pid_t tid, unsigned long long entry, unsigned long long saved);
/* Tells the report where it stands, as a place in a file. */
void fault_say_place(pid_t tid, FILE *report);
/* Of a process that is about to end: if a filter of system calls does that, of which one, and where it stands. */
void fault_say_filtered(pid_t tid, FILE *report);

/* Before the call is made, and when it has returned: a line in the log for each that changes a file below folder. */
struct fault_log {
    FILE *out;
    const char *folder;
    pid_t main; /* of the command itself */
};
void fault_log_call(const struct fault_log *log, const struct fault_call *call, pid_t tid,
                    const struct user_regs_struct *before, long long result);

#endif
