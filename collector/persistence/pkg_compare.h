/* Files held against the digests of their packages, on several servants' threads. */
#ifndef HZ_COLLECTOR_PERSISTENCE_PKG_COMPARE_H
#define HZ_COLLECTOR_PERSISTENCE_PKG_COMPARE_H

#include "base/error.h"
#include "collector/persistence/pkg_base.h"
#include "collector/run.h"
#include "formats/write/record.h"

/* Unless all files are asked for, larger ones are not compared; nor is, behind so many bytes in the order of the base,
 * anything more. */
#define PKG_COMPARE_EACH ((uint64_t)64 << 20)
#define PKG_COMPARE_TOTAL ((uint64_t)768 << 20)

enum pkg_verdict {
    PKG_WAITING, /* no answer */
    PKG_SAME,
    PKG_ALTERED, /* other content */
    PKG_OTHER,   /* a folder, device or the like in its place */
    PKG_MISSING,
    PKG_UNREADABLE,
    PKG_TOO_MUCH /* beyond the bounds above */
};

struct pkg_result {
    enum pkg_verdict verdict;
    struct pkg_digest digest; /* PKG_ALTERED */
    uint64_t size;
    struct w_stat stat; /* PKG_ALTERED, PKG_OTHER */
    int sys_errno;      /* PKG_UNREADABLE */
};

struct pkg_sums {
    uint64_t compared, bytes, altered, missing, unread;
};

/* On the main thread, for each file of the base in its order. Not HZ_OK ends it. */
typedef int pkg_compare_each(void *context, const struct pkg_file *file, const struct pkg_result *result,
                             struct hz_error *err);
/* Fails only for shortages of ours. What a servant did not finish, or the end of the collection cut off, is
 * PKG_WAITING. *lost: a thread was left behind, which still uses base: it must not be freed. */
int pkg_compare(struct run *run, const struct pkg_base *base, pkg_compare_each *each, void *context,
                struct pkg_sums *sums, bool *lost, struct hz_error *err);

#endif
