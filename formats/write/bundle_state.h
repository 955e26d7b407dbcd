/* What a bundle holds while it is written; shared by bundle.c, bundle_*.c and finish.c only. */
#ifndef HZ_FORMATS_WRITE_BUNDLE_STATE_H
#define HZ_FORMATS_WRITE_BUNDLE_STATE_H

#include "formats/write/bundle.h"
#include "formats/write/catalog.h"
#include "formats/write/manifest.h"
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
    enum w_compress compress;
    struct w_members members;
    struct w_catalog catalog;
    struct w_sources sources;
    struct w_store store;
    struct w_store *in_memory; /* the store, or NULL: spools are files */
    struct w_spool objects, absent, actions;
    struct w_manifest manifest;
    struct buf line; /* of a record */
    uint64_t bytes;  /* of payload */
    /* the file at work */
    const struct w_file *file;
    struct w_digest *digest;
    uint64_t promised, given;
    uint64_t lent; /* of the file at work */
    struct {       /* by w_bundle_measure */
        unsigned segments;
        uint64_t rest, rest_out;       /* of rows: as they wait, and as they are in the output */
        uint64_t segment, segment_out; /* the same of the catalog's segment at work */
    } settled;
};

/* Every call that goes on with the bundle begins with enter, which closes it, and ends with leave, which opens it again
 * when all went well. */
int w_bundle_enter(struct w_bundle *b, enum w_bundle_state wanted, struct hz_error *err);
int w_bundle_leave(struct w_bundle *b, enum w_bundle_state next, int rc, struct hz_error *err);
/* HZ_E_LIMIT where w_bundle_room says no. */
int w_bundle_check_room(const struct w_bundle *b, size_t extra, struct hz_error *err);

#endif
