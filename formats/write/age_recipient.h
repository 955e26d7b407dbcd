/* Whom an age file is encrypted to (https://age-encryption.org/v1, "The X25519 recipient type"): an X25519 public key
 * (RFC 7748) in Bech32 (BIP 173), as age-keygen(1) prints it. */
#ifndef HZ_FORMATS_WRITE_AGE_RECIPIENT_H
#define HZ_FORMATS_WRITE_AGE_RECIPIENT_H

#include "base/error.h"

#define W_AGE_RECIPIENT_SIZE 32
#define W_AGE_RECIPIENT_MAX 20 /* of one file */

struct w_age_recipient {
    unsigned char key[W_AGE_RECIPIENT_SIZE];
};

/* HZ_E_USAGE with what is wrong, never with the text itself, which may be a secret key given by mistake. Refused are
 * also keys that age would write otherwise, so that their owner could not open the file, and keys of low order, with
 * which everybody could. */
int w_age_recipient_parse(const char *text, struct w_age_recipient *out, struct hz_error *err);

#endif
