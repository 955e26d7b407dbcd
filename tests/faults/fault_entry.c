#include <elf.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/ptrace.h>
#include <unistd.h>

#include "fault.h"

static unsigned long long entry_of(pid_t tid)
{
    unsigned long long entry = 0;
    char name[64];
    Elf64_auxv_t a;

    snprintf(name, sizeof name, "/proc/%d/auxv", tid);
    int fd = open(name, O_RDONLY | O_CLOEXEC);
    while (fd >= 0 && read(fd, &a, sizeof a) == (ssize_t)sizeof a) {
        if (a.a_type == AT_ENTRY)
            entry = a.a_un.a_val;
    }
    if (fd >= 0)
        close(fd);
    return entry;
}

void fault_entry_watch(pid_t tid, unsigned long long *entry, unsigned long long *saved)
{
    *entry = entry_of(tid);
    *saved = (unsigned long long)ptrace(PTRACE_PEEKTEXT, tid, *entry, NULL);
    ptrace(PTRACE_POKETEXT, tid, *entry, (*saved & ~0xffULL) | 0xcc);
}

bool fault_entry_reached(pid_t tid, unsigned long long entry, unsigned long long saved)
{
    struct user_regs_struct regs;

    if (entry == 0 || ptrace(PTRACE_GETREGS, tid, NULL, &regs) != 0 || regs.rip != entry + 1)
        return false;
    ptrace(PTRACE_POKETEXT, tid, entry, saved);
    regs.rip = entry;
    ptrace(PTRACE_SETREGS, tid, NULL, &regs);
    return true;
}

struct mapped {
    unsigned long long from, to, offset;
    char path[256];
};

/* What of the process is program text of a file. */
static size_t read_maps(pid_t tid, struct mapped *maps, size_t most)
{
    char name[64], line[FAULT_TEXT], kind[8];
    size_t count = 0;

    snprintf(name, sizeof name, "/proc/%d/maps", tid);
    FILE *file = fopen(name, "re");
    if (file == NULL)
        return 0;
    while (count < most && fgets(line, sizeof line, file) != NULL) {
        struct mapped *m = &maps[count];
        count += sscanf(line, "%llx-%llx %7s %llx %*s %*s %255s", &m->from, &m->to, kind, &m->offset, m->path) == 5 &&
                 strchr(kind, 'x') != NULL;
    }
    fclose(file);
    return count;
}

static const struct mapped *find(const struct mapped *maps, size_t count, unsigned long long address)
{
    for (size_t i = 0; i < count; i++) {
        if (address >= maps[i].from && address < maps[i].to)
            return &maps[i];
    }
    return NULL;
}

/* The file that called into the C library, or for memory, as far as the stack tells. */
static const struct mapped *caller(pid_t tid, const struct mapped *maps, size_t count, unsigned long long stack)
{
    unsigned long long words[1024];
    size_t n = sizeof words / sizeof words[0];

    while (n > 0 && !fault_read(tid, stack, words, n * sizeof words[0]))
        n /= 2;
    for (size_t i = 0; i < n; i++) {
        const struct mapped *m = find(maps, count, words[i]);
        if (m != NULL && strstr(m->path, "/libc.so") == NULL && strstr(m->path, "/faultmem.so") == NULL)
            return m;
    }
    return NULL;
}

void fault_say_place(pid_t tid, FILE *report)
{
    static struct mapped maps[512];
    struct user_regs_struct regs;
    size_t count = read_maps(tid, maps, sizeof maps / sizeof maps[0]);

    if (ptrace(PTRACE_GETREGS, tid, NULL, &regs) != 0)
        return;
    const struct mapped *at = find(maps, count, regs.rip), *from = caller(tid, maps, count, regs.rsp);
    fprintf(report, "at %s+0x%llx from %s\n", at == NULL ? "" : at->path,
            at == NULL ? regs.rip : regs.rip - at->from + at->offset, from == NULL ? "" : from->path);
}

void fault_say_filtered(pid_t tid, FILE *report)
{
    struct user_regs_struct regs;
    unsigned long status = 0;

    if (ptrace(PTRACE_GETEVENTMSG, tid, NULL, &status) != 0 || (status & 0x7f) != SIGSYS ||
        ptrace(PTRACE_GETREGS, tid, NULL, &regs) != 0)
        return;
    fprintf(report, "at call:%lld\n", (long long)regs.orig_rax);
    fault_say_place(tid, report);
}
