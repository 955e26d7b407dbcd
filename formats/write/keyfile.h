/* The file of a private key: the purpose line, then PKCS#8 as PEM. For key.c. */
#ifndef HZ_FORMATS_WRITE_KEYFILE_H
#define HZ_FORMATS_WRITE_KEYFILE_H

#include <openssl/evp.h>

#include "formats/write/key.h"

/* As w_key_load; *out is the caller's: P-256 or Ed25519, nothing else. */
int w_keyfile_read(const char *path, enum w_key_purpose purpose, w_key_ask *ask, void *context, EVP_PKEY **out,
                   struct hz_error *err);
/* As w_key_private_pem. An empty passphrase is HZ_E_USAGE. */
int w_keyfile_write(const EVP_PKEY *pkey, enum w_key_purpose purpose, const char *passphrase, struct buf *out,
                    struct hz_error *err);

#endif
