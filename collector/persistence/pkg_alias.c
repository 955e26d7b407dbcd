#include "collector/persistence/pkg_alias.h"

#include <string.h>

#include "collector/persistence/pers_look.h"

int pkg_alias_find(struct pkg_aliases *a, int root, struct pers_absences *absences, struct hz_error *err)
{
    static const char *const folders[PKG_ALIASES] = { "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32" };
    int rc = HZ_OK;
    for (size_t i = 0; i < PKG_ALIASES; i++) {
        HZ_CLEANUP(pers_thing_free) struct pers_thing t = PERS_THING_INIT;
        struct hz_error why;
        a->list[i].from = folders[i];
        buf_init(&a->list[i].to, PERS_PATH_MAX);
        if (rc != HZ_OK)
            continue;
        if (pers_look(root, folders[i], &t, &why) != HZ_OK)
            rc = pers_absences_failed(absences, span_of(folders[i]), &why, err);
        else if (strcmp((const char *)t.path.data, folders[i]) != 0)
            buf_put(&a->list[i].to, t.path.data, t.path.len);
    }
    return rc;
}

void pkg_alias_free(struct pkg_aliases *a)
{
    for (size_t i = 0; i < PKG_ALIASES; i++)
        buf_free(&a->list[i].to);
}

int pkg_alias_put(const struct pkg_aliases *a, struct span path, struct buf *out)
{
    for (size_t i = 0; i < PKG_ALIASES; i++) {
        const char *from = a->list[i].from;
        size_t len = from == NULL ? 0 : strlen(from);
        if (a->list[i].to.len == 0 || !span_begins(path, from) || path.len <= len || path.at[len] != '/')
            continue;
        buf_put(out, a->list[i].to.data, a->list[i].to.len);
        path = span_from(path, len);
        break;
    }
    return buf_put(out, path.at, path.len);
}
