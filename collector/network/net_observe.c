/* What is worth a first look among the sockets. */
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>

#include "base/escape.h"
#include "collector/network/net_observe.h"
#include "collector/network/net_sockets.h"
#include "collector/observe.h"
#include "collector/stop.h"

#define SUBJECT_MAX 1000

enum { FOREIGN, LONELY, PACKET, RAW, NOTHING };

static const char *const codes[NET_OBSERVE_CODES] = { "foreign-namespace-listener", "listener-without-process",
                                                      "packet-socket", "raw-socket" };

static unsigned code_of(const struct net_place *place, const struct net_socket_row *row)
{
    const struct net_socket *s = row->socket;
    bool listens = s->state == TCP_LISTEN && (s->kind == NET_TCP || s->kind == NET_VSOCK);
    bool waits = s->state == TCP_CLOSE && s->local_port != 0 && (s->kind == NET_UDP || s->kind == NET_UDPLITE);
    if (s->kind == NET_PACKET)
        return PACKET;
    if (s->kind == NET_RAW)
        return RAW;
    if ((listens || waits) && !place->ns.own)
        return FOREIGN;
    return listens && row->holders == NULL ? LONELY : NOTHING;
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
    struct net_observing *o;
    bool all_seen; /* no process kept its descriptors from us */
};

/* Nobody can be told to hold nothing by who does not see everybody: /proc may be mounted so that it hides processes. */
static bool sees_all(const struct net_scan *scan)
{
    return scan->denied == 0 && scan->cut == 0 && scan->lost == 0 && scan->count > 0 && scan->processes[0].pid == 1;
}

static int keep_lonely(struct net_observing *o, const struct net_socket_row *row, struct hz_error *err)
{
    if (o->lonely_count == NET_OBSERVE_MAX) {
        o->count[LONELY]++;
        return HZ_OK;
    }
    struct net_lonely *l = &o->lonely[o->lonely_count++];
    *l = (struct net_lonely) { .inode = row->socket->inode, .detail = BUF_INIT(SUBJECT_MAX) };
    put_detail(&l->detail, row);
    return buf_text(&l->detail) == NULL ? buf_check(&l->detail, err) : HZ_OK;
}

static int look(void *context, const struct net_place *place, const struct net_socket_row *row, struct hz_error *err)
{
    const struct observing *x = context;
    HZ_CLEANUP(buf_free) struct buf subject = BUF_INIT(SUBJECT_MAX);
    HZ_CLEANUP(buf_free) struct buf detail = BUF_INIT(SUBJECT_MAX);
    unsigned code = code_of(place, row);
    if (code == LONELY)
        return x->all_seen ? keep_lonely(x->o, row, err) : HZ_OK;
    if (code == NOTHING || x->o->count[code]++ >= NET_OBSERVE_MAX)
        return HZ_OK;
    put_subject(&subject, row);
    put_detail(&detail, row);
    if (buf_check(&subject, err) != HZ_OK || buf_text(&detail) == NULL)
        return buf_check(&detail, err);
    return observe(x->run, codes[code], (struct w_bytes) { subject.data, subject.len }, (const char *)detail.data, err);
}

int net_observe_place(struct run *run, struct net_observing *o, const struct net_scan *scan, const struct net_place *p,
                      struct hz_error *err)
{
    struct observing x = { run, o, sees_all(scan) };
    return net_sockets_all(scan, p, look, &x, err);
}

static int tell_lonely(struct run *run, const struct net_observing *o, const struct net_scan *now, struct hz_error *err)
{
    int rc = HZ_OK;
    for (size_t i = 0; rc == HZ_OK && i < o->lonely_count; i++) {
        const struct net_lonely *l = &o->lonely[i];
        const struct net_held *end;
        char subject[40];
        if (net_scan_holders(now, l->inode, &end) != NULL)
            continue;
        snprintf(subject, sizeof subject, "socket %llu", (unsigned long long)l->inode);
        rc = observe(run, codes[LONELY], (struct w_bytes) { subject, strlen(subject) }, (const char *)l->detail.data,
                     err);
    }
    return rc;
}

static int look_again(struct run *run, const struct net_observing *o, struct hz_error *err)
{
    struct net_scan now = { 0 };
    if (o->lonely_count == 0 || stop_now(run) != STOP_NONE)
        return HZ_OK;
    int rc = net_scan(run, &now, err);
    if (rc == HZ_OK && sees_all(&now))
        rc = tell_lonely(run, o, &now, err);
    net_scan_free(&now);
    return rc;
}

int net_observe_end(struct run *run, struct net_observing *o, struct hz_error *err)
{
    static const struct w_bytes all = { "sockets", 7 };
    int rc = look_again(run, o, err);
    for (unsigned i = 0; rc == HZ_OK && i < NET_OBSERVE_CODES; i++) {
        char detail[100];
        uint64_t more = i == LONELY ? o->count[i] : o->count[i] > NET_OBSERVE_MAX ? o->count[i] - NET_OBSERVE_MAX : 0;
        snprintf(detail, sizeof detail, "%llu more of these: sockets.jsonl has them", (unsigned long long)more);
        if (more > 0)
            rc = observe(run, codes[i], all, detail, err);
    }
    return rc;
}

void net_observe_free(struct net_observing *o)
{
    for (size_t i = 0; i < o->lonely_count; i++)
        buf_free(&o->lonely[i].detail);
    o->lonely_count = 0;
}
