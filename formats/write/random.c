#include "formats/write/random.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include "base/lang.h"
#include "base/text.h"
#include "formats/write/digest.h"
#include "formats/write/openssl.h"

int w_random_hex(char *out, size_t count, struct hz_error *err)
{
    unsigned char bytes[32];
    int rc = w_digest_init(err);
    if (rc != HZ_OK)
        return rc;
    if (count > sizeof bytes || RAND_bytes(bytes, (int)count) != 1)
        return w_openssl_failed(err, _("cannot get random bytes"));
    text_hex(out, bytes, count);
    OPENSSL_cleanse(bytes, sizeof bytes);
    return HZ_OK;
}
