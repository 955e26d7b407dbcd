#include "verify/diff_cover.h"

#include <stdlib.h>
#include <string.h>

void diff_cover_free(struct diff_cover *c)
{
    while (c->count)
        free(c->list[--c->count].name);
}

/* Order of a name and of what is below a folder: -1 before all of it, 0 below it, 1 behind all of it */
static int place(const unsigned char *folder, size_t folder_len, const unsigned char *name, size_t len)
{
    size_t n = folder_len < len ? folder_len : len;
    int order = memcmp(name, folder, n);

    if (order || len <= folder_len)
        return order > 0 ? 1 : -1;
    if (folder_len && folder[folder_len - 1] == '/') /* the root */
        return 0;
    return name[folder_len] == '/' ? 0 : name[folder_len] < '/' ? -1 : 1;
}

static void drop_passed(struct diff_cover *c, const unsigned char *name, size_t len)
{
    size_t kept = 0;

    for (size_t i = 0; i < c->count; i++)
        if (place(c->list[i].name, c->list[i].len, name, len) > 0)
            free(c->list[i].name);
        else
            c->list[kept++] = c->list[i];
    c->count = kept;
}

void diff_cover_add(struct diff_cover *c, const unsigned char *name, size_t len)
{
    unsigned char *copy;

    drop_passed(c, name, len);
    copy = c->count < DIFF_COVER_MAX ? malloc(len + 1) : NULL;
    if (!copy) {
        c->full = true;
        return;
    }
    memcpy(copy, name, len);
    c->list[c->count].name = copy;
    c->list[c->count++].len = len;
}

bool diff_cover_has(struct diff_cover *c, const unsigned char *name, size_t len)
{
    drop_passed(c, name, len);
    for (size_t i = 0; i < c->count; i++)
        if (place(c->list[i].name, c->list[i].len, name, len) == 0)
            return true;
    return false;
}
