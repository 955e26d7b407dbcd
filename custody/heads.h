/* hozen-verify, asked for what base/heads.h describes. */
#ifndef HZ_CUSTODY_HEADS_H
#define HZ_CUSTODY_HEADS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"

/* Nothing that they hear is verified before the end. A code other than HZ_OK ends it. */
struct heads_listener {
    void *context;
    int (*file)(void *context, const char *path, uint64_t size, struct hz_error *err);
    int (*data)(void *context, const void *bytes, size_t len, struct hz_error *err);
    int (*unlocked)(void *context, const char *path, struct hz_error *err);
    bool (*stopped)(void *context); /* asked ten times a second or more; true ends it with HZ_E_TIMEOUT */
};

/* *answer: what it says of the bundle at the end, as verify --json gives it; *status: its exit code. */
int heads_read(const char *bundle, const struct heads_listener *listener, struct buf *answer, int *status,
               struct hz_error *err);

#endif
