#include "formats/write/sshsig.h"

#include <openssl/evp.h>

#include "base/lang.h"
#include "base/text.h"
#include "formats/write/digest.h"
#include "formats/write/openssl.h"
#include "formats/write/sshwire.h"

#define MAGIC "SSHSIG"
#define HASH "sha512"
#define COLUMNS 70
#define BLOB_MAX ((size_t)16 << 10)

/* What the key really signs: never the message itself, so that no other protocol's bytes can be passed off as ours. */
static int put_signed_data(struct buf *out, const char *name_space, const unsigned char hash[W_SSHSIG_HASH],
                           struct hz_error *err)
{
    buf_puts(out, MAGIC);
    w_sshwire_text(out, name_space);
    w_sshwire_text(out, "");
    w_sshwire_text(out, HASH);
    w_sshwire_bytes(out, hash, W_SSHSIG_HASH);
    return buf_check(out, err);
}

static void put_blob(struct buf *out, const struct w_key *key, const char *name_space, const struct buf *signature)
{
    const struct buf *public_key = w_key_blob(key);
    buf_puts(out, MAGIC);
    w_sshwire_u32(out, 1);
    w_sshwire_bytes(out, public_key->data, public_key->len);
    w_sshwire_text(out, name_space);
    w_sshwire_text(out, "");
    w_sshwire_text(out, HASH);
    w_sshwire_bytes(out, signature->data, signature->len);
}

static int put_armour(struct buf *out, const struct buf *blob, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(2 * BLOB_MAX);
    text_base64(&text, blob->data, blob->len);
    int rc = buf_check(&text, err);
    if (rc != HZ_OK)
        return rc;
    buf_puts(out, "-----BEGIN SSH SIGNATURE-----\n");
    for (size_t at = 0; at < text.len; at += COLUMNS) {
        buf_put(out, text.data + at, text.len - at < COLUMNS ? text.len - at : COLUMNS);
        buf_putc(out, '\n');
    }
    buf_puts(out, "-----END SSH SIGNATURE-----\n");
    return buf_check(out, err);
}

int w_sshsig_make_hash(const struct w_key *key, const char *name_space, const unsigned char hash[W_SSHSIG_HASH],
                       struct buf *armour, struct hz_error *err)
{
    HZ_CLEANUP(buf_free)
    struct buf data = BUF_INIT(BLOB_MAX), signature = BUF_INIT(BLOB_MAX), blob = BUF_INIT(BLOB_MAX);
    int rc = put_signed_data(&data, name_space, hash, err);
    if (rc == HZ_OK)
        rc = w_key_sign(key, data.data, data.len, &signature, err);
    if (rc != HZ_OK)
        return rc;
    put_blob(&blob, key, name_space, &signature);
    rc = buf_check(&blob, err);
    return rc == HZ_OK ? put_armour(armour, &blob, err) : rc;
}

int w_sshsig_make(const struct w_key *key, const char *name_space, const void *bytes, size_t len, struct buf *armour,
                  struct hz_error *err)
{
    unsigned char hash[W_SSHSIG_HASH];
    int rc = w_digest_init(err);
    if (rc != HZ_OK)
        return rc;
    if (EVP_Digest(bytes, len, hash, NULL, EVP_sha512(), NULL) != 1)
        return w_openssl_failed(err, _("the digest library failed"));
    return w_sshsig_make_hash(key, name_space, hash, armour, err);
}
