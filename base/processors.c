#include "base/processors.h"

#include <sched.h>

unsigned processors_upto(unsigned most)
{
    cpu_set_t set;
    unsigned n = sched_getaffinity(0, sizeof set, &set) == 0 ? (unsigned)CPU_COUNT(&set) : 1;
    return n < 1 ? 1 : n > most ? most : n;
}
