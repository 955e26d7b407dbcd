/* Processors that this process may run on. */
#ifndef HZ_BASE_PROCESSORS_H
#define HZ_BASE_PROCESSORS_H

/* Their number (sched_getaffinity(2)), from 1 to most. */
unsigned processors_upto(unsigned most);

#endif
