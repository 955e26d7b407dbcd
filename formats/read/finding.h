/* What a reader found wrong. A finding is not an error: reading goes on, and a report lists them all. */
#ifndef HZ_FORMATS_READ_FINDING_H
#define HZ_FORMATS_READ_FINDING_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/lang.h"

#define R_FINDING_KEPT 10000
#define R_FINDING_TEXT_MAX ((size_t)4000) /* longer strings are cut */

/* Names of formats/spec/bundle.md section 9; behind them the notices, which never change a verdict. */
enum r_code {
    R_PAYLOAD_ALTERED,
    R_PAYLOAD_MISSING,
    R_PAYLOAD_UNLISTED,
    R_MEMBER_DUPLICATE,
    R_MEMBER_FORBIDDEN,
    R_CONTAINER_MALFORMED,
    R_CONTAINER_TRUNCATED,
    R_CONTAINER_TRAILING_DATA,
    R_CONTAINER_UNSUPPORTED,
    R_MANIFEST_MALFORMED,
    R_TAG_ALTERED,
    R_CATALOG_MISMATCH,
    R_MERKLE_MISMATCH,
    R_SIGNATURE_MISSING,
    R_SIGNATURE_INVALID,
    R_SIGNER_UNTRUSTED,
    R_SIGNER_OUTSIDE_VALIDITY,
    R_SIGNER_REVOKED,
    R_SIGNERS_TOO_FEW,
    R_LIMIT_EXCEEDED,
    R_NOTE_TIME_UNPROVEN,
    R_NOTE_EXTENSION_KEYS,
    R_NOTE_UNKNOWN_SOURCE,
    R_NOTE_UNKNOWN_METHOD,
    R_NOTE_UNKNOWN_ALGORITHM,
    R_NOTE_SIDECAR_INVALID,
    R_NOTE_SIGNER_NOT_TRUSTED,
    R_NOTE_TIMESTAMP_INVALID,
    R_NOTE_TIMESTAMP_UNPROVEN,
    R_NOTE_CLOCK_AHEAD,
    R_NOTE_CLOCK_BEHIND,
    R_NOTE_TIMESTAMP_AGED,
    R_NOTE_EVIDENCE_INVALID,
    R_NOTE_EVIDENCE_LAPSED,
    R_NOTE_EVIDENCE_UNPROVEN,
    R_NOTE_SANDBOX_INCOMPLETE,
    R_CODE_COUNT
};

enum r_class { R_CLASS_FAILED, R_CLASS_UNDETERMINED, R_CLASS_NOTICE };

/* What exactly, as a sentence with places: {offset} {after} {text} {a} {b}. The sentences stand in finding_text.c. */
enum r_why {
    R_WHY_NOT_BUNDLE,
    R_WHY_OTHER_FORMAT,
    R_WHY_ENCRYPTED,
    R_WHY_CUSTODY,
    R_WHY_HEADER,
    R_WHY_TYPE,
    R_WHY_PADDING,
    R_WHY_TRUNCATED,
    R_WHY_TRUNCATED_INSIDE,
    R_WHY_TRUNCATED_FRAME,
    R_WHY_TRUNCATED_MEMBER,
    R_WHY_FRAME,
    R_WHY_FRAME_CONTENT,
    R_WHY_FRAME_TRAILING,
    R_WHY_GZIP,
    R_WHY_LIMIT_FRAME,
    R_WHY_END_BLOCK,
    R_WHY_TRAILING,
    R_WHY_VERSION,
    R_WHY_NAME,
    R_WHY_ORDER,
    R_WHY_TWICE,
    R_WHY_SEGMENT_NUMBER,
    R_WHY_SOURCE_TWICE,
    R_WHY_BLIND,
    R_WHY_TWIN,
    R_WHY_MTIME,
    R_WHY_LIMIT_SIZE,
    R_WHY_LIMIT_LINE,
    R_WHY_LIMIT_SOURCES,
    R_WHY_LIMIT_SIGNATURES,
    R_WHY_LIMIT_SEGMENTS,
    R_WHY_DIGEST,
    R_WHY_DIGEST_UNSURE,
    R_WHY_SIZE,
    R_WHY_LISTED_ONLY,
    R_WHY_BLIND_MISSING,
    R_WHY_STORED_ONLY,
    R_WHY_STORED_MANY,
    R_WHY_TAG_DIGEST,
    R_WHY_TAG_MISSING,
    R_WHY_TAG_UNLISTED,
    R_WHY_TAG_NOWHERE,
    R_WHY_TAGMANIFEST_MISSING,
    R_WHY_TAGMANIFEST512_MISSING,
    R_WHY_TAGMANIFEST512,
    R_WHY_FORM,
    R_WHY_LINE,
    R_WHY_LAST_LINE,
    R_WHY_FIXED_TEXT,
    R_WHY_SEGMENT_LINES,
    R_WHY_CATALOG_ORDER,
    R_WHY_MANIFEST_LINE,
    R_WHY_MANIFEST_SEGMENT,
    R_WHY_MANIFEST_COUNT,
    R_WHY_MANIFEST512,
    R_WHY_TAGMANIFEST_ORDER,
    R_WHY_FIELD,
    R_WHY_COUNTS,
    R_WHY_SOURCE_COUNTS,
    R_WHY_SOURCES,
    R_WHY_MERKLE_COUNT,
    R_WHY_MERKLE_ROOT,
    R_WHY_NO_SIGNATURE,
    R_WHY_KEY_EXPECTED,
    R_WHY_SIGNATURE_FORM,
    R_WHY_SIGNATURE_WRONG,
    R_WHY_SIGNATURE_NAME,
    R_WHY_SIGNATURE_NOTHING,
    R_WHY_NOT_ON_LIST,
    R_WHY_NAMESPACE,
    R_WHY_TOUCH,
    R_WHY_REVOKED,
    R_WHY_VALIDITY,
    R_WHY_TIME_UNPROVEN,
    R_WHY_TIMESTAMP,
    R_WHY_CLOCK_AHEAD,
    R_WHY_CLOCK_BEHIND,
    R_WHY_TIMESTAMP_AGED,
    R_WHY_EVIDENCE,
    R_WHY_EVIDENCE_AT,
    R_WHY_EXTENSIONS,
    R_WHY_UNKNOWN_SOURCE,
    R_WHY_UNKNOWN_METHOD,
    R_WHY_UNKNOWN_ALGORITHM,
    R_WHY_SANDBOX,
    R_WHY_TOO_FEW,
    R_WHY_DISCLOSED_ONE,
    R_WHY_DISCLOSED_LINE,
    R_WHY_DISCLOSED_NO_FILE,
    R_WHY_DISCLOSED_NO_PROOF,
    R_WHY_DISCLOSED_PROOF,
    R_WHY_DISCLOSED_OTHER,
    R_WHY_DISCLOSED_SEGMENTS,
    R_WHY_COUNT
};

/* Tag files that a finding rests on: it is reported only when they are intact by the tagmanifest, since an altered one
 * explains it. */
struct r_need {
    uint32_t tags;   /* bit per enum r_tag */
    int32_t segment; /* number of a catalog segment, 0 none, R_NEED_CATALOG all of them */
};
#define R_NEED_CATALOG (-1)

struct r_finding {
    enum r_code code;
    enum r_why why;
    uint64_t offset; /* of the member in the file: findings are shown in this order */
    uint64_t a, b;
    const char *path;     /* in the bundle, without NAME/; raw bytes; NULL: none */
    const char *original; /* host path as UTF-8 text; NULL: not known */
    const char *after;    /* member before the place, with NAME/ */
    const char *text;     /* whatever the sentence needs */
    struct r_need need;
    void *block; /* memory of the strings; set by the list that owns them */
};

/* A list that keeps R_FINDING_KEPT findings, at most 8 MiB of them, and counts the others. */
struct r_findings {
    struct r_finding *list; /* owned, strings too */
    size_t count, capacity, bytes;
    uint64_t dropped;
    bool out_of_memory;
};

void r_finding_add(struct r_findings *f, const struct r_finding *finding); /* copies the strings */
/* Removes those for which keep gives false; it may change code and why of those it keeps. */
void r_finding_filter(struct r_findings *f, bool (*keep)(const void *context, struct r_finding *finding),
                      const void *context);
/* Forgets all but the first `count`. */
void r_finding_truncate(struct r_findings *f, size_t count);
/* By offset, then as they were found. */
void r_finding_sort(struct r_findings *f);
void r_finding_free(struct r_findings *f);

const char *r_finding_code(enum r_code code); /* "payload-altered" */
enum r_class r_finding_class(enum r_code code);
/* The sentence, in a language, with its places filled in. What comes out may hold hostile bytes. */
void r_finding_detail(struct buf *out, enum lang lang, const struct r_finding *finding);

#endif
