/* Sockets from the text files of /proc/net (proc(5)), where sock_diag cannot tell. Less is in them. */
#ifndef HZ_COLLECTOR_NETWORK_NET_PROC_H
#define HZ_COLLECTOR_NETWORK_NET_PROC_H

#include "collector/network/net_socket.h"

/* Of the calling thread's network namespace; kind and family as net_diag_dump has them. root: descriptor of "/".
 * HZ_E_NOTFOUND: there is no such file. */
int net_proc_read(int root, unsigned kind, int family, struct net_sockets *out, struct hz_error *err);
/* A line without its LF as a socket; false: it does not follow its grammar. */
bool net_proc_line(unsigned kind, int family, const char *line, size_t len, struct net_socket *out);

#endif
