/* fault: runs a command under ptrace(2) and has one of its system calls fail, or ends it there, or logs what it writes.
 *
 *   fault REPORT count KIND -- COMMAND...                    how many calls could fail so; all: of every kind
 *   fault REPORT fail KIND NUMBER once|on|other -- COMMAND...
 *         the call with this number fails; every one from then on; or every second one
 *   fault REPORT kill NUMBER -- COMMAND...                   SIGKILL before this call
 *   fault REPORT log FOLDER FILE -- COMMAND...               what changes below FOLDER goes to FILE (fault_log.c)
 *
 * KIND: EIO ENOSPC EINTR short ENOMEM EMFILE EACCES ENOSYS; late (it is made, and EIO
 * is the answer); all; exit (the last call alone). Calls are counted over
 * all processes and threads, from the entry of the program on (what the loader does before counts for nothing). REPORT
 * gets lines: "calls N", "hit CALL PATH", "ended exit N" | "ended signal N" | "ended hang", "crashed SIGNAL" for every
 * other process that a fault of memory ended, "at PLACE" for where it stood, "left" when others had to be ended after
 * the command was over. Exit status 0: the command was run; 2: wrong usage; 3: it could not be. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fault.h"

#define DEADLINE_SECONDS 180
#define AFTER_SECONDS 30 /* how long others may outlive the command */
#define THREADS 256

enum mode { ONCE, ON, OTHER, KILL, LOG, COUNT };

struct thread {
    pid_t tid;
    bool begun;   /* the program itself runs, not its loader any more */
    bool known;   /* who started it was seen */
    bool waiting; /* it stands still until that was seen */
    bool at_exit; /* of a call that was let through, for what comes at its end */
    bool shortened, failed;
    unsigned long long entry, saved; /* the breakpoint at the entry, and what was there */
    struct user_regs_struct before;
};

struct run {
    FILE *report;
    struct fault_log log;
    enum mode mode;
    unsigned kind;
    int error;
    unsigned long long number, calls, of_kind[FAULT_KINDS];
    bool hit, ended;
    pid_t main;
    struct thread threads[THREADS];
};

static volatile sig_atomic_t late;

static void on_alarm(int signal)
{
    (void)signal;
    late = 1;
}

static struct thread *thread_of(struct run *r, pid_t tid)
{
    for (size_t i = 0; i < THREADS; i++) {
        if (r->threads[i].tid == tid)
            return &r->threads[i];
    }
    for (size_t i = 0; i < THREADS; i++) {
        if (r->threads[i].tid == 0) {
            r->threads[i] = (struct thread) { .tid = tid };
            return &r->threads[i];
        }
    }
    fprintf(stderr, "fault: more than %d threads\n", THREADS);
    exit(3);
}

static void end_all(struct run *r)
{
    for (size_t i = 0; i < THREADS; i++) {
        if (r->threads[i].tid != 0)
            syscall(SYS_tkill, r->threads[i].tid, SIGKILL);
    }
}

static void begin(struct thread *t)
{
    t->begun = t->at_exit = false;
    fault_entry_watch(t->tid, &t->entry, &t->saved);
}

static bool entered(struct thread *t)
{
    if (!t->begun && fault_entry_reached(t->tid, t->entry, t->saved))
        t->begun = true;
    else
        return false;
    return true;
}

static void go_on(struct thread *t, int signal)
{
    ptrace(t->at_exit ? PTRACE_SYSCALL : PTRACE_CONT, t->tid, NULL, (long)signal);
}

static bool is_hit(const struct run *r)
{
    switch (r->mode) {
    case ON:
        return r->calls >= r->number;
    case OTHER:
        return r->calls >= r->number && (r->calls - r->number) % 2 == 0;
    case COUNT:
    case LOG:
        return false;
    default:
        return r->calls == r->number;
    }
}

static void say_hit(struct run *r, const struct fault_call *call, const struct thread *t)
{
    char path[FAULT_TEXT];

    if (r->hit && r->mode != OTHER && r->mode != ON)
        return;
    if (!r->hit) {
        fault_call_path(call, t->tid, &t->before, path);
        fprintf(r->report, "hit %s %s\n", call->name, path);
    }
    r->hit = true;
}

/* The call fails without being made, or when it has been: closing never leaves the file open (close(2)). */
static void inject(struct run *r, const struct fault_call *call, struct thread *t)
{
    struct user_regs_struct regs = t->before;

    if (call->number == SYS_brk) { /* fails by saying where the end is already */
        regs.rdi = 0;
        t->at_exit = t->shortened = true;
    } else if (r->kind == FAULT_SHORT) {
        fault_call_shorten(call, &regs);
        t->at_exit = t->shortened = true;
    } else if (r->kind == FAULT_LATE || call->number == SYS_close) {
        t->at_exit = t->failed = true;
        return;
    } else {
        regs.orig_rax = (unsigned long long)-1;
        regs.rax = (unsigned long long)-(long long)r->error;
    }
    ptrace(PTRACE_SETREGS, t->tid, NULL, &regs);
}

static void on_call(struct run *r, struct thread *t)
{
    const struct fault_call *call;

    if (!t->begun || ptrace(PTRACE_GETREGS, t->tid, NULL, &t->before) != 0)
        return;
    call = fault_call_find((long)t->before.orig_rax);
    if (call == NULL || !fault_call_takes(call, r->kind, &t->before))
        return;
    r->calls++;
    if (r->mode == COUNT)
        fault_count(call, &t->before, r->of_kind);
    if (r->mode == LOG)
        t->at_exit = true;
    if (!is_hit(r))
        return;
    say_hit(r, call, t);
    if (r->mode == KILL)
        kill(r->main, SIGKILL);
    else
        inject(r, call, t);
}

static void on_return(struct run *r, struct thread *t)
{
    struct user_regs_struct regs;

    t->at_exit = false;
    if (ptrace(PTRACE_GETREGS, t->tid, NULL, &regs) != 0)
        return;
    if (r->mode == LOG)
        fault_log_call(&r->log, fault_call_find((long)t->before.orig_rax), t->tid, &t->before, (long long)regs.rax);
    if (t->shortened) {
        regs.rdx = t->before.rdx;
        regs.rsi = t->before.rsi;
        regs.rdi = t->before.rdi;
    }
    if (t->failed && (long long)regs.rax >= 0)
        regs.rax = (unsigned long long)-(long long)r->error;
    if (t->shortened || t->failed)
        ptrace(PTRACE_SETREGS, t->tid, NULL, &regs);
    t->shortened = t->failed = false;
}

static void on_new(struct run *r, const struct thread *parent)
{
    unsigned long child;

    if (ptrace(PTRACE_GETEVENTMSG, parent->tid, NULL, &child) == 0) {
        struct thread *t = thread_of(r, (pid_t)child);
        t->begun = parent->begun;
        t->known = true;
        if (t->waiting)
            go_on(t, 0);
        t->waiting = false;
    }
}

/* Who started them ended before that was seen. */
static void release(struct run *r)
{
    for (size_t i = 0; i < THREADS; i++) {
        if (r->threads[i].tid != 0 && r->threads[i].waiting) {
            r->threads[i].waiting = false;
            r->threads[i].known = true;
            go_on(&r->threads[i], 0);
        }
    }
}

static void on_stop(struct run *r, struct thread *t, int status)
{
    int event = status >> 16, signal = WSTOPSIG(status);

    switch (event) {
    case PTRACE_EVENT_SECCOMP:
        on_call(r, t);
        break;
    case PTRACE_EVENT_EXEC:
        begin(t);
        break;
    case PTRACE_EVENT_EXIT:
        fault_say_filtered(t->tid, r->report);
        break;
    case PTRACE_EVENT_FORK:
    case PTRACE_EVENT_VFORK:
    case PTRACE_EVENT_CLONE:
        on_new(r, t);
        break;
    case 0:
        if (signal == (SIGTRAP | 0x80)) {
            if (t->at_exit)
                on_return(r, t);
        } else if (signal != SIGTRAP || !entered(t)) {
            if (signal == SIGSEGV || signal == SIGABRT)
                fault_say_place(t->tid, r->report);
            go_on(t, signal);
            return;
        }
        break;
    default:
        t->waiting = !t->known;
        if (t->waiting)
            return;
        break;
    }
    go_on(t, 0);
}

static void on_end(struct run *r, struct thread *t, int status)
{
    int signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;

    *t = (struct thread) { .tid = 0 };
    release(r);
    if (t == r->threads) {
        r->ended = true;
        alarm(AFTER_SECONDS);
        if (late)
            fputs("ended hang\n", r->report);
        else
            fprintf(r->report, "ended %s %d\n", signal ? "signal" : "exit", signal ? signal : WEXITSTATUS(status));
        late = 0;
    } else if (signal == SIGSEGV || signal == SIGBUS || signal == SIGABRT || signal == SIGFPE || signal == SIGILL ||
               signal == SIGSYS || signal == SIGTRAP) {
        fprintf(r->report, "crashed %d\n", signal);
    }
}

/* The first of the threads is the command itself; its place is never given to another. */
static void watch(struct run *r)
{
    for (;;) {
        int status;
        pid_t tid = waitpid(-1, &status, __WALL);

        if (tid < 0 && errno == EINTR) {
            if (late) {
                if (r->ended)
                    fputs("left\n", r->report);
                end_all(r);
                alarm(1);
            }
            continue;
        }
        if (tid < 0)
            return;
        struct thread *t = tid == r->main ? &r->threads[0] : thread_of(r, tid);
        if (WIFSTOPPED(status))
            on_stop(r, t, status);
        else
            on_end(r, t, status);
    }
}

static int start(struct run *r, char **command)
{
    const char *preload = getenv("FAULT_PRELOAD"); /* for the command, not for us */
    int gate[2];
    char byte = 0;

    if (preload != NULL)
        setenv("LD_PRELOAD", preload, 1);
    if (pipe2(gate, O_CLOEXEC) != 0)
        return 3;
    r->main = fork();
    if (r->main == 0) {
        if (read(gate[0], &byte, 1) == 1 && fault_call_trace(r->kind))
            execv(command[0], command);
        _exit(126);
    }
    if (r->main < 0 ||
        ptrace(PTRACE_SEIZE, r->main, NULL,
               PTRACE_O_TRACESECCOMP | PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEEXEC | PTRACE_O_TRACEFORK |
                   PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXIT | PTRACE_O_EXITKILL) != 0) {
        perror("fault");
        return 3;
    }
    r->threads[0] = (struct thread) { .tid = r->main, .known = true };
    r->log.main = r->main;
    sigaction(SIGALRM, &(struct sigaction) { .sa_handler = on_alarm }, NULL);
    alarm(DEADLINE_SECONDS);
    if (write(gate[1], &byte, 1) != 1)
        return 3;
    watch(r);
    fprintf(r->report, "calls %llu\n", r->calls);
    if (r->mode == COUNT)
        fault_count_say(r->report, r->of_kind);
    return fclose(r->report) == 0 && (r->log.out == NULL || fclose(r->log.out) == 0) ? 0 : 3;
}

static int usage(void)
{
    fputs("usage: fault REPORT count KIND | fail KIND NUMBER once|on|other | kill NUMBER | log FOLDER FILE -- "
          "COMMAND...\n",
          stderr);
    return 2;
}

static bool set_mode(struct run *r, int argc, char **argv)
{
    static const char *const modes[] = { "once", "on", "other" };
    const char *what = argv[2];

    r->kind = FAULT_ALL;
    if (strcmp(what, "count") == 0 && argc == 4) {
        r->mode = COUNT;
        r->kind = fault_kind(argv[3], &r->error);
    } else if (strcmp(what, "kill") == 0 && argc == 4) {
        r->mode = KILL;
        r->number = strtoull(argv[3], NULL, 10);
    } else if (strcmp(what, "log") == 0 && argc == 5) {
        r->mode = LOG;
        r->kind = FAULT_CUT;
        r->log = (struct fault_log) { .out = fopen(argv[4], "we"), .folder = argv[3] };
        return r->log.out != NULL;
    } else if (strcmp(what, "fail") == 0 && argc == 6) {
        r->kind = fault_kind(argv[3], &r->error);
        r->number = strtoull(argv[4], NULL, 10);
        for (int i = 0; i < 3; i++) {
            if (strcmp(argv[5], modes[i]) == 0)
                r->mode = (enum mode)i;
        }
    } else {
        return false;
    }
    return r->kind != 0;
}

int main(int argc, char **argv)
{
    static struct run r;
    int options = 1;

    while (options < argc && strcmp(argv[options], "--") != 0)
        options++;
    if (options < 4 || options + 1 >= argc || !set_mode(&r, options, argv))
        return usage();
    r.report = fopen(argv[1], "we");
    if (r.report == NULL)
        return 3;
    return start(&r, argv + options + 1);
}
