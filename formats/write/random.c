#include "formats/write/random.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include "base/lang.h"
#include "base/text.h"
#include "formats/write/digest.h"
#include "formats/write/openssl.h"

static int fetch(unsigned char *bytes, size_t count, struct hz_error *err)
{
    int rc = w_digest_init(err);
    if (rc == HZ_OK && RAND_bytes(bytes, (int)count) != 1)
        rc = w_openssl_failed(err, _("cannot get random bytes"));
    return rc;
}

int w_random_hex(char *out, size_t count, struct hz_error *err)
{
    unsigned char bytes[W_RANDOM_MAX];
    int rc = count <= sizeof bytes ? fetch(bytes, count, err)
                                   : hz_error_set(err, HZ_E_CRYPTO, "%s", _("cannot get random bytes"));
    if (rc != HZ_OK)
        return rc;
    text_hex(out, bytes, count);
    OPENSSL_cleanse(bytes, sizeof bytes);
    return HZ_OK;
}

int w_random_take(struct w_random *pool, char *out, size_t count, struct hz_error *err)
{
    if (pool == NULL || count > W_RANDOM_MAX)
        return w_random_hex(out, count, err);
    if (pool->left < count) {
        int rc = fetch(pool->bytes, sizeof pool->bytes, err);
        if (rc != HZ_OK)
            return rc;
        pool->left = sizeof pool->bytes;
    }
    pool->left -= count;
    text_hex(out, pool->bytes + pool->left, count);
    OPENSSL_cleanse(pool->bytes + pool->left, count);
    return HZ_OK;
}
