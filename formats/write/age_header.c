#include "formats/write/age_header.h"

#include <string.h>

#include "base/text.h"

#define WRAPPED (W_AGE_FILE_KEY + W_AGE_TAG)

/* Base64 of age has no padding: of 32 bytes one '=' goes. */
static void put_base64(struct buf *out, const unsigned char bytes[32])
{
    if (text_base64(out, bytes, 32) == HZ_OK)
        out->len--;
}

int w_age_header_stanza(struct buf *out, const struct w_age_agreement *agreed, const struct w_age_recipient *recipient,
                        const unsigned char file_key[W_AGE_FILE_KEY], struct hz_error *err)
{
    static const unsigned char nonce[W_AGE_NONCE] = { 0 }; /* each wrapping key is used once */
    unsigned char salt[W_AGE_AGREE_SIZE + W_AGE_RECIPIENT_SIZE], key[W_AGE_KEY], wrapped[WRAPPED];
    _Static_assert(WRAPPED == 32, "a line that put_base64 can write, and that needs no second");
    memcpy(salt, agreed->share, W_AGE_AGREE_SIZE);
    memcpy(salt + W_AGE_AGREE_SIZE, recipient->key, W_AGE_RECIPIENT_SIZE);
    int rc = w_age_crypt_derive(agreed->secret, sizeof agreed->secret, salt, sizeof salt,
                                "age-encryption.org/v1/X25519", key, err);
    if (rc == HZ_OK)
        rc = w_age_crypt_seal(key, nonce, file_key, W_AGE_FILE_KEY, wrapped, err);
    w_age_crypt_wipe(key, sizeof key);
    if (rc != HZ_OK)
        return rc;
    buf_puts(out, "-> X25519 ");
    put_base64(out, agreed->share);
    buf_putc(out, '\n');
    put_base64(out, wrapped);
    buf_putc(out, '\n');
    return buf_check(out, err);
}

int w_age_header_close(struct buf *out, const unsigned char file_key[W_AGE_FILE_KEY], struct hz_error *err)
{
    unsigned char key[W_AGE_KEY], code[32];
    buf_puts(out, "---");
    int rc = buf_check(out, err);
    if (rc == HZ_OK)
        rc = w_age_crypt_derive(file_key, W_AGE_FILE_KEY, NULL, 0, "header", key, err);
    if (rc != HZ_OK)
        return rc;
    rc = w_age_crypt_mac(key, out->data, out->len, code, err);
    w_age_crypt_wipe(key, sizeof key);
    if (rc != HZ_OK)
        return rc;
    buf_putc(out, ' ');
    put_base64(out, code);
    buf_putc(out, '\n');
    return buf_check(out, err);
}

int w_age_header_put(struct buf *out, const struct w_age_recipient *recipients, size_t count,
                     const unsigned char file_key[W_AGE_FILE_KEY], struct hz_error *err)
{
    int rc = HZ_OK;
    buf_puts(out, "age-encryption.org/v1\n");
    for (size_t i = 0; rc == HZ_OK && i < count; i++) {
        struct w_age_agreement agreed;
        rc = w_age_agree(recipients[i].key, &agreed, err);
        if (rc == HZ_OK)
            rc = w_age_header_stanza(out, &agreed, &recipients[i], file_key, err);
        w_age_agree_wipe(&agreed);
    }
    return rc == HZ_OK ? w_age_header_close(out, file_key, err) : rc;
}
