#include "collector/network/net_room.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#include "base/lang.h"

#define WAIT_MS 5
#define WAIT_IN_ALL_MS 2000 /* of one namespace */

struct net_room {
    size_t bytes;
    atomic_size_t used;
    atomic_uint holders;
};

int net_room_new(struct net_room **out, size_t bytes, struct hz_error *err)
{
    struct net_room *room = calloc(1, sizeof *room);
    if (room == NULL)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    room->bytes = bytes;
    atomic_init(&room->holders, 1);
    *out = room;
    return HZ_OK;
}

struct net_room *net_room_hold(struct net_room *room)
{
    atomic_fetch_add(&room->holders, 1);
    return room;
}

void net_room_let_go(struct net_room *room)
{
    if (room != NULL && atomic_fetch_sub(&room->holders, 1) == 1)
        free(room);
}

static bool claim(struct net_room *room, size_t bytes, size_t most)
{
    size_t used = atomic_fetch_add(&room->used, bytes);
    if (used <= most && bytes <= most - used)
        return true;
    atomic_fetch_sub(&room->used, bytes);
    return false;
}

bool net_claim_take(struct net_claim *c, size_t bytes, size_t most)
{
    const struct timespec wait = { .tv_nsec = WAIT_MS * 1000000L };
    if (c->room == NULL)
        return true;
    most = most < c->room->bytes ? most : c->room->bytes;
    while (!claim(c->room, bytes, most)) {
        if (c->waited_ms >= WAIT_IN_ALL_MS || c->bytes > most / 2) /* others do not have much of it */
            return false;
        nanosleep(&wait, NULL);
        c->waited_ms += WAIT_MS;
    }
    c->bytes += bytes;
    return true;
}

void net_claim_give(struct net_claim *c, size_t bytes)
{
    if (c->room == NULL || bytes > c->bytes)
        return;
    atomic_fetch_sub(&c->room->used, bytes);
    c->bytes -= bytes;
}
