/* Rows of a listing while they are gathered: each as a line of JSON and as text, put in order by a key at the end. */
#ifndef HZ_COLLECTOR_NETWORK_NET_ROWS_H
#define HZ_COLLECTOR_NETWORK_NET_ROWS_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/json_out.h"

#define NET_ROWS_BYTES ((size_t)256 << 20) /* of one listing and network namespace */

struct net_row {
    size_t key, json, text, end; /* where each begins in the bytes */
};

struct net_rows {
    struct buf bytes;
    struct net_row *list; /* owned */
    size_t count, room;
};

void net_rows_init(struct net_rows *r);
void net_rows_free(struct net_rows *r);
void net_rows_empty(struct net_rows *r);

struct net_line { /* one row being made */
    struct net_rows *rows;
    struct net_row at;
    struct json_out json;
    struct buf text; /* its lines, each with LF */
};
/* Opens the row and its JSON object. The key's bytes decide the order; equal keys keep theirs by their JSON. */
void net_line_begin(struct net_line *l, struct net_rows *r, const void *key, size_t len);
/* Closes the object and keeps the row. HZ_E_NOMEM, HZ_E_LIMIT; HZ_E_FORMAT: keys were not in order. */
int net_line_end(struct net_line *l, struct hz_error *err);

void net_rows_sort(struct net_rows *r);
const unsigned char *net_row_json(const struct net_rows *r, size_t i, size_t *len);
const unsigned char *net_row_text(const struct net_rows *r, size_t i, size_t *len);

/* A number in a key: so that bytes are in the order of numbers. */
void net_key_u32(unsigned char key[4], uint32_t value);

#endif
