#include "collector/network/net_view.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/lang.h"
#include "collector/network/net_diag.h"
#include "collector/servant.h"
#include "collector/stop.h"
#include "collector/take.h"

#define THREADS 2

struct looking {
    struct run *run;
    struct net_view *view;
};

static int note_absent(struct run *run, enum w_absent_status status, int sys_errno, const char *reason,
                       struct hz_error *err)
{
    const struct walk_absence row = { .status = status, .reason = reason, .sys_errno = sys_errno, .failure = true };
    return take_absence(run, &row, err);
}

static int note_lost(struct looking *l, size_t i, bool begun, struct hz_error *err)
{
    char reason[200];
    enum stop_reason stop = stop_now(l->run);
    bool stopped = !begun && stop != STOP_NONE;
    snprintf(reason, sizeof reason, "everything of the network namespace %llu: %s",
             (unsigned long long)l->view->spaces.list[i].inode,
             begun     ? "no answer within the command timeout"
             : stopped ? stop_text(stop)
                       : "too many others did not answer");
    return note_absent(l->run, stopped ? stop_status(stop) : W_TIMEOUT, 0, reason, err);
}

/* What a look had to say: absent rows now, observations too. */
static int settle(struct run *run, const struct net_place *p, struct hz_error *err)
{
    char reason[200];
    int rc = HZ_OK;
    for (size_t i = 0; rc == HZ_OK && i < p->note_count; i++) {
        const struct net_note *n = &p->notes[i];
        if (n->code == NULL)
            rc = note_absent(run, n->status, n->sys_errno, n->text, err);
        else
            rc = observe(run, n->code, (struct w_bytes) { n->subject.data, n->subject.len }, n->text, err);
    }
    if (rc != HZ_OK || p->sockets.dropped == 0)
        return rc;
    snprintf(reason, sizeof reason, "%llu sockets of the network namespace %llu: more than are kept",
             (unsigned long long)p->sockets.dropped, (unsigned long long)p->ns.inode);
    return note_absent(run, W_OVER_BUDGET, 0, reason, err);
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
    return settle(l->run, p, err);
}

static int make_places(struct run *run, bool sockets_only, struct net_view *v, struct hz_error *err)
{
    struct net_modules modules;
    bool ready[NET_KINDS];
    v->places = calloc(v->spaces.count, sizeof(struct net_place *));
    if (v->places == NULL)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    net_modules_read(run->root, &modules);
    net_diag_ready(&modules, ready);
    bool conntrack = net_modules_has(&modules, "nf_conntrack") && net_modules_has(&modules, "nf_conntrack_netlink");
    net_modules_free(&modules);
    int rc = HZ_OK;
    for (size_t i = 0; rc == HZ_OK && i < v->spaces.count; i++) {
        rc = net_place_new(&v->places[i], &v->spaces.list[i], run->root, err);
        if (rc != HZ_OK)
            break;
        v->places[i]->sockets_only = sockets_only;
        v->places[i]->conntrack_ready = conntrack;
        memcpy(v->places[i]->ready, ready, sizeof ready);
    }
    return rc;
}

static int look(struct run *run, struct net_view *v, struct hz_error *err)
{
    struct looking l = { run, v };
    const struct servant_batch batch = { .work = net_place_look,
                                         .contexts = (void **)v->places,
                                         .count = v->spaces.count,
                                         .threads = THREADS,
                                         .done = looked,
                                         .done_context = &l };
    return servant_batch(run, &batch, err);
}

/* What the pass and the list of namespaces leave out. */
static int note_bounds(struct run *run, const struct net_view *v, struct hz_error *err)
{
    const struct {
        uint64_t count;
        enum w_absent_status status;
        const char *what;
    } bounds[] = { { v->scan.denied, W_DENIED, "descriptors of processes that we may not see" },
                   { v->scan.cut, W_OVER_BUDGET, "descriptors of processes that have more than are kept" },
                   { v->spaces.dropped, W_OVER_BUDGET, "more network namespaces than are looked at" } };
    int rc = HZ_OK;
    for (size_t i = 0; rc == HZ_OK && i < sizeof bounds / sizeof bounds[0]; i++) {
        char reason[100];
        snprintf(reason, sizeof reason, "%s: %llu", bounds[i].what, (unsigned long long)bounds[i].count);
        if (bounds[i].count > 0)
            rc = note_absent(run, bounds[i].status, 0, reason, err);
    }
    return rc;
}

int net_view_take(struct run *run, bool sockets_only, struct net_view *out, struct hz_error *err)
{
    struct net_view v = { .places = NULL };
    int rc = net_scan(run, &v.scan, err);
    if (rc == HZ_OK)
        rc = netns_from(run, &v.scan, &v.spaces, err);
    if (rc == HZ_OK)
        rc = make_places(run, sockets_only, &v, err);
    if (rc == HZ_OK)
        rc = look(run, &v, err);
    if (rc == HZ_OK)
        rc = note_bounds(run, &v, err);
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
    net_sockets_free(&v->unlisted);
    netns_free(&v->spaces);
    net_scan_free(&v->scan);
    *v = (struct net_view) { .places = NULL };
}
