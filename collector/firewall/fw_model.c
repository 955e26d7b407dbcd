#include "collector/firewall/fw_model.h"

#include <linux/netfilter/nf_tables.h>
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#include "base/lang.h"

struct packed {
    size_t len;
    uint8_t family;
};

void fw_model_init(struct fw_model *m)
{
    memset(m, 0, sizeof *m);
    for (int i = 0; i < FW_KINDS; i++)
        buf_init(&m->bytes[i], 4 * FW_MODEL_MAX); /* with what stands before each */
}

void fw_model_reset(struct fw_model *m)
{
    for (int i = 0; i < FW_KINDS; i++) {
        buf_reset(&m->bytes[i]);
        free(m->rows[i]);
        m->rows[i] = NULL;
        m->count[i] = 0;
    }
    m->used = 0;
    m->dropped = 0;
}

void fw_model_free(struct fw_model *m)
{
    fw_model_reset(m);
    for (int i = 0; i < FW_KINDS; i++)
        buf_free(&m->bytes[i]);
    free(m->links.list);
    m->links = (struct fw_links) { NULL, 0 };
}

int fw_model_add(struct fw_model *m, enum fw_kind kind, uint8_t family, const void *attrs, size_t len,
                 struct hz_error *err)
{
    struct buf *out = &m->bytes[kind];
    struct packed head;
    if (len > FW_MODEL_MAX - m->used) {
        m->dropped++;
        return HZ_OK;
    }
    m->used += len;
    memset(&head, 0, sizeof head);
    head.len = len;
    head.family = family;
    buf_put(out, &head, sizeof head);
    buf_put(out, attrs, len);
    while (out->failed == HZ_OK && out->len % alignof(struct packed) != 0)
        buf_putc(out, '\0');
    m->count[kind]++;
    return buf_check(out, err);
}

static int compare_text(const struct netlink_attr *a, const struct netlink_attr *b)
{
    size_t la = netlink_text(a), lb = netlink_text(b), least = la < lb ? la : lb;
    int order = least == 0 ? 0 : memcmp(a->data, b->data, least);
    return order != 0 ? order : (la > lb) - (la < lb);
}

static int compare_place(const struct fw_row *a, const struct fw_row *b)
{
    return a->family != b->family ? (a->family > b->family) - (a->family < b->family)
                                  : compare_text(&a->table, &b->table);
}

static int compare_in_table(const void *left, const void *right)
{
    const struct fw_row *a = left, *b = right;
    int order = compare_place(a, b);
    return order != 0 ? order : (a->order > b->order) - (a->order < b->order);
}

static int compare_named(const void *left, const void *right)
{
    const struct fw_row *a = left, *b = right;
    int order = compare_place(a, b);
    if (order == 0)
        order = compare_text(&a->name, &b->name);
    return order != 0 ? order : (a->order > b->order) - (a->order < b->order);
}

static bool is_named(enum fw_kind kind)
{
    return kind == FW_RULES || kind == FW_ELEMENTS;
}

static int sort_kind(struct fw_model *m, enum fw_kind kind, struct hz_error *err)
{
    const unsigned char *bytes = m->bytes[kind].data;
    struct fw_row *rows = calloc(m->count[kind] + 1, sizeof *rows);
    if (rows == NULL)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    size_t at = 0;
    for (size_t i = 0; i < m->count[kind]; i++) {
        struct netlink_attr a[NFTA_CHAIN_NAME + 1];
        const struct packed *head = (const void *)(bytes + at); /* aligned: all lengths are multiples */
        struct fw_row *row = &rows[i];
        row->family = head->family;
        row->attrs = bytes + at + sizeof *head;
        row->len = head->len;
        row->order = i;
        fw_attr_table(row->attrs, row->len, a, NFTA_CHAIN_NAME + 1);
        row->table = a[1];
        row->name = kind == FW_TABLES ? a[1] : kind == FW_CHAINS ? a[NFTA_CHAIN_NAME] : a[2];
        at += (sizeof *head + head->len + alignof(struct packed) - 1) & ~(alignof(struct packed) - 1);
    }
    if (kind != FW_TABLES)
        qsort(rows, m->count[kind], sizeof *rows, is_named(kind) ? compare_named : compare_in_table);
    free(m->rows[kind]);
    m->rows[kind] = rows;
    return HZ_OK;
}

int fw_model_sort(struct fw_model *m, struct hz_error *err)
{
    int rc = HZ_OK;
    for (int i = 0; rc == HZ_OK && i < FW_KINDS; i++)
        rc = sort_kind(m, (enum fw_kind)i, err);
    return rc;
}

void fw_model_range(const struct fw_model *m, enum fw_kind kind, const struct fw_row *table,
                    const struct netlink_attr *name, size_t *from, size_t *to)
{
    size_t low = 0, high = m->count[kind];
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct fw_row *row = &m->rows[kind][middle];
        int order = compare_place(row, table);
        if (order == 0 && name != NULL)
            order = compare_text(&row->name, name);
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    for (*from = *to = low; *to < m->count[kind]; ++*to) {
        const struct fw_row *row = &m->rows[kind][*to];
        if (compare_place(row, table) != 0 || (name != NULL && compare_text(&row->name, name) != 0))
            break;
    }
}

const struct fw_row *fw_model_set(const struct fw_model *m, const struct fw_row *table, const struct netlink_attr *name)
{
    size_t from, to;
    fw_model_range(m, FW_SETS, table, NULL, &from, &to);
    for (size_t i = from; i < to; i++)
        if (fw_attr_same_text(&m->rows[FW_SETS][i].name, name))
            return &m->rows[FW_SETS][i];
    return NULL;
}
