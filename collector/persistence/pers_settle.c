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
};

static void index_free(struct index *i)
{
    free(i->list);
}

static int compare_spans(struct span a, struct span b)
{
    size_t least = a.len < b.len ? a.len : b.len;
    int by = least == 0 ? 0 : memcmp(a.at, b.at, least);
    return by != 0 ? by : (a.len > b.len) - (a.len < b.len);
}

/* By name, then by whose manager it is, then as systemd looks for them. */
static int compare_named(const void *a, const void *b)
{
    const struct named *x = a, *y = b;
    int by = compare_spans(x->name, y->name);
    if (by == 0)
        by = strcmp(x->row->scope, y->row->scope);
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

/* Is it an instance of this template: "getty@tty1.service" of "getty@.service"? */
static bool is_instance(struct span name, struct span template)
{
    const char *at = template.len == 0 ? NULL : memchr(template.at, '@', template.len);
    if (at == NULL || at + 1 >= template.at + template.len || at[1] != '.')
        return false;
    size_t head = (size_t)(at + 1 - template.at), tail = template.len - head;
    return name.len > template.len && memcmp(name.at, template.at, head) == 0 &&
           memcmp(name.at + name.len - tail, template.at + head, tail) == 0;
}

static bool is_unit(const struct pers_row *row)
{
    return strcmp(row->kind, "systemd") == 0 && row->scope != NULL;
}

/* Links under the names of the units that they enable. An instance stands for its template: up to '@' is compared. */
static struct span template_head(struct span name)
{
    const char *at = name.len == 0 ? NULL : memchr(name.at, '@', name.len);
    return at == NULL ? name : (struct span) { name.at, (size_t)(at + 1 - name.at) };
}

static int make_index(struct pers_rows *rows, bool links, struct index *out, struct hz_error *err)
{
    out->list = calloc(2 * rows->count + 1, sizeof *out->list);
    if (out->list == NULL)
        return hz_error_set(err, HZ_E_NOMEM, "%s", _("out of memory"));
    for (size_t i = 0; i < rows->count; i++) {
        struct pers_row *row = &rows->list[i];
        if (!is_unit(row) || row->is_link != links)
            continue;
        struct span name = row->value[PERS_NAME], target = base_name(row->value[PERS_TARGET]);
        out->list[out->count++] = (struct named) { links ? template_head(name) : name, row };
        if (links && target.at != NULL && compare_spans(template_head(target), template_head(name)) != 0)
            out->list[out->count++] = (struct named) { template_head(target), row };
    }
    if (out->count > 1)
        qsort(out->list, out->count, sizeof *out->list, compare_named);
    return HZ_OK;
}

static size_t first_of(const struct index *index, struct span name)
{
    size_t low = 0, high = index->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare_spans(index->list[middle].name, name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool enables(const struct pers_row *link, const struct pers_row *unit)
{
    struct span name = link->value[PERS_NAME], want = unit->value[PERS_NAME];
    struct span target = base_name(link->value[PERS_TARGET]);
    if (strcmp(link->scope, unit->scope) != 0 || compare_spans(link->origin, unit->origin) == 0)
        return false;
    return compare_spans(name, want) == 0 || compare_spans(target, want) == 0 || is_instance(name, want);
}

static int set_enabled(struct pers_row *row, const struct index *links, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf by = BUF_INIT(PERS_VALUE_MAX);
    struct span head = template_head(row->value[PERS_NAME]);
    unsigned count = 0;
    for (size_t i = first_of(links, head);
         i < links->count && count < BY_MAX && compare_spans(links->list[i].name, head) == 0; i++) {
        if (!enables(links->list[i].row, row) || (i > 0 && links->list[i - 1].row == links->list[i].row))
            continue;
        if (by.len + links->list[i].row->origin.len >= PERS_VALUE_MAX)
            break;
        if (count++ > 0)
            buf_putc(&by, '\0');
        buf_put(&by, links->list[i].row->origin.at, links->list[i].row->origin.len);
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

/* units[i] stands before others of its name; those of one user hide nothing from anybody else. */
static int set_overrides(const struct index *units, size_t i, struct hz_error *err)
{
    struct pers_row *row = units->list[i].row;
    for (size_t k = i + 1; k < units->count; k++) {
        struct pers_row *other = units->list[k].row;
        if (compare_spans(units->list[k].name, units->list[i].name) != 0 || strcmp(other->scope, row->scope) != 0)
            return HZ_OK;
        if (other->rank <= row->rank || other->at_home)
            continue;
        int rc = row->value[PERS_OVERRIDES].at == NULL ? pers_rows_set(row, PERS_OVERRIDES, other->origin, err) : HZ_OK;
        if (rc == HZ_OK && !row->at_home)
            rc = pers_rows_set(other, PERS_ENABLED, span_of("overridden"), err);
        return rc;
    }
    return HZ_OK;
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
    for (size_t i = 0; rc == HZ_OK && i < units.count; i++)
        rc = set_overrides(&units, i, err);
    return rc;
}
