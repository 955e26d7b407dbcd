/* What an age file is made of: keys from keys, and sealed bytes. */
#ifndef HZ_FORMATS_WRITE_AGE_CRYPT_H
#define HZ_FORMATS_WRITE_AGE_CRYPT_H

#include <stddef.h>

#include "base/error.h"

#define W_AGE_KEY 32
#define W_AGE_NONCE 12
#define W_AGE_TAG 16
#define W_AGE_FILE_KEY 16

/* HKDF-SHA-256 (RFC 5869); salt_len 0: none. out is the caller's to wipe. HZ_E_CRYPTO */
int w_age_crypt_derive(const void *key, size_t key_len, const void *salt, size_t salt_len, const char *info,
                       unsigned char out[W_AGE_KEY], struct hz_error *err);
/* ChaCha20-Poly1305 (RFC 8439) without additional data: len bytes and the tag to out. At most 1 GiB. HZ_E_CRYPTO */
int w_age_crypt_seal(const unsigned char key[W_AGE_KEY], const unsigned char nonce[W_AGE_NONCE], const void *bytes,
                     size_t len, unsigned char *out, struct hz_error *err);
/* HMAC-SHA-256 (RFC 2104). HZ_E_CRYPTO */
int w_age_crypt_mac(const unsigned char key[W_AGE_KEY], const void *bytes, size_t len, unsigned char out[32],
                    struct hz_error *err);
void w_age_crypt_wipe(void *bytes, size_t len);

#endif
