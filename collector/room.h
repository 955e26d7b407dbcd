/* What is free where the bundle is written. A file that claims to be larger than that (sparse, to fill the disk) must
 * not cost everything else that was taken. */
#ifndef HZ_COLLECTOR_ROOM_H
#define HZ_COLLECTOR_ROOM_H

#include <stdint.h>

#define ROOM_RESERVE ((uint64_t)1 << 30) /* left free, or a sixteenth of what was free at first */

struct room {
    int fd; /* on the output's file system; the caller's; -1: there is none */
    uint64_t reserve;
};

void room_begin(struct room *room, int fd);
/* Bytes above the reserve; UINT64_MAX where the file system does not say. */
uint64_t room_left(const struct room *room);

#endif
