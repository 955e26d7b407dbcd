#include "collector/room.h"

#include <unistd.h>

#include "base/io_rw.h"

static uint64_t free_space(int fd)
{
    uint64_t space;
    struct hz_error ignored;
    if (fd < 0)
        return UINT64_MAX;
    return io_free_space(fd, &space, &ignored) == HZ_OK ? space : UINT64_MAX;
}

void room_begin(struct room *room, int fd)
{
    uint64_t part = free_space(fd) / 16;
    *room = (struct room) { .fd = fd, .reserve = part < ROOM_RESERVE ? part : ROOM_RESERVE };
}

uint64_t room_left(const struct room *room)
{
    uint64_t space = free_space(room->fd);
    if (space == UINT64_MAX)
        return space;
    return space > room->reserve ? space - room->reserve : 0;
}

uint64_t room_in_memory(bool encrypted)
{
    long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGESIZE);
    uint64_t part = encrypted && pages > 0 && size > 0 ? (uint64_t)pages * (uint64_t)size / 8 : 0;
    return part < ROOM_MEMORY ? ROOM_MEMORY : part > ROOM_MEMORY_ENCRYPTED ? ROOM_MEMORY_ENCRYPTED : part;
}
