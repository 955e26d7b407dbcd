/* The bundle as a stream of members (formats/spec/bundle.md). The caller walks its sources in order; this side owns the
 * container, digests, catalog, records, manifests, Merkle root and signature. What has no known size before its end
 * waits in spools: unlinked files in the directory given, or memory.
 *
 * Call order: open; for each source its files ascending (spec section 3; violations are HZ_E_FORMAT), objects, absent
 * and actions at any time between; finish or free. All calls come from one thread. After any failure only w_bundle_free
 * is legal: the output is not a bundle. (The one exception: where w_bundle_room says no.)
 *
 * A file is given either in sequence (file_begin, data, end), digested and laid out here, or ready: its bytes lent as
 * they shall stand in the tar, its digests and rows made by the caller, on any thread, with w_tarhead_put, w_digest_*,
 * w_catalog_line and w_merkle_leaf. */
#ifndef HZ_FORMATS_WRITE_BUNDLE_H
#define HZ_FORMATS_WRITE_BUNDLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/stamp.h"
#include "formats/write/compress.h"
#include "formats/write/key.h"
#include "formats/write/loan.h"
#include "formats/write/record.h"

struct w_bundle;

struct w_bundle_config {
    const char *name;    /* the item; checked against the grammar */
    int output;          /* descriptor, written in order, never seeked; stays the caller's */
    int spool_directory; /* descriptor of a directory for unlinked temporary files; stays the caller's; -1: memory */
    struct stamp started;
    const char *output_name; /* what errors call the output, until w_bundle_free; NULL: the item */
    enum w_compress compress;
    bool sha512;               /* a second digest of every payload and tag file */
    unsigned threads, helpers; /* as in stream.h */
    size_t spool_memory;       /* spool_directory -1: what all spools together may take */
    /* age recipients (age_recipient.h): the output becomes an age file around the bundle. Spools do not become
     * encrypted by it: give -1 for their directory. file_sha256 and file_bytes are of the age file. */
    const char *const *recipients;
    size_t recipient_count; /* 0: nothing is encrypted */
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

/* Bytes of the tar, of one file between w_bundle_ready and w_bundle_ready (header by w_tarhead_put with the name
 * "ITEM/PATH" and w_bundle_mtime, content, padding), in any number of calls. They are not copied: the bundle takes
 * references to the loan and gives them back when the bytes have been used; the last ones not before other bytes are
 * given, the bundle is finished or freed. Neighbouring bytes of one loan become one piece, so lend file after file of
 * one buffer as they lie there. */
int w_bundle_lend(struct w_bundle *b, const void *bytes, size_t len, struct w_loan *loan, struct hz_error *err);

struct w_ready {
    const char *path, *source;
    uint64_t size;      /* of the content */
    const char *sha256; /* of the content, lower-case hexadecimal */
    const char *sha512; /* the same; NULL unless the bundle was asked for it */
    const void *line;   /* of the catalog, as w_catalog_line makes it, with a newline */
    size_t line_len;
    const unsigned char *leaf; /* w_merkle_leaf of the line without its newline */
};

/* Counts and lists the file whose bytes were lent. Nothing in `r` is kept. HZ_E_FORMAT: not the bytes that such a file
 * has, or not its place. */
int w_bundle_ready(struct w_bundle *b, const struct w_ready *r, struct hz_error *err);
/* For those who help; lives as long as the bundle. */
struct w_stream *w_bundle_stream(const struct w_bundle *b);
/* The mtime of all headers. */
uint64_t w_bundle_mtime(const struct w_bundle *b);

/* Do the rows of an ordinary file, and `extra` bytes (those of long names and many attributes), surely fit, with what
 * the end needs? Always so unless the spools are in memory. Ask before a file's bytes are lent: a file that was lent
 * has to be listed. Where this says no, file_begin, produced, object and the first lend of a file give HZ_E_LIMIT and
 * have done nothing; absent and action use the reserve for the end, and give the same when that is used up. */
bool w_bundle_room(const struct w_bundle *b, size_t extra);

struct w_bundle_progress {
    uint64_t written;   /* bytes of the output so far */
    uint64_t in_flight; /* bytes of the tar that are on their way; written they are no more than about as many */
    uint64_t payload;   /* bytes of payload files so far, of the one at work too; never less than before */
    uint64_t rows;      /* bytes of rows that wait for the end of the bundle, before compression */
    uint64_t rows_out;  /* what these take of the output: packed as far as w_bundle_measure measured them, */
    uint64_t rows_rest; /* but for so many of them */
};
void w_bundle_progress(const struct w_bundle *b, struct w_bundle_progress *out);
/* Waits until all that was given is packed and handed to the output. This and the next at any time between open and
 * finish, also between the bytes of a file. */
int w_bundle_settle(struct w_bundle *b, struct hz_error *err);
/* Packs the rows that wait, for their size alone; costs as much as the end of the bundle. */
int w_bundle_measure(struct w_bundle *b, struct hz_error *err);

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
    uint64_t file_bytes; /* of the whole output */
};

/* Records, tag files, manifests, signature, end marker. Syncing and renaming the output is the caller's. The signer's
 * keyid is written into keys_expected. */
int w_bundle_finish(struct w_bundle *b, const struct w_acquisition *acquisition, const struct w_key *key,
                    struct w_bundle_result *result, struct hz_error *err);

#endif
