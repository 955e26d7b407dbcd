/* A secret that only we and the owner of an X25519 key can know (RFC 7748 section 6.1). */
#ifndef HZ_FORMATS_WRITE_AGE_AGREE_H
#define HZ_FORMATS_WRITE_AGE_AGREE_H

#include "base/error.h"

#define W_AGE_AGREE_SIZE 32

struct w_age_agreement {
    unsigned char share[W_AGE_AGREE_SIZE];  /* public: of a key made for this alone, forgotten by now */
    unsigned char secret[W_AGE_AGREE_SIZE]; /* to be wiped */
};

/* HZ_E_CRYPTO: the library failed, or the key is of low order, so that the secret would be zero. */
int w_age_agree(const unsigned char key[W_AGE_AGREE_SIZE], struct w_age_agreement *out, struct hz_error *err);
void w_age_agree_wipe(struct w_age_agreement *a);

#endif
