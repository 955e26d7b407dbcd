/* The parts of the bundle reader see each other here; nobody else includes this. */
#ifndef HZ_FORMATS_READ_STATE_H
#define HZ_FORMATS_READ_STATE_H

#include "formats/read/bag.h"
#include "formats/read/branch.h"
#include "formats/read/bundle.h"
#include "formats/read/disclosed.h"
#include "formats/read/format.h"
#include "formats/read/line.h"
#include "formats/read/listing.h"
#include "formats/read/merkle.h"
#include "formats/read/tags.h"
#include "formats/read/tally.h"
#include "formats/read/tar.h"
#include "formats/read/window.h"

#define R_TAGMANIFEST_MAX ((size_t)1024 * 1024)
#define R_TAGMANIFEST512_MAX ((size_t)2 * 1024 * 1024)
#define R_STATE_NOTICES 64

enum r_kind {
    R_KIND_TAG,
    R_KIND_SEGMENT,
    R_KIND_PAYLOAD,
    R_KIND_TAGMANIFEST512,
    R_KIND_TAGMANIFEST,
    R_KIND_SIGNATURE,
    R_KIND_PART, /* of a disclosure; tag: enum r_disclosed_part */
    R_KIND_SKIPPED
};

struct r_member {
    char full[R_TAR_NAME_MAX + 1];
    const char *path;            /* behind NAME/ */
    size_t path_len, source_len; /* source_len: of a payload file */
    uint64_t size, offset;       /* offset: of the header */
    enum r_kind kind;
    unsigned tag; /* TAG and SEGMENT */
    unsigned rank;
    bool whole; /* kept in `text` */
    bool lines; /* goes through `line` */
    bool wide;  /* its SHA-512 is made too */
    bool left;  /* it is a payload file that is not read */
    bool later; /* its digest is made by the input's helpers, straight into the window */
};

struct r_state {
    struct r_input input;
    const struct r_bundle_sink *sink;
    struct r_bundle_result *result;
    struct r_hash digest, digest512, scratch;

    bool stopped;    /* a finding that ends the reading */
    bool not_bundle; /* the first block is not one of a bundle */
    uint32_t ill;    /* bit per enum r_tag: its grammar was wrong, so nothing is compared with it */
    char after[R_TAR_NAME_MAX + 1];
    uint64_t mtime;
    bool has_mtime;
    bool sha512; /* format.json promises the lists of SHA-512 */
    unsigned rank;
    struct r_member member;
    struct buf text; /* of a member that is kept */
    struct r_line line;
    bool line_wrong; /* the present file was found wrong already */

    struct r_tags tags;
    bool tagmanifest_seen, tagmanifest_read;
    uint64_t tagmanifest_offset;
    struct {
        bool seen, too_large;
        uint64_t offset;
        unsigned char digest[R_SHA256_SIZE]; /* of its bytes */
    } tagmanifest512;
    char signature_before[65];
    unsigned signature_count;

    struct r_window window;
    unsigned segment;         /* the next segment expected */
    uint64_t segment_lines;   /* of the present one */
    uint64_t segment_met;     /* files that it lists and that were there */
    size_t segment_mark;      /* findings before it */
    bool segment_order_wrong; /* said once for each */
    bool catalog_whole;       /* no segment was out of its place */
    char last_path[R_NAME_PATH_MAX + 1];
    size_t last_source_len;
    struct r_tally stored; /* payload in the tar, by source */
    bool blind_seen, blind_ill;
    uint64_t blind_offset;

    struct r_entry entry;
    struct r_record record;
    struct r_listing listing;
    struct r_hash manifest512; /* over what manifest-sha512.txt should be */
    struct r_merkle merkle;
    unsigned char leaves[R_CATALOG_SEGMENT]
                        [R_SHA256_SIZE]; /* of the tree, made by the input's helpers, not in it yet */
    size_t leaf_count;
    struct r_tally collected, recorded, absent;
    uint64_t catalog_bytes, objects, absences;

    bool has_format, has_acquisition, has_info, has_merkle;
    struct stamp started;
    struct r_acquisition acquisition;
    struct buf info_text;
    struct r_bag_info info;
    uint64_t merkle_count;
    unsigned char merkle_root[R_SHA256_SIZE];

    struct { /* of a disclosure that is read */
        bool on, has_line, has_proof, proven;
        uint32_t seen; /* bit per enum r_disclosed_part */
        uint64_t offset[R_DISCLOSED_PARTS];
        struct buf line; /* without its LF */
        struct r_proof proof;
        uint64_t index;
    } disclosed;
    struct { /* of one that is made */
        bool found;
        struct buf line; /* with its LF */
        struct r_branch branch;
    } disclosing;
};

#define R_NEED_TAG(tag) ((struct r_need) { .tags = UINT32_C(1) << (tag) })

/* bundle.c: a finding about the member at hand, with its place. */
void r_state_place(struct r_state *s, enum r_code code, enum r_why why);
/* The member at hand does not follow its grammar. */
void r_state_ill(struct r_state *s);
/* Any finding. */
void r_state_add(struct r_state *s, const struct r_finding *finding);
/* A notice, once for each code and text. */
void r_state_notice(struct r_state *s, enum r_code code, enum r_why why, const char *text, size_t len);

/* ending.c: what ends the reading. A finding about the container; bytes that are missing; a file that is no bundle (by
 * its first bytes); the end marker, whose first block was taken, and what stands behind it. */
void r_ending_stop(struct r_state *s, enum r_code code, enum r_why why, uint64_t offset, const char *text);
void r_ending_truncated(struct r_state *s);
bool r_ending_is_bundle(const unsigned char *block, size_t len);
void r_ending_unknown(struct r_state *s, const unsigned char *block, size_t len);
int r_ending_take(struct r_state *s, struct hz_error *err);

/* member.c: decides what a member is, and takes its bytes. */
int r_member_begin(struct r_state *s, struct hz_error *err);
int r_member_data(struct r_state *s, const unsigned char *bytes, size_t len, struct hz_error *err);
int r_member_end(struct r_state *s, struct hz_error *err);

/* payload.c: payload files and the catalog segments that list them. */
int r_payload_begin(struct r_state *s, struct hz_error *err);
/* Its digests stand in the window, or will before r_input_digested ends. */
int r_payload_end(struct r_state *s, struct hz_error *err);
void r_payload_segment_begin(struct r_state *s);
int r_payload_line(void *context, const char *line, size_t len, uint64_t number, uint64_t offset, struct hz_error *err);
void r_payload_segment_end(struct r_state *s);
/* After the last member: files without a segment. */
void r_payload_finish(struct r_state *s);

/* wide.c: the lists of SHA-512 (formats/spec/bundle.md section 6). Files in the window, in the order of the tar; and at
 * the end the two lists against what they should be. */
void r_wide_files(struct r_state *s);
void r_wide_check(struct r_state *s);

/* disclosed_check.c: disclosures (formats/spec/disclosure.md). Whether the file is one, which its first member says. */
bool r_disclosed_begins(struct r_state *s);
/* The place of a member in one; known: it has one in a bundle. false: none. */
bool r_disclosed_place(struct r_state *s, bool known);
/* A payload file that may not be in one: of the source blind, or a second one. */
bool r_disclosed_refuses(const struct r_state *s);
/* A part comes for the second time. */
bool r_disclosed_again(struct r_state *s);
int r_disclosed_end(struct r_state *s, struct hz_error *err);
/* A tag file that the tagmanifest lists and that need not be in it. Of a bundle: none. */
bool r_disclosed_may_lack(const struct r_state *s, unsigned tag);
int r_disclosed_settle(struct r_state *s, struct hz_error *err);
int r_disclosed_tell(struct r_state *s, struct hz_error *err);

/* disclosing.c: making one. Each catalog line before it is added to the tree (entry NULL: not well-formed), and each
 * member at its end. */
int r_disclosing_line(struct r_state *s, const char *line, size_t len, const struct r_entry *e, struct hz_error *err);
int r_disclosing_part(struct r_state *s, struct hz_error *err);

/* lists.c: lines of objects, absent, actions and of the manifest. */
int r_lists_record(void *context, const char *line, size_t len, uint64_t number, uint64_t offset, struct hz_error *err);
int r_lists_manifest(void *context, const char *line, size_t len, uint64_t number, uint64_t offset,
                     struct hz_error *err);
/* One line outside its grammar (HZ_E_FORMAT) or over a bound (HZ_E_LIMIT) is a finding: HZ_OK. HZ_E_NOMEM is an error.
 */
int r_lists_wrong(struct r_state *s, int code, uint64_t number, size_t at, const char *wrong, struct hz_error *err);

/* whole.c: small tag files, when their bytes are complete. */
int r_whole_read(struct r_state *s, struct hz_error *err);

/* settle.c: what can only be told at the end. */
int r_settle_finish(struct r_state *s, struct hz_error *err);

#endif
