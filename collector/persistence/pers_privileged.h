/* Files that give whoever runs them more rights than he has: setuid, setgid, capabilities. */
#ifndef HZ_COLLECTOR_PERSISTENCE_PERS_PRIVILEGED_H
#define HZ_COLLECTOR_PERSISTENCE_PERS_PRIVILEGED_H

#include "base/error.h"
#include "collector/persistence/pers_mounts.h"
#include "collector/persistence/pkg_owner.h"
#include "collector/products.h"
#include "collector/recent_text.h"
#include "collector/run.h"

#define PERS_PRIVILEGED_MAX ((size_t)50000) /* files */

struct pers_privileged_file {
    struct span path; /* owned */
    struct w_stat stat;
    uint64_t size;
    unsigned char capability[RECENT_CAPABILITY_MAX];
    size_t capability_len;
    bool nosuid; /* where it lies, it gives nothing */
};

struct pers_privileged { /* zeroed: empty, legal to free */
    struct pers_privileged_file *list;
    size_t count, room;
    struct pers_mounts mounts;
    bool full; /* there are more */
};

void pers_privileged_free(struct pers_privileged *p);
/* Searches the file systems of this host (of an image: the one that it is), ascending by path. What could not be looked
 * into becomes absent. */
int pers_privileged_find(struct run *run, struct pers_privileged *p, struct hz_error *err);
int pers_privileged_ask(const struct pers_privileged *p, struct pkg_owners *owners, struct hz_error *err);
/* privileged.jsonl, privileged.txt and the observations. owners: NULL, or what was found out. */
int pers_privileged_write(struct run *run, struct products *products, const struct pers_privileged *p,
                          const struct pkg_owners *owners, struct hz_error *err);

#endif
