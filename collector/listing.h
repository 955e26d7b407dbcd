/* One directory's entries in the order of the bundle: mapped, twins told apart, sorted (formats/spec/bundle.md,
 * section 3). */
#ifndef HZ_COLLECTOR_LISTING_H
#define HZ_COLLECTOR_LISTING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "collector/tree.h"

struct listing_entry {
    uint32_t raw, mapped; /* where the names begin in text; both end in a NUL */
    uint32_t raw_len, mapped_len;
    bool member;  /* a regular file or directory when it was listed: only these are told apart as twins */
    bool regular; /* a regular file, for all that the listing said */
    bool clash;   /* its name in the bundle would equal another's: it cannot be taken */
    const struct tree_node *node; /* what was asked for by this path or below it; NULL: nothing in particular */
};

struct listing {
    struct buf text;
    struct listing_entry *entries; /* owned, ascending by mapped name */
    size_t count, room;
    bool cut;     /* there are more entries than the bounds below allow */
    int failed;   /* errno with which reading ended early, 0 when it reached the end */
    bool exposed; /* could not be read without leaving an access time */
};

#define LISTING_TEXT_MAX ((size_t)1 << 30)    /* bytes of names, raw and mapped */
#define LISTING_ENTRIES_MAX ((size_t)1 << 24) /* names */

void listing_init(struct listing *l);
void listing_free(struct listing *l);
/* All entries of the directory behind an O_PATH descriptor, and those of node's children that it does not list (they
 * may be hidden or gone). An error means that nothing could be listed; err->sys_errno says why. out is empty on entry.
 */
int listing_read(int path_fd, const struct tree_node *node, struct listing *out, struct hz_error *err);
/* Only node's children. */
int listing_planned(int path_fd, const struct tree_node *node, struct listing *out, struct hz_error *err);

/* Names of an entry, NUL-terminated. */
const char *listing_raw(const struct listing *l, size_t i);
const char *listing_mapped(const struct listing *l, size_t i);

#endif
