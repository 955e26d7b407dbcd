/* Folders at the top that became links into /usr: packages still name files by the old path. */
#ifndef HZ_COLLECTOR_PERSISTENCE_PKG_ALIAS_H
#define HZ_COLLECTOR_PERSISTENCE_PKG_ALIAS_H

#include "base/buf.h"
#include "collector/persistence/pers_rows.h"
#include "collector/persistence/pers_text.h"

#define PKG_ALIASES 6

struct pkg_aliases {
    struct {
        const char *from; /* "/lib" */
        struct buf to;    /* "/usr/lib"; empty: it is no link */
    } list[PKG_ALIASES];
};

/* One that cannot be looked at is as none, and absent. */
int pkg_alias_find(struct pkg_aliases *a, int root, struct pers_absences *absences, struct hz_error *err);
void pkg_alias_free(struct pkg_aliases *a);
/* Appends the path as the host has it now. */
int pkg_alias_put(const struct pkg_aliases *a, struct span path, struct buf *out);

#endif
