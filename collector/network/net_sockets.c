#include "collector/network/net_sockets.h"

#include <stdio.h>
#include <string.h>

#include "base/json_out.h"
#include "base/lang.h"
#include "collector/network/net_listing.h"
#include "formats/write/fields.h"

#define LINE_MAX ((size_t)16 << 20) /* a socket that very many descriptors lead to */
#define TEXT_MAX 300                /* of what stands for a socket that came or went */

struct writing {
    struct product *json, *text;
    struct buf line;
    struct keys *seen;
    bool whole;     /* every namespace answered: what no list has is in none */
    uint64_t netns; /* whose heading stands already */
    bool begun;
};

int net_sockets_all(const struct net_view *v, net_sockets_each *each, void *context, struct hz_error *err)
{
    int rc = HZ_OK;
    for (size_t i = 0; i <= v->spaces.count; i++) {
        const struct net_place *p = i < v->spaces.count ? v->places[i] : NULL;
        if (p == NULL && i < v->spaces.count)
            continue;
        const struct net_sockets *all = p == NULL ? &v->unlisted : &p->sockets;
        for (size_t k = 0; rc == HZ_OK && k < all->count; k++) {
            struct net_socket_row row = { .socket = &all->list[k],
                                          .netns = p == NULL ? 0 : p->ns.inode,
                                          .interface =
                                              p == NULL ? NULL : net_place_interface(p, all->list[k].interface),
                                          .scan = &v->scan };
            row.holders = net_scan_holders(&v->scan, row.socket->inode, &row.holders_end);
            rc = each(context, p, &row, err);
        }
    }
    return rc;
}

static int put(struct product *f, struct buf *line, struct hz_error *err)
{
    int rc = buf_check(line, err);
    if (rc == HZ_OK)
        rc = product_put(f, line->data, line->len, err);
    buf_reset(line);
    return rc;
}

static int put_heading(struct writing *w, const struct net_place *p, struct hz_error *err)
{
    uint64_t netns = p == NULL ? 0 : p->ns.inode;
    if (w->begun && w->netns == netns)
        return HZ_OK;
    w->begun = true;
    w->netns = netns;
    if (p != NULL)
        net_listing_heading(&w->line, &p->ns);
    else
        buf_puts(&w->line, "\n# in no list of the kernel\n");
    net_socket_heading(&w->line);
    return put(w->text, &w->line, err);
}

/* The line of text stands for the socket, but for one that has very many owners. */
static int note_key(struct writing *w, const struct net_socket_row *row, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf key = BUF_INIT(1024);
    HZ_CLEANUP(buf_free) struct buf shorter = BUF_INIT(1024);
    struct w_bytes text = { w->line.data, w->line.len - 1 };
    if (text.len > TEXT_MAX) {
        buf_puts(&shorter, net_socket_kind(row->socket->kind));
        buf_putc(&shorter, ' ');
        net_socket_end(&shorter, row, false);
        buf_putc(&shorter, ' ');
        net_socket_end(&shorter, row, true);
        text = (struct w_bytes) { shorter.data, shorter.len };
    }
    net_socket_key(&key, row);
    if (buf_check(&key, err) != HZ_OK || buf_check(&shorter, err) != HZ_OK)
        return err->code;
    return keys_add(w->seen, "socket", (struct w_bytes) { key.data, key.len }, text, err);
}

static int write_row(void *context, const struct net_place *place, const struct net_socket_row *row,
                     struct hz_error *err)
{
    struct writing *w = context;
    int rc = net_socket_json(&w->line, row, err);
    if (rc == HZ_OK)
        rc = put(w->json, &w->line, err);
    if (rc == HZ_OK)
        rc = put_heading(w, place, err);
    if (rc == HZ_OK && net_socket_text(&w->line, row) != HZ_OK)
        rc = buf_check(&w->line, err);
    if (rc == HZ_OK && w->seen != NULL && (place != NULL || w->whole))
        rc = note_key(w, row, err);
    return rc == HZ_OK ? put(w->text, &w->line, err) : rc;
}

/* Sockets of these namespaces may be there and are not known; those without a list may be theirs. */
static bool note_gaps(const struct net_view *v, struct keys *seen)
{
    bool whole = true;
    keys_begin(seen, "socket");
    for (size_t i = 0; i < v->spaces.count; i++) {
        char prefix[32];
        const struct net_place *p = v->places[i];
        if (p != NULL && p->sockets.dropped == 0)
            continue;
        whole = false;
        snprintf(prefix, sizeof prefix, "%llu ", (unsigned long long)v->spaces.list[i].inode);
        keys_gap(seen, "socket", prefix);
    }
    if (v->spaces.dropped > 0)
        keys_gap(seen, "socket", "");
    else if (!whole)
        keys_gap(seen, "socket", "0 ");
    return whole && v->spaces.dropped == 0;
}

int net_sockets_write(const struct net_view *v, struct products *p, const char *base, struct keys *seen,
                      struct hz_error *err)
{
    struct writing w = { .line = BUF_INIT(LINE_MAX), .seen = seen };
    int rc = net_listing_open(p, base, "netlink", &w.json, &w.text, err);
    if (rc == HZ_OK)
        rc = net_listing_first(w.json, "hozen-sockets/1", err);
    if (rc == HZ_OK && seen != NULL)
        w.whole = note_gaps(v, seen);
    if (rc == HZ_OK)
        rc = net_sockets_all(v, write_row, &w, err);
    buf_free(&w.line);
    return rc;
}

int net_sockets_take(struct run *run, struct products *p, const char *base, struct keys *seen, struct hz_error *err)
{
    struct net_view v = { .places = NULL };
    int rc = net_view_take(run, true, &v, err);
    if (rc == HZ_OK)
        rc = net_sockets_write(&v, p, base, seen, err);
    net_view_free(&v);
    return rc;
}
