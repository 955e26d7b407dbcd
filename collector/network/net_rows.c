#include "collector/network/net_rows.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/lang.h"
#include "formats/write/fields.h"

#define TEXT_MAX ((size_t)64 << 10)

void net_rows_init(struct net_rows *r, struct net_claim *claim)
{
    *r = (struct net_rows) { .bytes = BUF_INIT(NET_ROWS_BYTES), .claim = claim };
}

void net_rows_free(struct net_rows *r)
{
    buf_free(&r->bytes);
    free(r->list);
    r->list = NULL;
    r->count = r->room = 0;
}

struct net_rows_mark net_rows_mark(const struct net_rows *r)
{
    return (struct net_rows_mark) { r->count, r->bytes.len, r->dropped };
}

void net_rows_back(struct net_rows *r, struct net_rows_mark mark)
{
    if (r->claim != NULL)
        net_claim_give(r->claim, r->bytes.len - mark.bytes + (r->count - mark.count) * sizeof *r->list);
    r->bytes.len = mark.bytes;
    r->bytes.failed = HZ_OK;
    r->count = mark.count;
    r->dropped = mark.dropped;
}

void net_rows_empty(struct net_rows *r)
{
    net_rows_back(r, (struct net_rows_mark) { 0 });
}

void net_line_begin(struct net_line *l, struct net_rows *r, const void *key, size_t len)
{
    *l = (struct net_line) { .rows = r, .at.key = r->bytes.len, .text = BUF_INIT(TEXT_MAX) };
    buf_put(&r->bytes, key, len);
    l->at.json = r->bytes.len;
    json_init(&l->json, &r->bytes);
    json_object(&l->json);
}

static int keep(struct net_rows *r, struct net_row row, struct hz_error *err)
{
    if (r->count == r->room) {
        size_t room = r->room == 0 ? 16 : r->room * 2;
        struct net_row *list = reallocarray(r->list, room, sizeof *list);
        if (list == NULL)
            return hz_error_sys(err, HZ_E_NOMEM, ENOMEM, _("out of memory"));
        r->list = list;
        r->room = room;
    }
    r->list[r->count++] = row;
    return HZ_OK;
}

int net_line_end(struct net_line *l, struct hz_error *err)
{
    struct net_rows *r = l->rows;
    int rc = w_fields_end(&l->json, HZ_OK, err);
    l->at.text = r->bytes.len;
    if (rc == HZ_OK)
        rc = buf_check(&l->text, err);
    if (rc == HZ_OK && buf_put(&r->bytes, l->text.data, l->text.len) != HZ_OK)
        rc = buf_check(&r->bytes, err);
    l->at.end = r->bytes.len;
    buf_free(&l->text);
    if (rc != HZ_OK)
        return rc;
    if (r->claim == NULL || net_claim_take(r->claim, l->at.end - l->at.key + sizeof *r->list, NET_ROOM_BYTES))
        return keep(r, l->at, err);
    r->bytes.len = l->at.key;
    r->dropped++;
    return HZ_OK;
}

static int compare(const void *a, const void *b, void *context)
{
    const struct net_row *x = a, *y = b;
    const unsigned char *bytes = ((const struct net_rows *)context)->bytes.data;
    size_t x_len = x->text - x->key, y_len = y->text - y->key; /* the JSON stands behind the key */
    int c = memcmp(bytes + x->key, bytes + y->key, x_len < y_len ? x_len : y_len);
    return c != 0 ? c : x_len < y_len ? -1 : x_len > y_len;
}

void net_rows_sort(struct net_rows *r)
{
    if (r->count > 1)
        qsort_r(r->list, r->count, sizeof *r->list, compare, r);
}

const unsigned char *net_row_json(const struct net_rows *r, size_t i, size_t *len)
{
    *len = r->list[i].text - r->list[i].json;
    return r->bytes.data + r->list[i].json;
}

const unsigned char *net_row_text(const struct net_rows *r, size_t i, size_t *len)
{
    *len = r->list[i].end - r->list[i].text;
    return r->bytes.data + r->list[i].text;
}

void net_key_u32(unsigned char key[4], uint32_t value)
{
    for (unsigned i = 0; i < 4; i++)
        key[i] = (unsigned char)(value >> (24 - 8 * i));
}
