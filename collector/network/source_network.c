/* network: sockets, interfaces, routes, neighbours of every network namespace (formats/spec/sources/network.md). */
#include <stdlib.h>

#include "base/buf.h"
#include "base/lang.h"
#include "collector/action.h"
#include "collector/network/net_listing.h"
#include "collector/network/net_observe.h"
#include "collector/network/net_sockets.h"
#include "collector/network/net_tools.h"
#include "collector/plan.h"
#include "collector/products.h"
#include "collector/source.h"
#include "collector/stop.h"
#include "collector/take.h"

static bool wanted(const struct collect_options *options, size_t deferred)
{
    (void)deferred;
    return options_chosen(options, "network");
}

/* What decides how names are looked up and how interfaces are set up, and the kernel's own words. */
static const char *const host_files[] = {
    "/etc/gai.conf",      "/etc/host.conf",     "/etc/hosts",           "/etc/hosts.allow",
    "/etc/hosts.deny",    "/etc/netplan",       "/etc/network",         "/etc/networks",
    "/etc/nsswitch.conf", "/etc/resolv.conf",   "/etc/systemd/network", "/etc/systemd/resolved.conf",
    "/proc/net/arp",      "/proc/net/dev",      "/proc/net/dev_mcast",  "/proc/net/if_inet6",
    "/proc/net/igmp",     "/proc/net/igmp6",    "/proc/net/ipv6_route", "/proc/net/netlink",
    "/proc/net/netstat",  "/proc/net/packet",   "/proc/net/protocols",  "/proc/net/ptype",
    "/proc/net/raw",      "/proc/net/raw6",     "/proc/net/route",      "/proc/net/snmp",
    "/proc/net/snmp6",    "/proc/net/sockstat", "/proc/net/sockstat6",  "/proc/net/tcp",
    "/proc/net/tcp6",     "/proc/net/udp",      "/proc/net/udp6",       "/proc/net/unix",
    "/var/lib/dhcp",
};

static int plan(const struct collect_options *options, int root, struct tree_node *tree, struct hz_error *err)
{
    (void)options;
    int rc = HZ_OK;
    for (size_t i = 0; rc == HZ_OK && i < sizeof host_files / sizeof host_files[0]; i++)
        rc = plan_add(tree, root, host_files[i], false, err);
    return rc;
}

static bool makes(const struct collect_options *options, size_t i, struct buf *out)
{
    (void)options;
    const char *name = net_listing_name(i);
    return name != NULL && buf_puts(out, name) == HZ_OK;
}

struct looking { /* what is made of each namespace */
    struct run *run;
    struct products *products;
    bool open;
    struct net_sockets_file sockets;
    struct net_listings listings;
    struct net_observing observing;
};

/* Not before something was seen: without /proc there are no listings. */
static int open_files(struct looking *l, struct hz_error *err)
{
    if (l->open)
        return HZ_OK;
    l->open = true;
    int rc = net_sockets_open(&l->sockets, l->products, "sockets", &l->run->live, err);
    return rc == HZ_OK ? net_listings_open(&l->listings, l->products, err) : rc;
}

static int put_place(void *context, const struct net_view *v, const struct net_place *p, struct hz_error *err)
{
    struct looking *l = context;
    int rc = open_files(l, err);
    if (rc == HZ_OK)
        rc = net_sockets_put(&l->sockets, &v->scan, p, err);
    if (rc == HZ_OK)
        rc = net_listings_put(&l->listings, p, err);
    return rc == HZ_OK ? net_observe_place(l->run, &l->observing, &v->scan, p, err) : rc;
}

static int note_action(struct run *run, struct w_action *action, const struct net_view *v, struct hz_error *err)
{
    uint64_t sockets = v->sockets + v->unlisted.count;
    HZ_CLEANUP(buf_free) struct buf detail = BUF_INIT(200);
    buf_printf(&detail, "%llu sockets, %zu network namespaces, %zu processes", (unsigned long long)sockets,
               v->spaces.count, v->scan.count);
    action->count = sockets;
    action->detail = buf_text(&detail);
    return action_end(action, run->bundle, err);
}

static int look(struct looking *l, struct hz_error *err)
{
    struct net_view v = { .places = NULL };
    struct w_action action;
    action_begin(&action, "network", l->run->source, NULL);
    int rc = net_view_take(l->run, false, put_place, l, &v, err);
    if (rc == HZ_OK)
        rc = open_files(l, err);
    if (rc == HZ_OK)
        rc = note_action(l->run, &action, &v, err);
    if (rc == HZ_OK)
        rc = net_sockets_end(&l->sockets, &v, err);
    if (rc == HZ_OK)
        rc = net_listing_namespaces(&v, l->products, err);
    if (rc == HZ_OK)
        rc = net_observe_end(l->run, &l->observing, err);
    net_view_free(&v);
    return rc;
}

/* Without /proc there is nothing of ours; the rest of the source is tried all the same. */
static int settle(struct run *run, int rc, struct hz_error *err)
{
    if (rc != HZ_E_NOTFOUND && rc != HZ_E_UNSUPPORTED)
        return rc;
    const struct walk_absence row = { .status = W_UNAVAILABLE,
                                      .reason = N_("sockets and interfaces: /proc is not there, or has no namespaces"),
                                      .sys_errno = err->sys_errno,
                                      .failure = true };
    return take_absence(run, &row, err);
}

static int take(struct run *run, const struct tree_node *tree, struct hz_error *err)
{
    struct products *p = NULL;
    struct looking *l = calloc(1, sizeof *l);
    if (l == NULL)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    l->run = run;
    int rc = products_open(&p, run, err);
    l->products = p;
    if (rc == HZ_OK && stop_now(run) == STOP_NONE)
        rc = settle(run, look(l, err), err);
    if (rc == HZ_OK)
        rc = net_tools_take(run, err);
    if (rc == HZ_OK)
        rc = products_write(p, tree, err);
    products_free(p);
    net_observe_free(&l->observing);
    net_sockets_close(&l->sockets);
    free(l);
    return rc;
}

const struct source source_network = {
    .name = "network", .wanted = wanted, .plan = plan, .makes = makes, .take = take, .live = true
};
