/* A process that stands still while it is looked at: PTRACE_SEIZE and PTRACE_INTERRUPT (ptrace(2)) on all its threads,
 * which sends no signal that its parent could see. A thread of our own holds it, and lets go when it is told to, when
 * nothing was heard for MEM_HOLD_SILENCE seconds, or when it ends for any reason: then the kernel lets go, and delivers
 * what was about to be delivered. */
#ifndef HZ_COLLECTOR_MEM_HOLD_H
#define HZ_COLLECTOR_MEM_HOLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "collector/run.h"

#define MEM_HOLD_SILENCE 10 /* seconds */
#define MEM_HOLD_WAIT 2     /* seconds until the threads have stopped */
#define MEM_HOLD_THREADS 4096

struct mem_registers {
    const char *set;  /* "prstatus", "fpregset", "xstate"; static */
    struct buf bytes; /* as PTRACE_GETREGSET gives them */
};
#define MEM_REGISTER_SETS 3

struct mem_thread {
    uint32_t tid;
    bool seized, stopped, ended;
    int signal;    /* that was about to be delivered; it is, on letting go */
    int sys_errno; /* why it was not seized */
    struct mem_registers registers[MEM_REGISTER_SETS];
};

struct mem_hold;

/* proc: procfs, which must stay open. Returns when all threads have stopped or the time for it is over. HZ_E_TIMEOUT:
 * the kernel did not answer (a process that is in the middle of execve(2) cannot be traced before that is done) and a
 * thread is left behind that needs proc still; should it get hold of the process, it lets go at once. HZ_E_IO: there is
 * no room for the thread that holds it. */
int mem_hold_begin(struct mem_hold **out, struct run *run, int proc, uint32_t pid, struct hz_error *err);
/* Still at it: call at least every few seconds. false: it was let go meanwhile. */
bool mem_hold_alive(struct mem_hold *h);
/* Lets go and waits until that is done. *seconds: how long it was held. */
void mem_hold_end(struct mem_hold *h, double *seconds);
/* After mem_hold_begin. Belongs to h. */
const struct mem_thread *mem_hold_threads(const struct mem_hold *h, size_t *count);
/* Are all its threads stopped, and are there no others? */
bool mem_hold_complete(const struct mem_hold *h);
void mem_hold_free(struct mem_hold *h); /* after mem_hold_end; NULL is legal */

#endif
