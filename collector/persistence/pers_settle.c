#include "collector/persistence/pers_settle.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/lang.h"

#define BY_MAX 8 /* links that are named for one unit */

struct named {
    struct span name; /* of a unit */
    struct pers_row *row;
};

struct index {
    struct named *list; /* owned */
    size_t count;
    struct pers_paths made; /* names that stand in no row */
};

static void index_free(struct index *i)
{
    free(i->list);
    pers_paths_free(&i->made);
}

static int compare_spans(struct span a, struct span b)
{
    size_t least = a.len < b.len ? a.len : b.len;
    int by = least == 0 ? 0 : memcmp(a.at, b.at, least);
    return by != 0 ? by : (a.len > b.len) - (a.len < b.len);
}

/* By name, then by whose manager it is. */
static int compare_unit(const struct named *x, struct span name, const char *scope)
{
    int by = compare_spans(x->name, name);
    return by != 0 ? by : strcmp(x->row->scope, scope);
}

/* Of the same name in the order in which systemd looks for them. */
static int compare_named(const void *a, const void *b)
{
    const struct named *x = a, *y = b;
    int by = compare_unit(x, y->name, y->row->scope);
    if (by == 0)
        by = (x->row->rank > y->row->rank) - (x->row->rank < y->row->rank);
    if (by == 0)
        by = compare_spans(x->row->origin, y->row->origin);
    return by != 0 ? by : (x->row->line > y->row->line) - (x->row->line < y->row->line);
}

static struct span base_name(struct span path)
{
    const char *slash = path.len == 0 ? NULL : memrchr(path.at, '/', path.len);
    return slash == NULL ? path : span_from(path, (size_t)(slash - path.at) + 1);
}

static bool is_unit(const struct pers_row *row)
{
    return strcmp(row->kind, "systemd") == 0 && row->scope != NULL && !row->cut;
}

/* "getty@.service" of the instance "getty@tty1.service"; at is NULL: it is none. */
static int template_of(struct index *index, struct span name, struct span *out, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(PERS_VALUE_MAX);
    const char *at = name.len == 0 ? NULL : memchr(name.at, '@', name.len);
    const char *dot = at == NULL ? NULL : memrchr(at, '.', name.len - (size_t)(at - name.at));
    *out = SPAN_NONE;
    if (dot == NULL || dot == at + 1)
        return HZ_OK;
    buf_put(&text, name.at, (size_t)(at + 1 - name.at));
    buf_put(&text, dot, (size_t)(name.at + name.len - dot));
    size_t before = index->made.count;
    int rc = buf_check(&text, err);
    if (rc == HZ_OK)
        rc = pers_paths_add(&index->made, (struct span) { (const char *)text.data, text.len }, err);
    if (rc == HZ_OK && index->made.count > before)
        *out = index->made.list[before];
    return rc;
}

/* A link enables the unit that it is named like, the one that it leads to, and the template of an instance. */
static int add_link(struct index *index, struct pers_row *row, struct hz_error *err)
{
    struct span names[] = { row->value[PERS_NAME], base_name(row->value[PERS_TARGET]), SPAN_NONE };
    int rc = template_of(index, names[0], &names[2], err);
    for (size_t i = 0; rc == HZ_OK && i < sizeof names / sizeof names[0]; i++)
        if (names[i].at != NULL)
            index->list[index->count++] = (struct named) { names[i], row };
    return rc;
}

static int make_index(struct pers_rows *rows, bool links, struct index *out, struct hz_error *err)
{
    int rc = HZ_OK;
    out->list = calloc(3 * rows->count + 1, sizeof *out->list);
    if (out->list == NULL)
        return hz_error_set(err, HZ_E_NOMEM, "%s", _("out of memory"));
    for (size_t i = 0; rc == HZ_OK && i < rows->count; i++) {
        struct pers_row *row = &rows->list[i];
        if (!is_unit(row) || row->is_link != links)
            continue;
        if (links)
            rc = add_link(out, row, err);
        else
            out->list[out->count++] = (struct named) { row->value[PERS_NAME], row };
    }
    if (out->count > 1)
        qsort(out->list, out->count, sizeof *out->list, compare_named);
    return rc;
}

static size_t first_of(const struct index *index, struct span name, const char *scope)
{
    size_t low = 0, high = index->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare_unit(&index->list[middle], name, scope) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static int set_enabled(struct pers_row *row, const struct index *links, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf by = BUF_INIT(PERS_VALUE_MAX);
    struct span name = row->value[PERS_NAME];
    const struct pers_row *last = NULL;
    unsigned count = 0;
    for (size_t i = first_of(links, name, row->scope);
         i < links->count && count < BY_MAX && compare_unit(&links->list[i], name, row->scope) == 0; i++) {
        const struct pers_row *link = links->list[i].row;
        if (link == last || compare_spans(link->origin, row->origin) == 0)
            continue;
        last = link;
        if (by.len + link->origin.len >= PERS_VALUE_MAX)
            break;
        if (count++ > 0)
            buf_putc(&by, '\0');
        buf_put(&by, link->origin.at, link->origin.len);
    }
    if (count == 0)
        return HZ_OK;
    int rc = buf_check(&by, err);
    if (rc == HZ_OK)
        rc = pers_rows_set(row, PERS_ENABLED_BY, (struct span) { (const char *)by.data, by.len }, err);
    return rc == HZ_OK && !span_is(row->value[PERS_ENABLED], "masked")
               ? pers_rows_set(row, PERS_ENABLED, span_of("enabled"), err)
               : rc;
}

/* Which one each row of the same name stands before: the next in a folder that is looked into later. Those of one user
 * are nobody else's. */
static int set_overrides(struct named *list, size_t count, struct hz_error *err)
{
    const struct pers_row *behind = NULL, *here = NULL;
    int rc = HZ_OK;
    for (size_t i = count; rc == HZ_OK && i-- > 0;) {
        struct pers_row *row = list[i].row;
        if (i + 1 < count && list[i + 1].row->rank != row->rank && here != NULL) {
            behind = here;
            here = NULL;
        }
        if (behind != NULL)
            rc = pers_rows_set(row, PERS_OVERRIDES, behind->origin, err);
        if (!row->at_home)
            here = row;
    }
    return rc;
}

/* All rows of those that another one stands before. */
static int set_overridden(struct named *list, size_t count, struct hz_error *err)
{
    const struct pers_row *first = NULL;
    int rc = HZ_OK;
    for (size_t i = 0; rc == HZ_OK && i < count; i++) {
        struct pers_row *row = list[i].row;
        if (row->at_home)
            continue;
        first = first == NULL ? row : first;
        if (row->rank > first->rank)
            rc = pers_rows_set(row, PERS_ENABLED, span_of("overridden"), err);
    }
    return rc;
}

int pers_settle_units(struct pers_rows *rows, struct hz_error *err)
{
    HZ_CLEANUP(index_free) struct index links = { 0 };
    HZ_CLEANUP(index_free) struct index units = { 0 };
    int rc = make_index(rows, true, &links, err);
    if (rc == HZ_OK)
        rc = make_index(rows, false, &units, err);
    for (size_t i = 0; rc == HZ_OK && i < units.count; i++)
        rc = set_enabled(units.list[i].row, &links, err);
    for (size_t from = 0, to; rc == HZ_OK && from < units.count; from = to) {
        struct named *group = &units.list[from];
        for (to = from; to < units.count && compare_unit(&units.list[to], group->name, group->row->scope) == 0;)
            to++;
        rc = set_overrides(group, to - from, err);
        if (rc == HZ_OK)
            rc = set_overridden(group, to - from, err);
    }
    return rc;
}
