/* Signature files and the keys in them: one armour, one form of each key and signature; whatever verifies or not, it is
 * told, and no key makes the library fail. */
#include "base/text.h"
#include "formats/read/trust.h"
#include "tests/fuzz/fuzz.h"

static void armour(const struct buf *blob, struct buf *out)
{
    HZ_CLEANUP(buf_free) struct buf base64 = BUF_INIT((size_t)1 << 20);
    text_base64(&base64, blob->data, blob->len);
    buf_puts(out, "-----BEGIN SSH SIGNATURE-----\n");
    for (size_t at = 0; at < base64.len; at += 70) {
        buf_put(out, base64.data + at, base64.len - at < 70 ? base64.len - at : 70);
        buf_putc(out, '\n');
    }
    buf_puts(out, "-----END SSH SIGNATURE-----\n");
}

/* As a file: the armour is the only one of its bytes. */
static void as_file(const uint8_t *data, size_t size)
{
    HZ_CLEANUP(buf_free) struct buf blob = BUF_INIT((size_t)1 << 20);
    HZ_CLEANUP(buf_free) struct buf again = BUF_INIT((size_t)1 << 20);
    static const unsigned char digest[R_SHA512_SIZE] = { 1 };
    const char *wrong = NULL;
    struct r_sshsig sig;

    if (r_sshwire_unarmour((const char *)data, size, &blob) == HZ_OK) {
        armour(&blob, &again);
        FUZZ_HOLDS(again.len == size && memcmp(again.data, data, size) == 0);
    }
    if (r_sshsig_read(data, size, &sig, &wrong) != HZ_OK) {
        FUZZ_HOLDS(wrong != NULL);
        return;
    }
    FUZZ_HOLDS(memchr(sig.name_space, 0, sizeof sig.name_space) != NULL);
    int code = r_trust_verify(&sig, sig.name_space, digest, NULL);
    FUZZ_HOLDS(code == HZ_E_INVALID || (code == HZ_E_UNSUPPORTED && sig.key.algorithm == R_PUBKEY_UNKNOWN));
}

/* As the key inside, without its armour: what passes is used, with signatures that cannot hold. */
static void as_key(const uint8_t *data, size_t size)
{
    static const unsigned char ones[64] = { [31] = 1, [63] = 1 };
    struct r_pubkey key;

    if (r_pubkey_read(data, size, &key) != HZ_OK)
        return;
    FUZZ_HOLDS(strlen(key.keyid) == 64 && strlen(key.fingerprint) == R_PUBKEY_FINGERPRINT_SIZE - 1);
    FUZZ_HOLDS((r_pubkey_type(key.algorithm) == NULL) == (key.algorithm == R_PUBKEY_UNKNOWN));
    if (key.algorithm == R_PUBKEY_P256 || key.algorithm == R_PUBKEY_SK_P256)
        FUZZ_HOLDS(r_trust_p256(key.point, ones, "x", 1, NULL) == HZ_E_INVALID);
    if (key.algorithm == R_PUBKEY_ED25519 || key.algorithm == R_PUBKEY_SK_ED25519)
        FUZZ_HOLDS(r_trust_ed25519(key.point, ones, "x", 1, NULL) == HZ_E_INVALID);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    HZ_CLEANUP(buf_free) struct buf wrapped = BUF_INIT((size_t)1 << 20);
    struct buf bytes = { .data = (unsigned char *)(uintptr_t)data, .len = size };

    if (r_hash_start(NULL) != HZ_OK || size == 0 || size > 16384)
        return 0;
    as_file(data, size);
    as_key(data, size);
    if (data[0] == 'S') { /* an envelope without its armour */
        armour(&bytes, &wrapped);
        as_file(wrapped.data, wrapped.len);
    }
    return 0;
}
