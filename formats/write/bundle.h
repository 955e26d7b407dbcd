/* The bundle as a stream of members (formats/spec/bundle.md). The caller walks its sources in order; this side owns the
 * container, digests, catalog, records, manifests, Merkle root and signature. What has no known size before its end
 * waits in unlinked spool files in the directory given.
 *
 * Call order: open; for each source its files ascending (spec section 3; violations are HZ_E_FORMAT), objects, absent
 * and actions at any time between; finish or free. After any failure only w_bundle_free is legal: the output is not a
 * bundle. */
#ifndef HZ_FORMATS_WRITE_BUNDLE_H
#define HZ_FORMATS_WRITE_BUNDLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/stamp.h"
#include "formats/write/key.h"
#include "formats/write/record.h"

struct w_bundle;

struct w_bundle_config {
    const char *name;    /* the item; checked against the grammar */
    int output;          /* descriptor, written in order, never seeked; stays the caller's */
    int spool_directory; /* descriptor of a directory for unlinked temporary files; stays the caller's */
    struct stamp started;
    const char *output_name; /* what errors call the output, until w_bundle_free; NULL: the item */
};

/* Writes bagit.txt, meta/format.json and data/blind/blind.txt. *out is the caller's, w_bundle_free. */
int w_bundle_open(struct w_bundle **out, const struct w_bundle_config *config, struct hz_error *err);
void w_bundle_free(struct w_bundle *b);

/* One payload file: begin with the size promised, data until at most that size, end. `file` must stay valid until end.
 * At the end zeros fill what was promised and not given; status and real_* follow from it unless `outcome` says more.
 */
int w_bundle_file_begin(struct w_bundle *b, const struct w_file *file, uint64_t size, struct hz_error *err);
int w_bundle_file_data(struct w_bundle *b, const void *bytes, size_t len, struct hz_error *err);
int w_bundle_file_end(struct w_bundle *b, enum w_file_status outcome, struct hz_error *err);

/* begin, data, end for bytes the tool produced itself; path below the source's folder. */
int w_bundle_produced(struct w_bundle *b, const char *source, const char *name, const char *method, const void *bytes,
                      size_t len, struct hz_error *err);

int w_bundle_object(struct w_bundle *b, const struct w_object *object, struct hz_error *err);
int w_bundle_absent(struct w_bundle *b, const struct w_absent *absent, struct hz_error *err);
int w_bundle_action(struct w_bundle *b, const struct w_action *action, struct hz_error *err);
/* What was counted so far: collected (the blind file too), recorded, absent; asked is their sum. */
void w_bundle_counts(const struct w_bundle *b, struct w_counts *out);
/* The same of one source, for its summary in struct w_acquisition: w_bundle_finish refuses a summary that differs. */
void w_bundle_source_counts(const struct w_bundle *b, const char *source, struct w_counts *out);

struct w_bundle_result {
    char content_id[65];
    char file_sha256[65];
    uint64_t files;
    uint64_t bytes;      /* of payload */
    uint64_t file_bytes; /* of the whole tar */
};

/* Records, tag files, manifests, signature, end marker. Syncing and renaming the output is the caller's. The signer's
 * keyid is written into keys_expected. */
int w_bundle_finish(struct w_bundle *b, const struct w_acquisition *acquisition, const struct w_key *key,
                    struct w_bundle_result *result, struct hz_error *err);

#endif
