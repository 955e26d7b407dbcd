#include <elf.h>
#include <fcntl.h>
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

void fault_place(pid_t tid, char text[FAULT_TEXT])
{
    struct user_regs_struct regs;
    char name[64], line[FAULT_TEXT], path[FAULT_TEXT];
    unsigned long long from, to, offset;

    text[0] = '\0';
    snprintf(name, sizeof name, "/proc/%d/maps", tid);
    FILE *maps = fopen(name, "re");
    if (maps == NULL)
        return;
    while (ptrace(PTRACE_GETREGS, tid, NULL, &regs) == 0 && fgets(line, sizeof line, maps) != NULL) {
        path[0] = '\0';
        if (sscanf(line, "%llx-%llx %*s %llx %*s %*s %4000s", &from, &to, &offset, path) >= 3 && regs.rip >= from &&
            regs.rip < to)
            snprintf(text, FAULT_TEXT, "%.4000s+0x%llx", path, regs.rip - from + offset);
    }
    fclose(maps);
}
