/* Time-stamp tokens (RFC 3161): what proves that bytes existed at a time (formats/spec/timestamp.md). OpenSSL decodes
 * and checks them; hostile ones go through r_timestamp_check, which does that in a jailed child. */
#ifndef HZ_FORMATS_READ_TIMESTAMP_H
#define HZ_FORMATS_READ_TIMESTAMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/stamp.h"
#include "formats/read/hash.h"

#define R_TIMESTAMP_MAX ((size_t)64 << 10)
#define R_TIMESTAMP_ROOTS_MAX ((size_t)4 << 20)
#define R_TIMESTAMP_AUTHORITY 256
#define R_TIMESTAMP_QUERY 69 /* bytes of a query as w_timestamp_query makes it, with SHA-256 */
#define R_TIMESTAMP_NONCE 8
/* Clocks that nobody watches differ by that much; only what goes beyond it contradicts a token. Seconds. */
#define R_TIMESTAMP_TOLERANCE 300
#define R_TIMESTAMP_BESIDE 16 /* token files beside a file, at most */

enum r_timestamp_status { R_TIMESTAMP_PROVEN, R_TIMESTAMP_UNPROVEN, R_TIMESTAMP_INVALID };

/* Why it is not proven. The sentences are r_timestamp_sentence's. */
enum r_timestamp_why {
    R_TIMESTAMP_GOOD,
    R_TIMESTAMP_FORM,          /* not a response in DER, or more than one, or not of version 1 */
    R_TIMESTAMP_REFUSED,       /* the authority granted nothing */
    R_TIMESTAMP_IMPRINT,       /* not one SHA-256 */
    R_TIMESTAMP_ALGORITHM,     /* signed with a digest that is too weak, or unknown */
    R_TIMESTAMP_SIGNATURE,     /* does not hold, or the certificate is not in it */
    R_TIMESTAMP_PURPOSE,       /* the certificate is not for time stamping, and for nothing else */
    R_TIMESTAMP_EXPIRED,       /* the certificate was not valid at the time of the token */
    R_TIMESTAMP_CRASH,         /* its reader died or took too long */
    R_TIMESTAMP_NO_ROOTS,      /* nobody was named whom one trusts */
    R_TIMESTAMP_CHAIN,         /* the certificate does not lead to one of them, at the time of the token */
    R_TIMESTAMP_OTHER,         /* set by callers: it is about other bytes */
    R_TIMESTAMP_NONCE_DIFFERS, /* set by callers: it answers another query */
    R_TIMESTAMP_WHY_COUNT
};

/* What can be read of a token is there also when it is invalid, then as its own account. */
struct r_timestamp {
    enum r_timestamp_status status;
    enum r_timestamp_why why;
    bool read; /* the members below hold what the token says */
    struct stamp time;
    uint32_t accuracy; /* seconds, rounded up; 0: not said */
    bool wide;         /* the imprint is SHA-512; of a token alone */
    unsigned char imprint[R_SHA512_SIZE];
    struct stamp expires; /* the end of the signer's certificate; 0: not known */
    bool has_nonce;       /* one of R_TIMESTAMP_NONCE bytes */
    unsigned char nonce[R_TIMESTAMP_NONCE];
    char authority[R_TIMESTAMP_AUTHORITY]; /* name in the signer's certificate (RFC 4514), UTF-8; empty: none */
};

struct r_timestamp_roots; /* certificates of those whom one trusts to tell the time */

/* From a file of PEM certificates, at least one. HZ_E_FORMAT, HZ_E_CRYPTO or HZ_E_NOMEM. */
int r_timestamp_roots_read(const void *pem, size_t len, struct r_timestamp_roots **out, struct hz_error *err);
void r_timestamp_roots_free(struct r_timestamp_roots *roots); /* NULL is legal */

/* Decodes a whole TimeStampResp and judges it: by itself, and against the roots (NULL: none) at its own time, so that
 * it stays proven when certificates have expired since. Revocation lists are not asked. HZ_OK whatever the answer;
 * HZ_E_NOMEM or HZ_E_CRYPTO when there is none. */
int r_timestamp_judge(const void *bytes, size_t len, const struct r_timestamp_roots *roots, struct r_timestamp *out,
                      struct hz_error *err);
/* The same of an answer that must be over a SHA-512. */
int r_timestamp_judge_wide(const void *bytes, size_t len, const struct r_timestamp_roots *roots,
                           struct r_timestamp *out, struct hz_error *err);
/* The same for a TimeStampToken alone (a ContentInfo, at most R_TIMESTAMP_MAX bytes), whose imprint may be SHA-512,
 * too.
 */
int r_timestamp_token(const void *bytes, size_t len, const struct r_timestamp_roots *roots, struct r_timestamp *out,
                      struct hz_error *err);
/* Are the certificates of a token that r_timestamp_token judged as `said` valid at another time? Of one that is proven
 * the whole chain, else the signer's own. */
int r_timestamp_lasts(const void *bytes, size_t len, const struct r_timestamp_roots *roots,
                      const struct r_timestamp *said, struct stamp at, bool *lasts, struct hz_error *err);
/* r_timestamp_judge in a jailed child with at most a quarter of a second of the processor; a child that dies gives
 * R_TIMESTAMP_INVALID. More than R_TIMESTAMP_MAX bytes are invalid, too. HZ_E_IO when there can be no child. */
int r_timestamp_check(const void *bytes, size_t len, const struct r_timestamp_roots *roots, struct r_timestamp *out,
                      struct hz_error *err);
/* The same of an answer that must be over a SHA-512. */
int r_timestamp_check_wide(const void *bytes, size_t len, const struct r_timestamp_roots *roots,
                           struct r_timestamp *out, struct hz_error *err);
/* Turns an answer into "invalid": of other bytes, or to another query. imprint: of R_SHA256_SIZE bytes, of
 * R_SHA512_SIZE where the answer came from r_timestamp_check_wide. */
void r_timestamp_hold(struct r_timestamp *t, const unsigned char *imprint, const unsigned char *nonce /* NULL: any */);

/* Reads a query of the one form that w_timestamp_query writes, with a SHA-256 or (wide) a SHA-512. HZ_E_FORMAT. */
int r_timestamp_query(const void *bytes, size_t len, bool wide, unsigned char *imprint,
                      unsigned char nonce[R_TIMESTAMP_NONCE]);
/* "proven" */
const char *r_timestamp_word(enum r_timestamp_status status);
/* N_() text. */
const char *r_timestamp_sentence(enum r_timestamp_why why);
/* true for the name of a token file of `base`: base.tsr, or base.2.tsr to base.16.tsr. */
bool r_timestamp_is_beside(const char *name, const char *base, size_t base_len);

#endif
