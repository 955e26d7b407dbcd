/* What a bundle holds while it is written; shared by bundle.c and finish.c only. */
#ifndef HZ_FORMATS_WRITE_BUNDLE_STATE_H
#define HZ_FORMATS_WRITE_BUNDLE_STATE_H

#include "formats/write/bundle.h"
#include "formats/write/catalog.h"
#include "formats/write/members.h"
#include "formats/write/name.h"
#include "formats/write/sources.h"
#include "formats/write/spool.h"

enum w_bundle_state { W_BUNDLE_BETWEEN, W_BUNDLE_IN_FILE, W_BUNDLE_CLOSED };

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
};

#endif
