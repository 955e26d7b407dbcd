#include "collector/firewall/fw_element.h"

#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <stdlib.h>
#include <string.h>

#include "collector/firewall/fw_rule.h"

#define UDATA_COMMENT 0 /* NFTNL_UDATA_SET_ELEM_COMMENT */
#define KEY_MAX ((size_t)FW_RULE_DATA)

struct element {                             /* small: a set may have very many */
    const unsigned char *nested, *key, *end; /* end: of concatenated ranges, or NULL */
    uint16_t nested_len, key_len, end_len;   /* as attributes have them */
    uint16_t flags;
};

static struct netlink_attr value_of(const struct netlink_attr *nested)
{
    struct netlink_attr data[NFTA_DATA_VERDICT + 1];
    fw_attr_nested(nested, data, NFTA_DATA_VERDICT + 1);
    return data[NFTA_DATA_VALUE];
}

static struct element read_element(const struct netlink_attr *nested)
{
    struct netlink_attr a[NFTA_SET_ELEM_KEY_END + 1];
    fw_attr_nested(nested, a, NFTA_SET_ELEM_KEY_END + 1);
    const struct netlink_attr key = value_of(&a[NFTA_SET_ELEM_KEY]), end = value_of(&a[NFTA_SET_ELEM_KEY_END]);
    return (struct element) { .nested = nested->data,
                              .key = key.data,
                              .end = end.data,
                              .nested_len = (uint16_t)nested->len,
                              .key_len = (uint16_t)key.len,
                              .end_len = (uint16_t)end.len,
                              .flags = (uint16_t)fw_attr_u32(&a[NFTA_SET_ELEM_FLAGS], 0) };
}

static int compare(const void *left, const void *right)
{
    const struct element *a = left, *b = right;
    const size_t least = a->key_len < b->key_len ? a->key_len : b->key_len;
    int order = least == 0 ? 0 : memcmp(a->key, b->key, least);
    if (order == 0)
        order = (a->key_len > b->key_len) - (a->key_len < b->key_len);
    if (order != 0)
        return order;
    const bool ends_a = (a->flags & NFT_SET_ELEM_INTERVAL_END) != 0,
               ends_b = (b->flags & NFT_SET_ELEM_INTERVAL_END) != 0;
    if (ends_a != ends_b) /* what ends here comes before what begins here */
        return ends_a ? -1 : 1;
    return (a->nested > b->nested) - (a->nested < b->nested);
}

static size_t count_elements(const struct fw_model *m, size_t from, size_t to)
{
    size_t count = 0;
    for (size_t i = from; i < to; i++) {
        struct netlink_attr a[NFTA_SET_ELEM_LIST_ELEMENTS + 1], one;
        fw_attr_table(m->rows[FW_ELEMENTS][i].attrs, m->rows[FW_ELEMENTS][i].len, a, NFTA_SET_ELEM_LIST_ELEMENTS + 1);
        struct netlink_attrs all = fw_attr_list(&a[NFTA_SET_ELEM_LIST_ELEMENTS]);
        while (netlink_next(&all, &one))
            count++;
    }
    return count;
}

static struct element *read_all(const struct fw_model *m, const struct fw_row *set, size_t *count)
{
    size_t from, to, n = 0;
    fw_model_range(m, FW_ELEMENTS, set, &set->name, &from, &to);
    *count = count_elements(m, from, to);
    struct element *list = calloc(*count + 1, sizeof *list);
    for (size_t i = from; list != NULL && i < to; i++) {
        struct netlink_attr a[NFTA_SET_ELEM_LIST_ELEMENTS + 1], one;
        fw_attr_table(m->rows[FW_ELEMENTS][i].attrs, m->rows[FW_ELEMENTS][i].len, a, NFTA_SET_ELEM_LIST_ELEMENTS + 1);
        struct netlink_attrs all = fw_attr_list(&a[NFTA_SET_ELEM_LIST_ELEMENTS]);
        while (netlink_next(&all, &one) && n < *count)
            list[n++] = read_element(&one);
    }
    return list;
}

/* Is [from, to] all addresses of a prefix? -1: no. */
static int prefix_of(const unsigned char *from, const unsigned char *to, size_t len)
{
    size_t bits = len * 8, at = 0;
    while (at < bits && ((from[at / 8] ^ to[at / 8]) >> (7 - at % 8) & 1) == 0)
        at++;
    for (size_t i = at; i < bits; i++)
        if ((from[i / 8] >> (7 - i % 8) & 1) != 0 || (to[i / 8] >> (7 - i % 8) & 1) != 1)
            return -1;
    return (int)at;
}

/* Is it all names that begin with so many bytes? -1: no. */
static int beginning_of(const unsigned char *from, const unsigned char *to, size_t len)
{
    const size_t n = strnlen((const char *)from, len);
    bool all = n < len && memcmp(from, to, n) == 0;
    for (size_t i = n; i < len; i++)
        all = all && from[i] == 0 && to[i] == 0xff;
    return all ? (int)n : -1;
}

struct part { /* of a key or value */
    enum fw_type type;
    size_t len;
    bool host;
};

static void put_range(const struct fw_element_format *f, const struct part *p, const unsigned char *from,
                      const unsigned char *to, struct buf *out)
{
    const struct fw_links *links = &f->model->links;
    const bool same = memcmp(from, to, p->len) == 0;
    int prefix = same || !fw_type_is_address(p->type) ? -1 : prefix_of(from, to, p->len);
    int begins = p->type == FW_IFNAME ? beginning_of(from, to, p->len) : -1;
    if (begins >= 0) {
        fw_type_value(out, p->type, from, (size_t)begins, p->host, links);
    } else if (same || prefix >= 0) {
        fw_type_value(out, p->type, from, p->len, p->host, links);
        if (prefix >= 0)
            buf_printf(out, "/%d", prefix);
    } else {
        fw_type_bound(out, p->type, from, p->len, p->host, links);
        buf_putc(out, '-');
        fw_type_bound(out, p->type, to, p->len, p->host, links);
    }
}

/* from and to: len bytes; the parts of a concatenation each fill 4 bytes. */
static void put_key(const struct fw_element_format *f, uint32_t type, bool host, const unsigned char *from,
                    const unsigned char *to, size_t len, struct buf *out)
{
    enum fw_type parts[FW_TYPE_PARTS];
    const unsigned count = fw_type_split(type, parts);
    const bool interval = (f->facts.flags & NFT_SET_INTERVAL) != 0;
    size_t at = 0;
    for (unsigned i = 0; i < count && at < len; i++) {
        struct part p = { .type = parts[i], .len = count == 1 ? len : fw_type_size(parts[i]) };
        if (p.len == 0 || p.len > len - at)
            p.len = len - at < 4 ? len - at : 4;
        /* intervals are compared bytewise: nft(8) has the kernel turn numbers around first */
        p.host = interval ? parts[i] == FW_IFNAME : fw_type_host_order(parts[i]) || (parts[i] == FW_INTEGER && host);
        buf_puts(out, i == 0 ? "" : " . ");
        put_range(f, &p, from + at, to + at, out);
        at += (p.len + 3) & ~(size_t)3;
    }
}

static void put_data(const struct fw_element_format *f, const struct netlink_attr *nested, struct buf *out)
{
    struct netlink_attr data[NFTA_DATA_VERDICT + 1];
    fw_attr_nested(nested, data, NFTA_DATA_VERDICT + 1);
    if (data[NFTA_DATA_VERDICT].data != NULL) {
        fw_rule_verdict(out, &data[NFTA_DATA_VERDICT]);
        return;
    }
    const struct netlink_attr *v = &data[NFTA_DATA_VALUE];
    enum fw_type parts[FW_TYPE_PARTS];
    const unsigned count = fw_type_split(f->facts.data_type, parts);
    const size_t whole = count == 1 ? fw_type_size(parts[0]) : 0;
    if (v->data == NULL || v->len == 0)
        return;
    struct fw_element_format plain = *f; /* values are not compared: they are in the order of their type */
    plain.facts.flags = 0;
    const bool pair = whole > 0 && v->len == 2 * ((whole + 3) & ~(size_t)3); /* a range to choose from */
    const size_t len = pair ? whole : v->len;
    put_key(&plain, f->facts.data_type, f->data_host, v->data, pair ? v->data + v->len / 2 : v->data, len, out);
}

static void put_rest(const struct fw_element_format *f, const struct element *e, struct buf *out)
{
    struct netlink_attr a[NFTA_SET_ELEM_EXPRESSIONS + 1], one;
    fw_attr_table(e->nested, e->nested_len, a, NFTA_SET_ELEM_EXPRESSIONS + 1);
    struct netlink_attrs all = fw_attr_list(&a[NFTA_SET_ELEM_EXPRESSIONS]);
    if (a[NFTA_SET_ELEM_EXPR].data != NULL) {
        buf_putc(out, ' ');
        fw_set_statement(f->model, f->set, &a[NFTA_SET_ELEM_EXPR], out);
    }
    while (netlink_next(&all, &one)) {
        buf_putc(out, ' ');
        fw_set_statement(f->model, f->set, &one, out);
    }
    if (fw_attr_u64(&a[NFTA_SET_ELEM_TIMEOUT], 0) > 0) {
        buf_puts(out, " timeout ");
        fw_type_duration(out, fw_attr_u64(&a[NFTA_SET_ELEM_TIMEOUT], 0));
    }
    if (fw_attr_u64(&a[NFTA_SET_ELEM_EXPIRATION], 0) > 0) {
        buf_puts(out, " expires ");
        fw_type_duration(out, fw_attr_u64(&a[NFTA_SET_ELEM_EXPIRATION], 0));
    }
    const struct netlink_attr comment = fw_attr_userdata(&a[NFTA_SET_ELEM_USERDATA], UDATA_COMMENT);
    if (comment.data != NULL) {
        buf_puts(out, " comment ");
        fw_type_quoted(out, comment.data, netlink_text(&comment));
    }
    if (a[NFTA_SET_ELEM_DATA].data != NULL) {
        buf_puts(out, " : ");
        put_data(f, &a[NFTA_SET_ELEM_DATA], out);
    } else if (a[NFTA_SET_ELEM_OBJREF].data != NULL) {
        buf_puts(out, " : ");
        fw_type_quoted(out, a[NFTA_SET_ELEM_OBJREF].data, netlink_text(&a[NFTA_SET_ELEM_OBJREF]));
    }
}

/* The last value before a key; all ones before zero. */
static void before(const unsigned char *key, size_t len, unsigned char *out)
{
    memcpy(out, key, len);
    for (size_t i = len; i-- > 0;)
        if (out[i]-- != 0)
            break;
}

static void put_element(const struct fw_element_format *f, const struct element *e, const struct element *next,
                        struct buf *out)
{
    unsigned char last[KEY_MAX];
    const size_t len = e->key_len < KEY_MAX ? e->key_len : KEY_MAX;
    const bool interval = (f->facts.flags & NFT_SET_INTERVAL) != 0;
    if ((e->flags & NFT_SET_ELEM_CATCHALL) != 0)
        buf_putc(out, '*');
    else if (len == 0)
        buf_puts(out, "[ element ]");
    else {
        memcpy(last, e->key, len);
        if (e->end != NULL)
            memcpy(last, e->end, e->end_len < len ? e->end_len : len);
        else if (interval && (f->facts.flags & NFT_SET_CONCAT) == 0) {
            if (next != NULL && next->key_len == len) /* whatever comes next ends it */
                before(next->key, len, last);
            else
                memset(last, 0xff, len);
        }
        unsigned char first[KEY_MAX];
        memcpy(first, e->key, len);
        if (len == 1) {
            first[0] = (unsigned char)(first[0] >> f->shift);
            last[0] = (unsigned char)(last[0] >> f->shift);
        }
        put_key(f, f->key_type, f->key_host, first, last, len, out);
    }
    put_rest(f, e, out);
}

void fw_element_list(const struct fw_element_format *f, const char *gap, struct buf *out)
{
    size_t count;
    struct element *list = read_all(f->model, f->set, &count);
    const char *now = "";
    if (list == NULL) {
        out->failed = HZ_E_NOMEM;
        return;
    }
    qsort(list, count, sizeof *list, compare);
    for (size_t i = 0; i < count; i++) {
        if ((list[i].flags & NFT_SET_ELEM_INTERVAL_END) != 0)
            continue;
        buf_puts(out, now);
        put_element(f, &list[i], i + 1 < count ? &list[i + 1] : NULL, out);
        now = gap;
    }
    free(list);
}
