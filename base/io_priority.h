/* Giving way to other programs of the machine. */
#ifndef HZ_BASE_IO_PRIORITY_H
#define HZ_BASE_IO_PRIORITY_H

/* The calling thread and those it starts later: nice 10 (setpriority(2)), lowest best-effort I/O priority
 * (ioprio_set(2)). Where the kernel refuses, things stay as they are. */
void io_priority_lower(void);
/* The calling thread alone: it gives way to other threads of this program that others wait for. */
void io_priority_yield(void);

#endif
