#include "collector/network/net_view.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/lang.h"
#include "collector/network/net_diag.h"
#include "collector/network/net_observe.h"
#include "collector/observe.h"
#include "collector/servant.h"
#include "collector/stop.h"
#include "collector/take.h"

#define THREADS 2

struct looking {
    struct run *run;
    struct net_view *view;
    net_view_each *each;
    void *context;
    uint64_t observed; /* promiscuous interfaces */
};

static int note_absent(struct run *run, enum w_absent_status status, int sys_errno, const char *reason,
                       struct hz_error *err)
{
    const struct walk_absence row = { .status = status, .reason = reason, .sys_errno = sys_errno, .failure = true };
    return take_absence(run, &row, err);
}

/* count things of a namespace, beyond what is kept; nothing is said where there is none. */
static int note_dropped(struct run *run, const struct net_place *p, uint64_t count, const char *what,
                        struct hz_error *err)
{
    char reason[200];
    snprintf(reason, sizeof reason, "%llu %s of the network namespace %llu: %s", (unsigned long long)count, what,
             (unsigned long long)p->ns.inode, N_("more than are kept"));
    return count == 0 ? HZ_OK : note_absent(run, W_OVER_BUDGET, 0, reason, err);
}

static int note_all_dropped(struct run *run, const struct net_place *p, struct hz_error *err)
{
    static const char *const what[NET_LISTINGS] = {
        [NET_ADDRESSES] = "addresses",   [NET_CONNTRACK] = "tracked connections",
        [NET_INTERFACES] = "interfaces", [NET_NEIGHBOURS] = "neighbours",
        [NET_ROUTES] = "routes",         [NET_RULES] = "routing rules",
    };
    int rc = note_dropped(run, p, p->sockets.dropped, "sockets", err);
    for (unsigned i = 0; rc == HZ_OK && i < NET_LISTINGS; i++)
        rc = note_dropped(run, p, i == NET_CONNTRACK ? p->connections.dropped : p->rows[i].dropped, what[i], err);
    return rc == HZ_OK ? note_dropped(run, p, p->notes_dropped, "remarks", err) : rc;
}

static int note_lost(struct looking *l, size_t i, bool begun, struct hz_error *err)
{
    char reason[200];
    enum stop_reason stop = stop_now(l->run);
    bool stopped = !begun && stop != STOP_NONE;
    snprintf(reason, sizeof reason, "everything of the network namespace %llu: %s",
             (unsigned long long)l->view->spaces.list[i].inode,
             begun     ? N_("no answer within the command timeout")
             : stopped ? stop_text(stop)
                       : N_("too many others did not answer"));
    return note_absent(l->run, stopped ? stop_status(stop) : W_TIMEOUT, 0, reason, err);
}

/* What a look had to say: absent rows now, observations too. */
static int settle(struct looking *l, const struct net_place *p, struct hz_error *err)
{
    struct run *run = l->run;
    int rc = HZ_OK;
    for (size_t i = 0; rc == HZ_OK && i < p->note_count; i++) {
        const struct net_note *n = &p->notes[i];
        const struct walk_absence row = {
            .status = n->status, .reason = n->text, .sys_errno = n->sys_errno, .failure = !n->harmless
        };
        if (n->code == NULL)
            rc = take_absence(run, &row, err);
        else if (l->observed++ < NET_OBSERVE_MAX)
            rc = observe(run, n->code, (struct w_bytes) { n->subject.data, n->subject.len }, n->text, err);
    }
    return rc == HZ_OK ? note_all_dropped(run, p, err) : rc;
}

static int looked(void *context, size_t i, bool begun, bool lost, struct hz_error *err)
{
    struct looking *l = context;
    struct net_place *p = l->view->places[i];
    if (lost) {
        if (!begun)
            net_place_free(p);
        l->view->places[i] = NULL;
        return note_lost(l, i, begun, err);
    }
    if (p->ours.code != HZ_OK) {
        *err = p->ours;
        return p->ours.code;
    }
    int rc = settle(l, p, err);
    if (rc == HZ_OK)
        rc = l->each(l->context, l->view, p, err);
    if (rc == HZ_OK)
        rc = net_unlisted_note(l->view, p, err);
    net_place_lighten(p);
    return rc;
}

static int make_places(struct run *run, bool sockets_only, struct net_room *space, struct net_view *v,
                       struct hz_error *err)
{
    struct net_modules modules;
    bool ready[NET_KINDS];
    v->places = calloc(v->spaces.count, sizeof(struct net_place *));
    if (v->places == NULL)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    net_modules_read(run, &modules);
    net_diag_ready(&modules, ready);
    bool conntrack = net_modules_has(&modules, "nf_conntrack") && net_modules_has(&modules, "nf_conntrack_netlink");
    net_modules_free(&modules);
    int rc = HZ_OK;
    for (size_t i = 0; rc == HZ_OK && i < v->spaces.count; i++) {
        rc = net_place_new(&v->places[i], &v->spaces.list[i], run->root, space, err);
        if (rc != HZ_OK)
            break;
        v->places[i]->sockets_only = sockets_only;
        v->places[i]->sockets.expected = v->scan.sockets.count;
        v->places[i]->conntrack_ready = conntrack;
        memcpy(v->places[i]->ready, ready, sizeof ready);
    }
    return rc;
}

static int look(struct looking *l, struct hz_error *err)
{
    const struct servant_batch batch = { .work = net_place_look,
                                         .contexts = (void **)l->view->places,
                                         .count = l->view->spaces.count,
                                         .threads = THREADS,
                                         .done = looked,
                                         .done_context = l };
    return servant_batch(l->run, &batch, err);
}

/* What the pass and the list of namespaces leave out. */
static int note_bounds(struct run *run, const struct net_view *v, struct hz_error *err)
{
    const struct {
        uint64_t count;
        enum w_absent_status status;
        const char *what;
    } bounds[] = {
        { v->scan.denied, W_DENIED, N_("descriptors of processes that we may not see") },
        { v->scan.cut, W_OVER_BUDGET, N_("descriptors of processes that have more than are kept") },
        { v->spaces.dropped, W_OVER_BUDGET,
          N_("processes, mounts and descriptors that lead to more network namespaces than are looked at") }
    };
    int rc = HZ_OK;
    for (size_t i = 0; rc == HZ_OK && i < sizeof bounds / sizeof bounds[0]; i++) {
        char reason[150];
        snprintf(reason, sizeof reason, "%s: %llu", bounds[i].what, (unsigned long long)bounds[i].count);
        if (bounds[i].count > 0)
            rc = note_absent(run, bounds[i].status, 0, reason, err);
    }
    return rc;
}

static int note_observed(struct run *run, uint64_t count, struct hz_error *err)
{
    char detail[100];
    if (count <= NET_OBSERVE_MAX)
        return HZ_OK;
    snprintf(detail, sizeof detail, "%llu more of these: interfaces.jsonl has them",
             (unsigned long long)(count - NET_OBSERVE_MAX));
    return observe(run, "promiscuous-interface", (struct w_bytes) { "interfaces", 10 }, detail, err);
}

int net_view_take(struct run *run, bool sockets_only, net_view_each *each, void *context, struct net_view *out,
                  struct hz_error *err)
{
    struct net_view v = { .places = NULL };
    struct net_room *room = NULL;
    struct looking l = { run, &v, each, context, 0 };
    int rc = net_scan(run, &v.scan, err);
    if (rc == HZ_OK)
        rc = netns_from(run, &v.scan, &v.spaces, err);
    if (rc == HZ_OK)
        rc = net_room_new(&room, NET_ROOM_BYTES, err);
    if (rc == HZ_OK)
        rc = make_places(run, sockets_only, room, &v, err);
    net_room_let_go(room);
    if (rc == HZ_OK)
        rc = look(&l, err);
    if (rc == HZ_OK)
        rc = note_bounds(run, &v, err);
    if (rc == HZ_OK)
        rc = note_observed(run, l.observed, err);
    if (rc == HZ_OK)
        rc = net_unlisted_find(run, &v, err);
    if (rc != HZ_OK) {
        net_view_free(&v);
        return rc;
    }
    *out = v;
    return HZ_OK;
}

void net_view_free(struct net_view *v)
{
    for (size_t i = 0; v->places != NULL && i < v->spaces.count; i++)
        net_place_free(v->places[i]);
    free(v->places);
    free(v->listed.list);
    free(v->unlisted.list);
    netns_free(&v->spaces);
    net_scan_free(&v->scan);
    *v = (struct net_view) { .places = NULL };
}
