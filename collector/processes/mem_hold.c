#include "collector/processes/mem_hold.h"

#include <elf.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>

#include "base/io_proc.h"
#include "base/lang.h"
#include "base/thread.h"
#include "collector/processes/proc_pids.h"
#include "collector/processes/proc_stat.h"
#include "collector/stop.h"

#define STOPPING_LIMIT 5             /* seconds, once the collection is to end */
#define LOOK_AGAIN_NS 50000000       /* between two looks for signals and the time */
#define ROUNDS 20                    /* looks for threads that were made meanwhile */
#define PAUSE_NS 1000000             /* between two looks whether a thread has stopped */
#define REGISTERS ((size_t)64 << 10) /* of one set */
#ifndef NT_X86_XSTATE
#define NT_X86_XSTATE 0x202
#endif

enum stage { SEIZING, HELD, RELEASED };

struct mem_hold {
    int proc;
    uint32_t pid;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t news;
    enum stage stage;
    bool release; /* asked for */
    struct timespec heard, begun, ended;
    struct mem_thread *threads; /* owned */
    size_t count;
    bool whole; /* the last look for threads found none that was new */
    bool lost;  /* nobody waits for it any more: it belongs to its thread */
};

static struct timespec now(void)
{
    struct timespec t = { 0, 0 };
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t;
}

static double since(struct timespec from, struct timespec to)
{
    return (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9;
}

static struct mem_thread *find(struct mem_hold *h, uint32_t tid)
{
    for (size_t i = 0; i < h->count; i++) {
        if (h->threads[i].tid == tid)
            return &h->threads[i];
    }
    return NULL;
}

/* A thread that has ended, but is not forgotten: nothing can hold it, and nothing of it runs. */
static bool has_ended(const struct mem_hold *h, uint32_t tid)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT((size_t)16 << 10);
    struct hz_error why = { .sys_errno = 0 };
    struct proc_stat s;
    char path[48];
    snprintf(path, sizeof path, "%u/task/%u/stat", h->pid, tid);
    if (io_proc_read(h->proc, path, text.limit, &text, NULL, &why) != HZ_OK)
        return why.sys_errno == ENOENT || why.sys_errno == ESRCH;
    return proc_stat_parse(text.data, text.len, &s) == HZ_OK && (s.state == 'Z' || s.state == 'X');
}

static void seize(struct mem_hold *h, struct mem_thread *t)
{
    t->seized = ptrace(PTRACE_SEIZE, (pid_t)t->tid, NULL, NULL) == 0;
    if (t->seized && ptrace(PTRACE_INTERRUPT, (pid_t)t->tid, NULL, NULL) == 0)
        return;
    t->sys_errno = errno;
    t->ended = !t->seized && has_ended(h, t->tid);
}

/* Those that were not known yet. false: there are none. */
static bool seize_new(struct mem_hold *h)
{
    HZ_CLEANUP(proc_pids_free) struct proc_pids tids = { 0 };
    struct hz_error ignored;
    char path[32];
    bool fresh = false;
    snprintf(path, sizeof path, "%u/task", h->pid);
    h->whole = proc_pids_list(&tids, h->proc, path, &ignored) == HZ_OK;
    for (size_t i = 0; h->whole && i < tids.count; i++) {
        if (find(h, tids.list[i]) != NULL)
            continue;
        fresh = true;
        h->whole = h->count < MEM_HOLD_THREADS;
        if (!h->whole)
            return false;
        h->threads[h->count] = (struct mem_thread) { .tid = tids.list[i] };
        seize(h, &h->threads[h->count++]);
    }
    return fresh;
}

/* What it stopped for is left to the kernel (WNOWAIT): should we be killed now, a signal is delivered all the same. */
static bool look_at(struct mem_thread *t)
{
    const int what = WEXITED | WSTOPPED | __WALL | WNOHANG;
    siginfo_t info = { .si_pid = 0 };
    if (waitid(P_PID, t->tid, &info, what | WNOWAIT) != 0) {
        t->ended = true;
        return true;
    }
    if (info.si_pid == 0)
        return false;
    t->stopped = info.si_code == CLD_TRAPPED || info.si_code == CLD_STOPPED;
    t->ended = !t->stopped;
    if (t->ended)
        (void)waitid(P_PID, t->tid, &info, what);
    else if (info.si_status >> 8 != PTRACE_EVENT_STOP)
        t->signal = info.si_status & 0xff;
    return true;
}

/* Until all that were seized have stopped, or the time is over. */
static void wait_for_all(struct mem_hold *h)
{
    const struct timespec pause = { 0, PAUSE_NS };
    bool waiting = true;
    while (waiting && since(h->begun, now()) < MEM_HOLD_WAIT) {
        waiting = false;
        for (size_t i = 0; i < h->count; i++) {
            struct mem_thread *t = &h->threads[i];
            if (t->seized && !t->stopped && !t->ended)
                waiting |= !look_at(t);
        }
        if (waiting)
            nanosleep(&pause, NULL);
    }
}

static void read_registers(struct mem_thread *t)
{
    static const struct {
        const char *name;
        uintptr_t type;
    } sets[MEM_REGISTER_SETS] = { { "prstatus", NT_PRSTATUS },
                                  { "fpregset", NT_PRFPREG },
                                  { "xstate", NT_X86_XSTATE } };
    for (size_t i = 0; t->stopped && i < MEM_REGISTER_SETS; i++) {
        struct buf *bytes = &t->registers[i].bytes;
        buf_init(bytes, REGISTERS);
        t->registers[i].set = sets[i].name;
        struct iovec room = { buf_grow(bytes, REGISTERS), REGISTERS };
        if (room.iov_base == NULL || ptrace(PTRACE_GETREGSET, (pid_t)t->tid, (void *)sets[i].type, &room) != 0)
            buf_reset(bytes);
        else
            bytes->len = room.iov_len;
    }
}

static void let_go(struct mem_hold *h)
{
    for (size_t i = 0; i < h->count; i++) {
        struct mem_thread *t = &h->threads[i];
        if (t->stopped)
            ptrace(PTRACE_DETACH, (pid_t)t->tid, NULL, (void *)(uintptr_t)t->signal);
    }
}

/* With the lock held. */
static void hold_on(struct mem_hold *h)
{
    while (!h->release && since(h->heard, now()) < MEM_HOLD_SILENCE) {
        struct timespec until = now();
        until.tv_sec++;
        pthread_cond_timedwait(&h->news, &h->lock, &until);
    }
}

static void seize_all(struct mem_hold *h)
{
    bool fresh = true;
    h->begun = now();
    for (unsigned round = 0; round < ROUNDS && fresh; round++) {
        fresh = seize_new(h);
        wait_for_all(h);
    }
    h->whole = h->whole && !fresh;
    for (size_t i = 0; i < h->count; i++)
        read_registers(&h->threads[i]);
}

/* What seized it must let go of it: all of ptrace is on this thread. Threads that had not stopped are let go of when
 * this one ends. */
static void *hold(void *context)
{
    struct mem_hold *h = context;
    seize_all(h);
    pthread_mutex_lock(&h->lock);
    h->stage = HELD;
    h->heard = now();
    pthread_cond_broadcast(&h->news);
    hold_on(h);
    let_go(h);
    h->ended = now();
    h->stage = RELEASED;
    bool lost = h->lost;
    pthread_mutex_unlock(&h->lock);
    if (lost)
        mem_hold_free(h);
    return NULL;
}

static void init(struct mem_hold *h)
{
    pthread_condattr_t steady;
    pthread_condattr_init(&steady);
    pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
    pthread_mutex_init(&h->lock, NULL);
    pthread_cond_init(&h->news, &steady);
    pthread_condattr_destroy(&steady);
}

/* With the lock held. false: it takes too long. */
static bool wait_until_held(struct mem_hold *h, struct run *run)
{
    struct timespec begun = now();
    while (h->stage == SEIZING) {
        double limit = (double)run->options->command_timeout_ns / 1e9;
        struct timespec until = now();
        if (stop_now(run) != STOP_NONE && (limit <= 0 || limit > STOPPING_LIMIT))
            limit = STOPPING_LIMIT;
        if (limit > 0 && since(begun, until) > limit)
            return false;
        until.tv_nsec += LOOK_AGAIN_NS;
        until.tv_sec += until.tv_nsec / 1000000000;
        until.tv_nsec %= 1000000000;
        pthread_cond_timedwait(&h->news, &h->lock, &until);
    }
    return true;
}

int mem_hold_begin(struct mem_hold **out, struct run *run, int proc, uint32_t pid, struct hz_error *err)
{
    struct mem_hold *h = calloc(1, sizeof *h);
    if (h == NULL || (h->threads = calloc(MEM_HOLD_THREADS, sizeof *h->threads)) == NULL) {
        free(h);
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    }
    h->proc = proc;
    h->pid = pid;
    init(h);
    int failed = thread_start(&h->thread, hold, h, true);
    if (failed != 0) {
        mem_hold_free(h);
        return hz_error_sys(err, HZ_E_IO, failed, "%s",
                            _("cannot start a thread (has this host reached its limit of tasks?)"));
    }
    pthread_mutex_lock(&h->lock);
    h->lost = h->release = !wait_until_held(h, run);
    if (h->lost)
        pthread_detach(h->thread);
    bool lost = h->lost;
    pthread_mutex_unlock(&h->lock);
    if (lost)
        return hz_error_set(err, HZ_E_TIMEOUT, _("no answer within the command timeout"));
    *out = h;
    return HZ_OK;
}

bool mem_hold_alive(struct mem_hold *h)
{
    pthread_mutex_lock(&h->lock);
    h->heard = now();
    bool held = h->stage == HELD;
    pthread_mutex_unlock(&h->lock);
    return held;
}

void mem_hold_end(struct mem_hold *h, double *seconds)
{
    pthread_mutex_lock(&h->lock);
    h->release = true;
    pthread_cond_broadcast(&h->news);
    pthread_mutex_unlock(&h->lock);
    pthread_join(h->thread, NULL);
    *seconds = since(h->begun, h->ended);
}

const struct mem_thread *mem_hold_threads(const struct mem_hold *h, size_t *count)
{
    *count = h->count;
    return h->threads;
}

bool mem_hold_complete(const struct mem_hold *h)
{
    bool complete = h->count > 0 && h->whole;
    for (size_t i = 0; i < h->count; i++)
        complete &= h->threads[i].stopped || h->threads[i].ended;
    return complete;
}

void mem_hold_free(struct mem_hold *h)
{
    if (h == NULL)
        return;
    for (size_t i = 0; i < h->count; i++) {
        for (size_t k = 0; k < MEM_REGISTER_SETS; k++)
            buf_free(&h->threads[i].registers[k].bytes);
    }
    pthread_cond_destroy(&h->news);
    pthread_mutex_destroy(&h->lock);
    free(h->threads);
    free(h);
}
