/* What is worth a first look among the sockets. */
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>

#include "base/escape.h"
#include "collector/network/net_sockets.h"

#define SUBJECT_MAX 1000

static const char *code_of(const struct net_place *place, const struct net_socket_row *row)
{
    const struct net_socket *s = row->socket;
    bool listens = s->state == TCP_LISTEN && (s->kind == NET_TCP || s->kind == NET_VSOCK);
    bool waits = s->state == TCP_CLOSE && s->local_port != 0 && (s->kind == NET_UDP || s->kind == NET_UDPLITE);
    if (s->kind == NET_PACKET)
        return "packet-socket";
    if (s->kind == NET_RAW)
        return "raw-socket";
    if ((listens || waits) && place != NULL && !place->ns.own)
        return "foreign-namespace-listener";
    if (listens && row->holders == NULL)
        return "listener-without-process";
    return NULL;
}

static void put_subject(struct buf *out, const struct net_socket_row *row)
{
    if (row->holders == NULL)
        buf_printf(out, "socket %llu", (unsigned long long)row->socket->inode);
    else
        buf_printf(out, "pid %d", row->holders->pid);
}

static void put_detail(struct buf *out, const struct net_socket_row *row)
{
    const struct net_socket *s = row->socket;
    if (row->holders != NULL) {
        const struct net_process *p = &row->scan->processes[row->holders->process];
        escape_terminal(out, p->name.data, p->name.len);
        buf_puts(out, " holds ");
    }
    buf_printf(out, "%s ", net_socket_kind(s->kind));
    net_socket_end(out, row, false);
    buf_printf(out, " in the network namespace %llu", (unsigned long long)row->netns);
    if ((s->known & NET_IS_FILTERED) != 0)
        buf_puts(out, ", with a filter");
}

struct observing {
    struct run *run;
    bool all_seen; /* no process kept its descriptors from us */
};

static int look(void *context, const struct net_place *place, const struct net_socket_row *row, struct hz_error *err)
{
    const struct observing *o = context;
    HZ_CLEANUP(buf_free) struct buf subject = BUF_INIT(SUBJECT_MAX);
    HZ_CLEANUP(buf_free) struct buf detail = BUF_INIT(SUBJECT_MAX);
    const char *code = code_of(place, row);
    if (code == NULL || (!o->all_seen && strcmp(code, "listener-without-process") == 0))
        return HZ_OK;
    put_subject(&subject, row);
    put_detail(&detail, row);
    if (buf_check(&subject, err) != HZ_OK || buf_text(&detail) == NULL)
        return buf_check(&detail, err);
    return observe(o->run, code, (struct w_bytes) { subject.data, subject.len }, (const char *)detail.data, err);
}

int net_sockets_observe(struct run *run, const struct net_view *v, struct hz_error *err)
{
    struct observing o = { run, v->scan.denied == 0 };
    return net_sockets_all(v, look, &o, err);
}
