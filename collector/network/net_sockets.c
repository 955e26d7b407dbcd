#include "collector/network/net_sockets.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "base/json_out.h"
#include "base/lang.h"
#include "collector/network/net_listing.h"
#include "formats/write/fields.h"

#define LINE_MAX ((size_t)16 << 20) /* a socket that very many descriptors lead to */
#define TEXT_MAX 300                /* of what stands for a socket that came or went */
#define PART 1024                   /* descriptors and sockets whose lines of JSON are held at a time */
#define ALONE 64                    /* so few are not worth a thread */

struct part { /* of a namespace's sockets; a thread makes json, rc and why */
    const struct net_scan *scan;
    const struct net_place *place;
    size_t from, to;
    struct buf json;
    int rc;
    struct hz_error why;
};

static struct net_socket_row row_of(const struct net_scan *scan, const struct net_place *p, size_t i)
{
    const struct net_socket *s = &p->sockets.list[i];
    struct net_socket_row row = { .socket = s,
                                  .netns = p->ns.inode,
                                  .interface = net_place_interface(p, s->interface),
                                  .own = s->kind == NET_NETLINK && s->inode != 0 && s->inode == p->own_socket,
                                  .scan = scan };
    row.holders = net_scan_holders(scan, s->inode, &row.holders_end);
    return row;
}

int net_sockets_all(const struct net_scan *scan, const struct net_place *p, net_sockets_each *each, void *context,
                    struct hz_error *err)
{
    int rc = HZ_OK;
    for (size_t i = 0; rc == HZ_OK && i < p->sockets.count; i++) {
        const struct net_socket_row row = row_of(scan, p, i);
        rc = each(context, p, &row, err);
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

/* The line of text stands for the socket, but for one that has very many owners. */
static int note_key(struct net_sockets_file *f, const struct net_socket_row *row, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf key = BUF_INIT(1024);
    HZ_CLEANUP(buf_free) struct buf shorter = BUF_INIT(1024);
    struct w_bytes text = { f->line.data, f->line.len - 1 };
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
    return keys_add(f->seen, "socket", (struct w_bytes) { key.data, key.len }, text, err);
}

static int write_text(struct net_sockets_file *f, const struct net_socket_row *row, struct hz_error *err)
{
    int rc = net_socket_text(&f->line, row) == HZ_OK ? HZ_OK : buf_check(&f->line, err);
    if (rc == HZ_OK && f->seen != NULL && !row->own)
        rc = note_key(f, row, err);
    return rc == HZ_OK ? put(f->text, &f->line, err) : rc;
}

static void *make_json(void *context)
{
    struct part *part = context;
    for (size_t i = part->from; part->rc == HZ_OK && i < part->to; i++) {
        const struct net_socket_row row = row_of(part->scan, part->place, i);
        part->rc = net_socket_json(&part->json, &row, &part->why);
    }
    return NULL;
}

static int put_texts(struct net_sockets_file *f, const struct part *part, struct hz_error *err)
{
    int rc = HZ_OK;
    for (size_t i = part->from; rc == HZ_OK && i < part->to; i++) {
        const struct net_socket_row row = row_of(part->scan, part->place, i);
        rc = write_text(f, &row, err);
    }
    return rc;
}

/* The lines of JSON of a part are made on a thread, for they cost more than all else of it; meanwhile the text of the
 * part is made, and the lines of the part before are put. */
static int put_part(struct net_sockets_file *f, struct part *part, struct buf *before, struct hz_error *err)
{
    pthread_t thread;
    bool beside = part->to - part->from > ALONE && pthread_create(&thread, NULL, make_json, part) == 0;
    int rc = put(f->json, before, err);
    if (rc == HZ_OK)
        rc = put_texts(f, part, err);
    if (beside)
        pthread_join(thread, NULL);
    else
        make_json(part);
    if (rc != HZ_OK || part->rc == HZ_OK)
        return rc;
    *err = part->why;
    return part->rc;
}

/* Behind the last socket of a part: at least one, and no more than have few descriptors in all. */
static size_t end_of_part(const struct net_scan *scan, const struct net_place *p, size_t from)
{
    size_t at = from;
    for (size_t lines = 0; at < p->sockets.count && lines < PART; at++) {
        const struct net_held *end, *first = net_scan_holders(scan, p->sockets.list[at].inode, &end);
        size_t held = first == NULL ? 1 : (size_t)(end - first);
        if (at > from && held > PART - lines)
            break;
        lines += held;
    }
    return at;
}

/* Two parts take turns. */
static int put_parts(struct net_sockets_file *f, const struct net_scan *scan, const struct net_place *p,
                     struct hz_error *err)
{
    struct part parts[2] = { { .json = BUF_INIT(LINE_MAX) }, { .json = BUF_INIT(LINE_MAX) } };
    unsigned turn = 0;
    int rc = HZ_OK;
    for (size_t at = 0; rc == HZ_OK && at < p->sockets.count; at = parts[turn].to, turn ^= 1) {
        struct part *part = &parts[turn];
        part->scan = scan;
        part->place = p;
        part->from = at;
        part->to = end_of_part(scan, p, at);
        rc = put_part(f, part, &parts[turn ^ 1].json, err);
    }
    if (rc == HZ_OK)
        rc = put(f->json, &parts[turn ^ 1].json, err);
    buf_free(&parts[0].json);
    buf_free(&parts[1].json);
    return rc;
}

int net_sockets_open(struct net_sockets_file *f, struct products *p, const char *base, struct keys *seen,
                     struct hz_error *err)
{
    *f = (struct net_sockets_file) { .line = BUF_INIT(LINE_MAX), .seen = seen };
    int rc = net_listing_open(p, base, "netlink", &f->json, &f->text, err);
    return rc == HZ_OK ? net_listing_first(f->json, "hozen-sockets/1", err) : rc;
}

int net_sockets_put(struct net_sockets_file *f, const struct net_scan *scan, const struct net_place *p,
                    struct hz_error *err)
{
    if (p->sockets.dropped > 0) {
        product_limited(f->json);
        product_limited(f->text);
    }
    if (p->sockets.count == 0)
        return HZ_OK;
    net_listing_heading(&f->line, &p->ns);
    net_socket_heading(&f->line);
    int rc = put(f->text, &f->line, err);
    return rc == HZ_OK ? put_parts(f, scan, p, err) : rc;
}

/* Sockets of these namespaces may be there and are not known; those without a list may be theirs. */
static bool note_gaps(const struct net_view *v, struct keys *seen)
{
    bool whole = v->spaces.dropped == 0;
    for (size_t i = 0; i < v->spaces.count; i++) {
        char prefix[32];
        const struct net_place *p = v->places[i];
        if (p != NULL && p->sockets.dropped == 0)
            continue;
        whole = false;
        snprintf(prefix, sizeof prefix, "%llu ", (unsigned long long)v->spaces.list[i].inode);
        keys_gap(seen, "socket", prefix);
    }
    if (!whole)
        keys_gap(seen, "socket", v->spaces.dropped > 0 ? "" : "0 ");
    return whole;
}

int net_sockets_end(struct net_sockets_file *f, const struct net_view *v, struct hz_error *err)
{
    int rc = HZ_OK;
    if (f->seen != NULL)
        keys_begin(f->seen, "socket");
    bool whole = f->seen == NULL || note_gaps(v, f->seen);
    if (!whole)
        f->seen = NULL;
    if (v->unlisted.count > 0) {
        buf_puts(&f->line, "\n# in no list of the kernel\n");
        net_socket_heading(&f->line);
        rc = put(f->text, &f->line, err);
    }
    for (size_t i = 0; rc == HZ_OK && i < v->unlisted.count; i++) {
        const struct net_socket s = { .kind = NET_UNLISTED, .inode = v->unlisted.list[i] };
        struct net_socket_row row = { .socket = &s, .scan = &v->scan };
        row.holders = net_scan_holders(&v->scan, s.inode, &row.holders_end);
        rc = net_socket_json(&f->line, &row, err);
        if (rc == HZ_OK)
            rc = put(f->json, &f->line, err);
        if (rc == HZ_OK)
            rc = write_text(f, &row, err);
    }
    return rc;
}

void net_sockets_close(struct net_sockets_file *f)
{
    buf_free(&f->line);
}

static int put_place(void *context, const struct net_view *v, const struct net_place *p, struct hz_error *err)
{
    return net_sockets_put(context, &v->scan, p, err);
}

int net_sockets_take(struct run *run, struct products *p, const char *base, struct keys *seen, struct hz_error *err)
{
    struct net_view v = { .places = NULL };
    struct net_sockets_file f = { .json = NULL };
    int rc = net_sockets_open(&f, p, base, seen, err);
    if (rc == HZ_OK)
        rc = net_view_take(run, true, put_place, &f, &v, err);
    if (rc == HZ_OK)
        rc = net_sockets_end(&f, &v, err);
    net_sockets_close(&f);
    net_view_free(&v);
    return rc;
}
