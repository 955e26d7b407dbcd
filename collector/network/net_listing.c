#include "collector/network/net_listing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/escape.h"
#include "base/json_out.h"
#include "base/lang.h"
#include "collector/network/net_text.h"
#include "formats/write/fields.h"

static const struct {
    const char *name, *schema;
} listings[NET_LISTINGS] = {
    [NET_ADDRESSES] = { "addresses", "hozen-addresses/1" },
    [NET_CONNTRACK] = { "conntrack", "hozen-conntrack/1" },
    [NET_INTERFACES] = { "interfaces", "hozen-interfaces/1" },
    [NET_NEIGHBOURS] = { "neighbours", "hozen-neighbours/1" },
    [NET_ROUTES] = { "routes", "hozen-routes/1" },
    [NET_RULES] = { "rules", "hozen-rules/1" },
};

const char *net_listing_name(size_t i)
{
    static const char *const names[] = {
        "addresses.jsonl",  "addresses.txt",  "conntrack.jsonl",  "conntrack.txt",
        "interfaces.jsonl", "interfaces.txt", "namespaces.jsonl", "namespaces.txt",
        "neighbours.jsonl", "neighbours.txt", "routes.jsonl",     "routes.txt",
        "rules.jsonl",      "rules.txt",      "sockets.jsonl",    "sockets.txt",
    };
    return i < sizeof names / sizeof names[0] ? names[i] : NULL;
}

int net_listing_open(struct products *p, const char *base, const char *method, struct product **json,
                     struct product **text, struct hz_error *err)
{
    char name[128];
    snprintf(name, sizeof name, "%s.jsonl", base);
    int rc = products_add(p, name, method, json, err);
    snprintf(name, sizeof name, "%s.txt", base);
    return rc == HZ_OK ? products_add(p, name, method, text, err) : rc;
}

int net_listing_first(struct product *json, const char *schema, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf line = BUF_INIT(1024);
    struct json_out j;
    json_init(&j, &line);
    json_object(&j);
    int rc = w_fields_salt(&j, err);
    json_member_string(&j, "schema", schema);
    rc = w_fields_end(&j, rc, err);
    return rc == HZ_OK ? product_put(json, line.data, line.len, err) : rc;
}

void net_listing_heading(struct buf *out, const struct netns *ns)
{
    buf_printf(out, "\n# network namespace %llu", (unsigned long long)ns->inode);
    if (ns->own)
        buf_puts(out, " (ours)");
    if (ns->path != NULL) {
        buf_putc(out, ' ');
        escape_terminal(out, ns->path, strlen(ns->path));
    }
    buf_putc(out, '\n');
}

int net_listings_open(struct net_listings *l, struct products *p, struct hz_error *err)
{
    int rc = HZ_OK;
    for (unsigned i = 0; rc == HZ_OK && i < NET_LISTINGS; i++) {
        rc = net_listing_open(p, listings[i].name, "netlink", &l->json[i], &l->text[i], err);
        if (rc == HZ_OK)
            rc = net_listing_first(l->json[i], listings[i].schema, err);
    }
    return rc;
}

static int put_row(const struct net_rows *rows, size_t i, struct product *json, struct product *text,
                   struct hz_error *err)
{
    size_t len;
    const unsigned char *bytes = net_row_json(rows, i, &len);
    int rc = product_put(json, bytes, len, err);
    bytes = net_row_text(rows, i, &len);
    return rc == HZ_OK ? product_put(text, bytes, len, err) : rc;
}

static int put_connections(const struct net_place *place, struct product *json, struct product *text,
                           struct hz_error *err)
{
    struct net_rows one;
    int rc = HZ_OK;
    net_rows_init(&one, NULL);
    for (size_t i = 0; rc == HZ_OK && i < place->connections.count; i++) {
        net_rows_empty(&one);
        rc = net_conntrack_row(&one, place->ns.inode, &place->connections.list[i], err);
        if (rc == HZ_OK)
            rc = put_row(&one, 0, json, text, err);
    }
    net_rows_free(&one);
    return rc;
}

static int put_rows(const struct net_place *place, unsigned which, struct product *json, struct product *text,
                    struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf heading = BUF_INIT((size_t)64 << 10);
    const struct net_rows *rows = &place->rows[which];
    const bool connections = which == NET_CONNTRACK;
    int rc = HZ_OK;
    if ((connections ? place->connections.dropped : rows->dropped) > 0) {
        product_limited(json);
        product_limited(text);
    }
    if ((connections ? place->connections.count : rows->count) == 0)
        return HZ_OK;
    net_listing_heading(&heading, &place->ns);
    rc = product_put(text, heading.data, heading.len, err);
    if (rc == HZ_OK && connections)
        rc = put_connections(place, json, text, err);
    for (size_t i = 0; rc == HZ_OK && i < rows->count; i++)
        rc = put_row(rows, i, json, text, err);
    return rc;
}

int net_listings_put(struct net_listings *l, const struct net_place *place, struct hz_error *err)
{
    int rc = HZ_OK;
    for (unsigned i = 0; rc == HZ_OK && i < NET_LISTINGS; i++)
        rc = put_rows(place, i, l->json[i], l->text[i], err);
    return rc;
}

static void put_namespace(struct json_out *j, const struct net_view *v, size_t i)
{
    const struct netns *ns = &v->spaces.list[i];
    const struct net_place *place = v->places[i];
    json_member_bool(j, "entered", place != NULL && place->entered);
    if (ns->holder != 0 && ns->holder_fd >= 0)
        json_member_int(j, "holder_fd", ns->holder_fd);
    if (ns->holder != 0)
        json_member_int(j, "holder_pid", ns->holder);
    if (ns->holder != 0 && ns->holder_fd < 0)
        json_member_int(j, "holder_thread", -ns->holder_fd);
    json_member_decimal(j, "inode", ns->inode);
    json_member_bool(j, "own", ns->own);
    if (ns->path != NULL)
        w_fields_bytes(j, "path", "path_b64", (struct w_bytes) { ns->path, strlen(ns->path) });
    if (ns->pid != 0)
        json_member_int(j, "pid", ns->pid);
    json_member_decimal(j, "processes", ns->processes);
}

static void put_namespace_text(struct buf *out, const struct netns *ns)
{
    buf_printf(out, "%-12llu %-4s %9llu %8d ", (unsigned long long)ns->inode, ns->own ? "yes" : "no",
               (unsigned long long)ns->processes, ns->pid);
    if (ns->path != NULL)
        escape_terminal(out, ns->path, strlen(ns->path));
    else if (ns->holder != 0)
        buf_printf(out, "process %d, %s %d", ns->holder, ns->holder_fd < 0 ? "thread" : "descriptor",
                   abs(ns->holder_fd));
    else
        buf_putc(out, '-');
    buf_putc(out, '\n');
}

int net_listing_namespaces(const struct net_view *v, struct products *p, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf line = BUF_INIT((size_t)1 << 20);
    struct product *json = NULL, *text = NULL;
    int rc = net_listing_open(p, "namespaces", "procfs", &json, &text, err);
    if (rc == HZ_OK)
        rc = net_listing_first(json, "hozen-namespaces/1", err);
    buf_puts(&line, "Inode        Own  Processes   Lowest Kept by\n");
    for (size_t i = 0; rc == HZ_OK && i < v->spaces.count; i++) {
        struct json_out j;
        put_namespace_text(&line, &v->spaces.list[i]);
        rc = buf_check(&line, err);
        if (rc == HZ_OK)
            rc = product_put(text, line.data, line.len, err);
        buf_reset(&line);
        json_init(&j, &line);
        json_object(&j);
        put_namespace(&j, v, i);
        rc = w_fields_end(&j, rc, err);
        if (rc == HZ_OK)
            rc = product_put(json, line.data, line.len, err);
        buf_reset(&line);
    }
    return rc;
}
