/* Evidence records (RFC 4998): a chain of time stamps, each made before the one before it aged, over the digests of
 * files (formats/spec/evidence.md). The form is read here, tokens as formats/read/timestamp.h says; hostile ones go
 * through r_ers_check, which does both in a jailed child. */
#ifndef HZ_FORMATS_READ_ERS_H
#define HZ_FORMATS_READ_ERS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/stamp.h"
#include "formats/read/hash.h"
#include "formats/read/timestamp.h"

#define R_ERS_MAX ((size_t)1 << 20)
#define R_ERS_STAMPS 64   /* in one record */
#define R_ERS_LISTS 64    /* of one reduced hash tree */
#define R_ERS_HASHES 256  /* in one list */
#define R_ERS_OBJECTS 160 /* files that one asks about */

enum r_ers_status {
    R_ERS_PROVEN,   /* from since on, without a gap, up to now */
    R_ERS_UNPROVEN, /* whole, but the last time stamp does not lead to a root that was given */
    R_ERS_LAPSED,   /* whole, but the last time stamp has run out */
    R_ERS_INVALID
};

/* Why it is not proven from its first time stamp on. The sentences are r_ers_sentence's. */
enum r_ers_why {
    R_ERS_GOOD,
    R_ERS_FORM,      /* no evidence record in DER, as evidence.md has it */
    R_ERS_LARGE,     /* beyond its limits */
    R_ERS_OTHER,     /* the first object is not in its hash tree */
    R_ERS_RENEWAL,   /* a time stamp does not cover the one before it */
    R_ERS_TREE,      /* a hash tree does not lead to what was stamped */
    R_ERS_ALGORITHM, /* digests are mixed within a chain, or not listed */
    R_ERS_TOKEN,     /* a time stamp is invalid; its own `why` tells */
    R_ERS_ORDER,     /* a time stamp is earlier than the one before it */
    R_ERS_GAP,       /* a time stamp had run out before the next was made */
    R_ERS_UNTRUSTED, /* a time stamp does not lead to a root */
    R_ERS_WIDE,      /* the SHA-512 of the objects is needed */
    R_ERS_CRASH,     /* its reader died or took too long */
    R_ERS_WHY_COUNT
};

/* A file that may be covered. sha512 counts in r_ers_order.wide alone. */
struct r_ers_object {
    unsigned char sha256[R_SHA256_SIZE], sha512[R_SHA512_SIZE];
};

struct r_ers_order {
    const struct r_ers_object *objects; /* the first is the one that the record is about */
    size_t object_count;
    bool wide;                             /* sha512 is there, too */
    const struct r_timestamp_roots *roots; /* NULL: none */
    struct stamp now;                      /* until when the last time stamp must last */
};

struct r_ers_stamp {
    unsigned chain; /* from 0; a new one begins with another digest */
    bool wide;      /* SHA-512, else SHA-256 */
    bool lasted;    /* its certificates were valid still when the next was made; of the last: now */
    struct r_timestamp token;
};

struct r_ers {
    enum r_ers_status status;
    enum r_ers_why why;
    size_t at;    /* the time stamp that `why` is about */
    size_t since; /* proven: the time stamp from which on there is no gap */
    size_t count;
    struct r_ers_stamp stamps[R_ERS_STAMPS]; /* those that were reached */
    bool covers[R_ERS_OBJECTS];              /* as the objects, by the record's whole sequence; not when invalid */
};

/* HZ_OK whatever the answer; HZ_E_NOMEM or HZ_E_CRYPTO when there is none. r_hash_start must have succeeded. */
int r_ers_judge(const void *bytes, size_t len, const struct r_ers_order *order, struct r_ers *out,
                struct hz_error *err);
/* The same in a jailed child; a child that dies gives R_ERS_CRASH. HZ_E_IO when there can be no child. */
int r_ers_check(const void *bytes, size_t len, const struct r_ers_order *order, struct r_ers *out,
                struct hz_error *err);

/* "proven" */
const char *r_ers_word(enum r_ers_status status);
/* N_() text. */
const char *r_ers_sentence(enum r_ers_why why);

#endif
