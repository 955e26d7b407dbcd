/* What is free where the bundle is written. A file that claims to be larger than that (sparse, to fill the disk) must
 * not cost everything else that was taken. */
#ifndef HZ_COLLECTOR_ROOM_H
#define HZ_COLLECTOR_ROOM_H

#include <stdbool.h>
#include <stdint.h>

#define ROOM_RESERVE ((uint64_t)1 << 30) /* left free, or a sixteenth of what was free at first */

struct room {
    int fd; /* on the output's file system; the caller's; -1: there is none */
    uint64_t reserve;
};

void room_begin(struct room *room, int fd);
/* Bytes above the reserve; UINT64_MAX where the file system does not say. */
uint64_t room_left(const struct room *room);

#define ROOM_MEMORY ((uint64_t)16 << 20)            /* for what waits in memory, where there is no output directory */
#define ROOM_MEMORY_ENCRYPTED ((uint64_t)256 << 20) /* at most, where nothing may lie there in clear */
/* The same in bytes: an eighth of the host's memory within these two where the bundle is encrypted, else ROOM_MEMORY.
 */
uint64_t room_in_memory(bool encrypted);

#endif
