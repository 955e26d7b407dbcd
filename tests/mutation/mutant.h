/* Put before every source of a build for mutate.py: one of many mutants is chosen when the program starts. */
#ifndef MUTANT_H
#define MUTANT_H

#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>

int close(int); /* not all of unistd.h, whose names sources may use for themselves */

#define MUTANT_MAX 65536

/* MUTANT_NOW: the number of the one that is alive. MUTANT_REACHED: a file of MUTANT_MAX bytes; those that are reached
 * get a 1. */
__attribute__((weak)) int mutant_now = -1;
__attribute__((weak)) volatile unsigned char *mutant_reached;

__attribute__((constructor, unused)) static void mutant_begin(void)
{
    const char *now = getenv("MUTANT_NOW"), *path = getenv("MUTANT_REACHED");

    if (now != NULL && mutant_now < 0) {
        mutant_now = 0;
        for (; *now >= '0' && *now <= '9'; now++)
            mutant_now = mutant_now * 10 + (*now - '0');
    }
    if (path == NULL || mutant_reached != NULL)
        return;
    int fd = open(path, O_RDWR | O_CLOEXEC);
    void *at = fd < 0 ? MAP_FAILED : mmap(NULL, MUTANT_MAX, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (at != MAP_FAILED)
        mutant_reached = at;
    if (fd >= 0)
        close(fd);
}

__attribute__((unused)) static inline int mutant(int number)
{
    if (mutant_reached != NULL)
        mutant_reached[number] = 1;
    return mutant_now == number;
}

#endif
