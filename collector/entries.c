#include "collector/entries.h"

#include <stdlib.h>
#include <string.h>

#include "base/lang.h"
#include "base/text.h"

int entries_add(void *context, const char *name, unsigned char type, struct hz_error *err)
{
    struct entries *e = context;
    (void)type;
    if (e->limit > 0 && e->count == e->limit) {
        e->more = true;
        return HZ_OK;
    }
    if (e->count == e->room) {
        size_t room = e->room == 0 ? 64 : e->room * 2;
        char **list = reallocarray(e->list, room, sizeof *list);
        if (list == NULL)
            return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
        e->list = list;
        e->room = room;
    }
    if ((e->list[e->count] = text_copy(name)) == NULL)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    e->count++;
    return HZ_OK;
}

static int by_bytes(const void *a, const void *b)
{
    char *const *x = a, *const *y = b;
    return strcmp(*x, *y);
}

void entries_sort(struct entries *e)
{
    if (e->count > 1)
        qsort(e->list, e->count, sizeof *e->list, by_bytes);
}

void entries_free(struct entries *e)
{
    for (size_t i = 0; i < e->count; i++)
        free(e->list[i]);
    free(e->list);
    *e = (struct entries) { 0 };
}
