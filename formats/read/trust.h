/* Whether a signature verifies, by OpenSSL, and whose it is (formats/spec/bundle.md section 7). libgcrypt is not asked
 * here: 1.10 accepts malleable Ed25519 signatures and aborts on keys of low order. */
#ifndef HZ_FORMATS_READ_TRUST_H
#define HZ_FORMATS_READ_TRUST_H

#include "base/stamp.h"
#include "formats/read/signers.h"
#include "formats/read/sshsig.h"

/* Raw checks: point and signature as in r_pubkey and r_sshsig. HZ_OK when it verifies, HZ_E_INVALID when not (also for
 * a point off the curve), HZ_E_CRYPTO or HZ_E_NOMEM when that could not be told. */
int r_trust_p256(const unsigned char point[65], const unsigned char signature[64], const void *bytes, size_t len,
                 struct hz_error *err);
int r_trust_ed25519(const unsigned char point[32], const unsigned char signature[64], const void *bytes, size_t len,
                    struct hz_error *err);

/* HZ_OK, or HZ_E_INVALID for a point that is not on the curve (nothing it signs can verify); HZ_E_CRYPTO. */
int r_trust_p256_point(const unsigned char point[65], struct hz_error *err);

/* A signature over a message with this SHA-512, in this namespace. HZ_E_UNSUPPORTED for an unknown algorithm. Whether a
 * token's touch was needed is another question. */
int r_trust_verify(const struct r_sshsig *sig, const char *name_space, const unsigned char digest[R_SHA512_SIZE],
                   struct hz_error *err);

enum r_trust_answer {
    R_TRUST_YES,
    R_TRUST_REVOKED,
    R_TRUST_NOT_ON_LIST,
    R_TRUST_NAMESPACE,
    R_TRUST_TOUCH, /* a token signed without the touch, or the PIN, that the list asks for */
    R_TRUST_VALIDITY
};

/* What a list says of a key that signed in a namespace at a claimed time, with the flags of its signature. revoked may
 * be NULL. *principal: whose key it is, owned by the list; NULL when nobody's. */
enum r_trust_answer r_trust_judge(const struct r_signers *list, const struct r_revoked *revoked,
                                  const struct r_pubkey *key, unsigned char flags, const char *name_space,
                                  struct stamp claimed, struct stamp now, const char **principal);

#endif
