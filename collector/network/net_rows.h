/* Rows of a listing while they are gathered: each as a line of JSON and as text, put in order by a key at the end. */
#ifndef HZ_COLLECTOR_NETWORK_NET_ROWS_H
#define HZ_COLLECTOR_NETWORK_NET_ROWS_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/json_out.h"
#include "collector/network/net_room.h"

#define NET_ROWS_BYTES ((size_t)64 << 20) /* of one listing and network namespace */

struct net_row {
    size_t key, json, text, end; /* where each begins in the bytes */
};

struct net_rows {
    struct buf bytes;
    struct net_row *list; /* owned */
    size_t count, room;
    uint64_t dropped;        /* rows that there was no room for */
    struct net_claim *claim; /* the caller's; NULL: no other bound than NET_ROWS_BYTES */
};

void net_rows_init(struct net_rows *r, struct net_claim *claim);
void net_rows_free(struct net_rows *r); /* what it had claimed is given back by whoever claimed it */
/* So that what comes later can be forgotten. */
struct net_rows_mark {
    size_t count, bytes;
    uint64_t dropped;
};
struct net_rows_mark net_rows_mark(const struct net_rows *r);
void net_rows_back(struct net_rows *r, struct net_rows_mark mark);
void net_rows_empty(struct net_rows *r);

struct net_line { /* one row being made */
    struct net_rows *rows;
    struct net_row at;
    struct json_out json;
    struct buf text; /* its lines, each with LF */
};
/* Opens the row and its JSON object. The key's bytes decide the order; equal keys keep theirs by their JSON. */
void net_line_begin(struct net_line *l, struct net_rows *r, const void *key, size_t len);
/* Closes the object and keeps the row, or counts it as dropped. HZ_E_NOMEM, HZ_E_LIMIT; HZ_E_FORMAT: keys were not in
 * order. */
int net_line_end(struct net_line *l, struct hz_error *err);

void net_rows_sort(struct net_rows *r);
const unsigned char *net_row_json(const struct net_rows *r, size_t i, size_t *len);
const unsigned char *net_row_text(const struct net_rows *r, size_t i, size_t *len);

/* A number in a key: so that bytes are in the order of numbers. */
void net_key_u32(unsigned char key[4], uint32_t value);

#endif
