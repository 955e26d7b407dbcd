#include "collector/persistence/pers_rows.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/lang.h"
#include "collector/absence.h"

#define ABSENCES_MAX ((size_t)1000)

static int no_memory(struct hz_error *err)
{
    return hz_error_set(err, HZ_E_NOMEM, "%s", _("out of memory"));
}

/* Room for one more in an array. */
static int grow(void *array, size_t each, size_t count, size_t *room, struct hz_error *err)
{
    void **at = array;
    if (count < *room)
        return HZ_OK;
    size_t wanted = *room == 0 ? 32 : *room * 2;
    void *grown = reallocarray(*at, wanted, each);
    if (grown == NULL)
        return no_memory(err);
    *at = grown;
    *room = wanted;
    return HZ_OK;
}

static void free_row(struct pers_row *row)
{
    free(row->bytes);
    for (size_t i = 0; i < PERS_VALUES; i++)
        free(row->added[i]);
}

void pers_rows_free(struct pers_rows *r)
{
    for (size_t i = 0; i < r->count; i++)
        free_row(&r->list[i]);
    free(r->list);
    *r = (struct pers_rows) { 0 };
}

static struct span cut(struct span s)
{
    return s.len <= PERS_VALUE_MAX ? s : (struct span) { s.at, PERS_VALUE_MAX };
}

static size_t measure(const struct pers_row *row)
{
    size_t len = row->origin.len;
    for (size_t i = 0; i < PERS_VALUES; i++)
        len += cut(row->value[i]).len;
    return len;
}

static struct span move_in(char **at, struct span s)
{
    if (s.at == NULL)
        return s;
    memcpy(*at, s.at, s.len);
    struct span here = { *at, s.len };
    *at += s.len;
    return here;
}

int pers_rows_add(struct pers_rows *r, const struct pers_row *row, struct hz_error *err)
{
    size_t len = measure(row);
    if (r->count >= PERS_ROWS_MAX || len > PERS_BYTES_MAX - r->bytes) {
        r->full = true;
        return HZ_OK;
    }
    int rc = grow(&r->list, sizeof *r->list, r->count, &r->room, err);
    char *bytes = rc == HZ_OK ? malloc(len + 1) : NULL;
    if (bytes == NULL)
        return rc == HZ_OK ? no_memory(err) : rc;
    struct pers_row *to = &r->list[r->count++];
    *to = *row;
    to->bytes = bytes;
    memset(to->added, 0, sizeof to->added);
    to->origin = move_in(&bytes, row->origin);
    for (size_t i = 0; i < PERS_VALUES; i++)
        to->value[i] = move_in(&bytes, cut(row->value[i]));
    r->bytes += len;
    return HZ_OK;
}

int pers_rows_set(struct pers_row *row, enum pers_value which, struct span value, struct hz_error *err)
{
    char *copy = malloc(value.len + 1);
    if (copy == NULL)
        return no_memory(err);
    memcpy(copy, value.at, value.len);
    free(row->added[which]);
    row->added[which] = copy;
    row->value[which] = (struct span) { copy, value.len };
    return HZ_OK;
}

int pers_rows_move(struct pers_rows *r, struct pers_rows *from, struct hz_error *err)
{
    int rc = HZ_OK;
    size_t moved = 0;
    while (moved < from->count && r->count < PERS_ALL_ROWS_MAX) {
        size_t len = measure(&from->list[moved]);
        if (len > PERS_ALL_BYTES_MAX - r->bytes ||
            (rc = grow(&r->list, sizeof *r->list, r->count, &r->room, err)) != HZ_OK)
            break;
        r->list[r->count++] = from->list[moved++];
        r->bytes += len;
    }
    r->full |= from->full || moved < from->count;
    for (size_t i = moved; i < from->count; i++)
        free_row(&from->list[i]);
    free(from->list);
    *from = (struct pers_rows) { 0 };
    return rc;
}

static int compare(struct span a, struct span b)
{
    size_t least = a.len < b.len ? a.len : b.len;
    int by = least == 0 ? 0 : memcmp(a.at, b.at, least);
    return by != 0 ? by : (a.len > b.len) - (a.len < b.len);
}

static int by_place(const void *a, const void *b)
{
    const struct pers_row *x = a, *y = b;
    int by = compare(x->origin, y->origin);
    if (by == 0)
        by = (x->line > y->line) - (x->line < y->line);
    if (by == 0)
        by = strcmp(x->kind, y->kind);
    if (by == 0)
        by = compare(x->value[PERS_DIRECTIVE], y->value[PERS_DIRECTIVE]);
    return by != 0 ? by : compare(x->value[PERS_COMMAND], y->value[PERS_COMMAND]);
}

void pers_rows_sort(struct pers_rows *r)
{
    if (r->count > 1)
        qsort(r->list, r->count, sizeof *r->list, by_place);
}

void pers_paths_free(struct pers_paths *p)
{
    for (size_t i = 0; i < p->count; i++)
        free((void *)(uintptr_t)p->list[i].at);
    free(p->list);
    *p = (struct pers_paths) { 0 };
}

int pers_paths_add(struct pers_paths *p, struct span path, struct hz_error *err)
{
    if (p->count >= PERS_PATHS_MAX || path.at == NULL)
        return HZ_OK;
    int rc = grow(&p->list, sizeof *p->list, p->count, &p->room, err);
    if (rc != HZ_OK)
        return rc;
    char *copy = malloc(path.len + 1);
    if (copy == NULL)
        return no_memory(err);
    memcpy(copy, path.at, path.len);
    copy[path.len] = '\0';
    p->list[p->count++] = (struct span) { copy, path.len };
    return HZ_OK;
}

static int by_bytes(const void *a, const void *b)
{
    return compare(*(const struct span *)a, *(const struct span *)b);
}

void pers_paths_sort(struct pers_paths *p)
{
    size_t kept = 0;
    if (p->count > 1)
        qsort(p->list, p->count, sizeof *p->list, by_bytes);
    for (size_t i = 0; i < p->count; i++) {
        if (kept > 0 && compare(p->list[kept - 1], p->list[i]) == 0)
            free((void *)(uintptr_t)p->list[i].at);
        else
            p->list[kept++] = p->list[i];
    }
    p->count = kept;
}

size_t pers_paths_find(const struct pers_paths *p, struct span path)
{
    const struct span *found = p->count == 0 ? NULL : bsearch(&path, p->list, p->count, sizeof *p->list, by_bytes);
    return found == NULL ? SIZE_MAX : (size_t)(found - p->list);
}

void pers_absences_free(struct pers_absences *a)
{
    for (size_t i = 0; i < a->count; i++)
        free((void *)(uintptr_t)a->list[i].origin.at);
    free(a->list);
    *a = (struct pers_absences) { 0 };
}

/* Several places lie in one folder, and one program is started by many. */
static bool has_absence(const struct pers_absences *a, struct span origin, int sys_errno)
{
    for (size_t i = 0; i < a->count; i++)
        if (a->list[i].sys_errno == sys_errno && a->list[i].origin.len == origin.len &&
            memcmp(a->list[i].origin.at, origin.at, origin.len) == 0)
            return true;
    return false;
}

int pers_absences_add(struct pers_absences *a, struct span origin, int sys_errno, struct hz_error *err)
{
    if (has_absence(a, origin, sys_errno))
        return HZ_OK;
    a->more |= a->count >= ABSENCES_MAX;
    if (a->count >= ABSENCES_MAX)
        return HZ_OK;
    int rc = grow(&a->list, sizeof *a->list, a->count, &a->room, err);
    char *copy = rc == HZ_OK ? malloc(origin.len + 1) : NULL;
    if (copy == NULL)
        return rc == HZ_OK ? no_memory(err) : rc;
    memcpy(copy, origin.at, origin.len);
    copy[origin.len] = '\0';
    if (absence_is_ours(sys_errno)) {
        rc = hz_error_sys(err, HZ_E_IO, sys_errno, _("cannot look at %s"), copy);
        free(copy);
        return rc;
    }
    bool large = sys_errno == EFBIG;
    a->list[a->count++] = (struct pers_absence) { .origin = { copy, origin.len },
                                                  .status = large ? W_EXCLUDED : absence_status(sys_errno),
                                                  .sys_errno = large ? 0 : sys_errno,
                                                  .reason = large ? "larger than 64 MiB" : absence_reason(sys_errno) };
    return HZ_OK;
}

int pers_absences_failed(struct pers_absences *a, struct span origin, const struct hz_error *why, struct hz_error *err)
{
    if (why->code == HZ_E_NOMEM || why->code == HZ_E_CRYPTO) {
        *err = *why;
        return why->code;
    }
    bool gone = why->sys_errno == 0 || absence_status(why->sys_errno) == W_VANISHED;
    return gone ? HZ_OK : pers_absences_add(a, origin, why->sys_errno, err);
}

int pers_absences_move(struct pers_absences *to, const struct pers_absences *from, struct hz_error *err)
{
    int rc = HZ_OK;
    for (size_t i = 0; rc == HZ_OK && i < from->count; i++)
        rc = pers_absences_add(to, from->list[i].origin, from->list[i].sys_errno, err);
    to->more |= from->more;
    return rc;
}
