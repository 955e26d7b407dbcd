/* What a bundle holds while it is written; shared by bundle.c, bundle_*.c and finish.c only. */
#ifndef HZ_FORMATS_WRITE_BUNDLE_STATE_H
#define HZ_FORMATS_WRITE_BUNDLE_STATE_H

#include "formats/write/bundle.h"
#include "formats/write/catalog.h"
#include "formats/write/members.h"
#include "formats/write/name.h"
#include "formats/write/sources.h"
#include "formats/write/spool.h"

enum w_bundle_state { W_BUNDLE_BETWEEN, W_BUNDLE_IN_FILE, W_BUNDLE_LENT, W_BUNDLE_CLOSED };

struct w_bundle {
    char item[W_NAME_ITEM_MAX + 1];
    const char *output_name; /* the caller's */
    struct stamp started;
    enum w_bundle_state state;
    struct w_members members;
    struct w_catalog catalog;
    struct w_sources sources;
    struct w_spool objects, absent, actions, manifest;
    struct buf line; /* of a record or of the manifest */
    uint64_t bytes;  /* of payload */
    /* the file at work */
    const struct w_file *file;
    struct w_digest *digest;
    uint64_t promised, given;
    uint64_t lent; /* of the file at work */
};

/* Every call that goes on with the bundle begins with enter, which closes it, and ends with leave, which opens it again
 * when all went well. */
int w_bundle_enter(struct w_bundle *b, enum w_bundle_state wanted, struct hz_error *err);
int w_bundle_leave(struct w_bundle *b, enum w_bundle_state next, int rc, struct hz_error *err);
/* A payload file's line of the manifests. */
int w_bundle_list(struct w_bundle *b, const char *path, const char *sha256, struct hz_error *err);

#endif
