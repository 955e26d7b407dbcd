/* What the policy asks of the archive and the copies that are there do not give. */
#ifndef HZ_CUSTODY_ARCHIVE_WANT_H
#define HZ_CUSTODY_ARCHIVE_WANT_H

#include <stdint.h>

#include "base/error.h"
#include "custody/archive_held.h"
#include "custody/store.h"

struct archive_lack {
    const char *item, *what; /* "copies", "media", "target" */
    uint64_t has, wanted;    /* of copies and media */
    const char *target;
};

struct archive_want {
    struct store *store;
    const struct r_policy *policy;
    const struct archive_held *held;
    const bool *there; /* of each copy held: it was found */
    const char *item;  /* NULL: all */
    int (*tell)(void *context, const struct archive_lack *lack, struct hz_error *err);
    void *context;
};

/* Tells of each item that lives and has a file what it lacks, by ascending item. */
int archive_want(const struct archive_want *w, struct hz_error *err);

#endif
