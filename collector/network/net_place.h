/* A network namespace while it is looked at, on a servant's thread: everything that is found stays in it until the main
 * thread takes it over. */
#ifndef HZ_COLLECTOR_NETWORK_NET_PLACE_H
#define HZ_COLLECTOR_NETWORK_NET_PLACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "collector/network/net_conntrack.h"
#include "collector/network/net_room.h"
#include "collector/network/net_rows.h"
#include "collector/network/net_socket.h"
#include "collector/network/netlink.h"
#include "collector/network/netns.h"
#include "formats/write/record.h"

enum net_listing { NET_ADDRESSES, NET_CONNTRACK, NET_INTERFACES, NET_NEIGHBOURS, NET_ROUTES, NET_RULES };
#define NET_LISTINGS (NET_RULES + 1)

#define NET_NOTES 1024 /* of one namespace; the rest is left out */

struct net_note {     /* an absent row, or an observation */
    const char *code; /* of an observation; NULL: something is absent */
    enum w_absent_status status;
    int sys_errno;
    bool harmless; /* an absence that does not make the collection partial */
    char text[200];
    struct buf subject; /* of an observation */
};

struct net_interface {
    uint32_t index;
    char name[64]; /* raw, NUL-terminated */
};

struct net_interfaces {
    struct net_interface *list; /* owned */
    size_t count, room;
};

struct net_place {
    int root; /* descriptor of "/" */
    struct netns ns;
    bool sockets_only;
    bool ready[NET_KINDS], conntrack_ready;
    bool entered;
    uint64_t own_socket; /* inode of the one through which sockets are asked for; 0: none */
    struct net_interfaces interfaces;
    struct net_sockets sockets;
    struct net_connections connections;
    struct net_rows rows[NET_LISTINGS]; /* none of NET_CONNTRACK */
    struct net_claim claim;             /* of all these */
    struct net_note *notes;             /* owned */
    size_t note_count, note_room, notes_dropped;
    struct hz_error ours; /* our own shortage: the run must end */
};

/* room is held until it is freed. */
int net_place_new(struct net_place **out, const struct netns *ns, int root, struct net_room *room,
                  struct hz_error *err);
/* Everything was written: keeps what it was, and how many were dropped. */
void net_place_lighten(struct net_place *p);
void net_place_free(struct net_place *p); /* NULL is legal */
/* servant_work */
void net_place_look(void *place);

/* What follows is for the parts of a look. What could not be had, and why: "routes: permission denied". */
void net_place_absent(struct net_place *p, const char *what, const struct hz_error *why);
void net_place_torn(struct net_place *p, const char *what);
struct net_note *net_place_observe(struct net_place *p, const char *code); /* NULL: no room for more */
/* The name of an interface, NULL: unknown. */
const char *net_place_interface(const struct net_place *p, uint32_t index);
/* A dump of rtnetlink or nfnetlink into rows, which are emptied first; what fails becomes a note, but for our own
 * shortage. */
int net_place_dump(struct net_place *p, struct netlink *n, const struct netlink_dump *dump, const char *what,
                   struct hz_error *err);
/* rc: what came of asking for it. HZ_OK where the reason is the host's, and noted. */
int net_place_settle(struct net_place *p, int rc, const char *what, struct hz_error *err);

int net_link_take(struct net_place *p, struct netlink *route, struct hz_error *err);
int net_address_take(struct net_place *p, struct netlink *route, struct hz_error *err);
int net_route_take(struct net_place *p, struct netlink *route, struct hz_error *err);
int net_rule_take(struct net_place *p, struct netlink *route, struct hz_error *err);
int net_neighbour_take(struct net_place *p, struct netlink *route, struct hz_error *err);
int net_conntrack_take(struct net_place *p, struct hz_error *err);

#endif
