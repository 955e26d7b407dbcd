/* packages.jsonl, packages.txt, altered.jsonl and altered.txt (formats/spec/sources/packages.md). */
#ifndef HZ_COLLECTOR_PERSISTENCE_PKG_WRITE_H
#define HZ_COLLECTOR_PERSISTENCE_PKG_WRITE_H

#include "collector/persistence/pkg_base.h"
#include "collector/persistence/pkg_compare.h"
#include "collector/products.h"

int pkg_write_packages(struct products *p, const struct pkg_base *base, struct hz_error *err);

/* altered.*: their first lines, then a file at a time. */
struct pkg_writing {
    const struct pkg_base *base;
    struct product *json, *text;
    struct buf line;
};
int pkg_write_begin(struct pkg_writing *w, struct products *p, const struct pkg_base *base, struct hz_error *err);
/* Nothing for a file that is as it was delivered. */
int pkg_write_file(struct pkg_writing *w, const struct pkg_file *file, const struct pkg_result *result,
                   struct hz_error *err);
void pkg_write_end(struct pkg_writing *w);
/* "altered", "missing", ...; static */
const char *pkg_write_verdict(enum pkg_verdict verdict);

#endif
