#include "collector/processes/mem_hold.h"

#include <elf.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>

#include "base/lang.h"
#include "collector/processes/proc_pids.h"

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

/* How many threads were new. */
static size_t seize_new(struct mem_hold *h)
{
    HZ_CLEANUP(proc_pids_free) struct proc_pids tids = { 0 };
    struct hz_error ignored;
    char path[32];
    size_t fresh = 0;
    snprintf(path, sizeof path, "%u/task", h->pid);
    if (proc_pids_list(&tids, h->proc, path, &ignored) != HZ_OK)
        return 0;
    for (size_t i = 0; i < tids.count && h->count < MEM_HOLD_THREADS; i++) {
        if (find(h, tids.list[i]) != NULL)
            continue;
        struct mem_thread *t = &h->threads[h->count++];
        *t = (struct mem_thread) { .tid = tids.list[i] };
        t->seized = ptrace(PTRACE_SEIZE, (pid_t)t->tid, NULL, NULL) == 0;
        if (!t->seized || ptrace(PTRACE_INTERRUPT, (pid_t)t->tid, NULL, NULL) != 0)
            t->sys_errno = errno;
        fresh++;
    }
    return fresh;
}

static void note_stop(struct mem_thread *t, int status)
{
    t->stopped = WIFSTOPPED(status);
    t->ended = !t->stopped;
    if (t->stopped && status >> 16 != PTRACE_EVENT_STOP)
        t->signal = WSTOPSIG(status);
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
            int status = 0;
            if (!t->seized || t->stopped || t->ended)
                continue;
            pid_t got = waitpid((pid_t)t->tid, &status, __WALL | WNOHANG);
            if (got == (pid_t)t->tid)
                note_stop(t, status);
            else if (got < 0)
                t->ended = true;
            else
                waiting = true;
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

/* What seized it must let go of it: all of ptrace is on this thread. Threads that had not stopped are let go of when
 * this one ends. */
static void *hold(void *context)
{
    struct mem_hold *h = context;
    h->begun = now();
    for (unsigned round = 0; round < ROUNDS && seize_new(h) > 0; round++)
        wait_for_all(h);
    for (size_t i = 0; i < h->count; i++)
        read_registers(&h->threads[i]);
    pthread_mutex_lock(&h->lock);
    h->stage = HELD;
    h->heard = now();
    pthread_cond_broadcast(&h->news);
    hold_on(h);
    let_go(h);
    h->ended = now();
    h->stage = RELEASED;
    pthread_mutex_unlock(&h->lock);
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

int mem_hold_begin(struct mem_hold **out, int proc, uint32_t pid, struct hz_error *err)
{
    struct mem_hold *h = calloc(1, sizeof *h);
    if (h == NULL || (h->threads = calloc(MEM_HOLD_THREADS, sizeof *h->threads)) == NULL) {
        free(h);
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    }
    h->proc = proc;
    h->pid = pid;
    init(h);
    if (pthread_create(&h->thread, NULL, hold, h) != 0) {
        mem_hold_free(h);
        return hz_error_set(err, HZ_E_NOMEM, _("no thread could be started"));
    }
    pthread_mutex_lock(&h->lock);
    while (h->stage == SEIZING)
        pthread_cond_wait(&h->news, &h->lock);
    pthread_mutex_unlock(&h->lock);
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
    bool complete = h->count > 0;
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
