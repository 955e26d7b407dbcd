#include "formats/read/sshsig.h"

#include <string.h>

#include "base/lang.h"

#define ARMOUR_MAX ((size_t)16 * 1024)

/* Group orders: n of P-256 (big endian), L of edwards25519 (little endian) */
static const unsigned char p256_order[32] = { 0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff,
                                              0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17,
                                              0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51 };
static const unsigned char ed25519_order[32] = { 0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7,
                                                 0xa2, 0xde, 0xf9, 0xde, 0x14, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
                                                 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x10 };

static bool below_ed25519_order(const unsigned char s[32])
{
    size_t i;

    for (i = 32; i-- > 0;)
        if (s[i] != ed25519_order[i])
            return s[i] < ed25519_order[i];
    return false;
}

static bool read_numbers(bool p256, struct r_sshwire in, unsigned char out[64])
{
    if (p256)
        return r_sshwire_mpint(&in, out, 32) && r_sshwire_mpint(&in, out + 32, 32) && !in.len &&
               memcmp(out, p256_order, 32) < 0 && memcmp(out + 32, p256_order, 32) < 0;
    if (in.len != 64)
        return false;
    memcpy(out, in.at, 64);
    return below_ed25519_order(out + 32);
}

bool r_sshsig_signature(struct r_sshwire blob, struct r_sshsig *sig)
{
    enum r_pubkey_algorithm algorithm = sig->key.algorithm;
    struct r_sshwire type, numbers;

    if (!r_sshwire_string(&blob, &type) || !r_sshwire_string(&blob, &numbers) ||
        !r_sshwire_is(&type, r_pubkey_type(algorithm)))
        return false;
    sig->flags = 0;
    sig->counter = 0;
    if (r_pubkey_is_of_token(algorithm)) {
        if (blob.len != 5)
            return false;
        sig->flags = *blob.at++;
        blob.len--;
        r_sshwire_u32(&blob, &sig->counter);
    }
    return !blob.len && read_numbers(r_pubkey_is_p256(algorithm), numbers, sig->signature);
}

bool r_sshsig_present(const struct r_sshsig *sig)
{
    return !r_pubkey_is_of_token(sig->key.algorithm) || sig->flags & R_SSHSIG_PRESENT;
}

/* Every string of a signature of another algorithm is well formed */
static bool is_strings(struct r_sshwire blob)
{
    struct r_sshwire part;
    size_t count = 0;

    for (; blob.len && r_sshwire_string(&blob, &part); count++)
        continue;
    return count && !blob.len;
}

static const char *read_blob(struct r_keys *keys, struct r_sshwire in, struct r_sshsig *out, bool *no_memory)
{
    struct r_sshwire key, name_space, reserved, hash, signature;
    uint32_t version;
    int code;

    if (in.len < 6 || memcmp(in.at, "SSHSIG", 6) != 0)
        return N_("it does not begin with SSHSIG");
    in.at += 6;
    in.len -= 6;
    if (!r_sshwire_u32(&in, &version) || version != 1)
        return N_("it is not version 1");
    if (!r_sshwire_string(&in, &key) || !r_sshwire_string(&in, &name_space) || !r_sshwire_string(&in, &reserved) ||
        !r_sshwire_string(&in, &hash) || !r_sshwire_string(&in, &signature) || in.len)
        return N_("its parts do not fit its length");
    if (reserved.len || !r_sshwire_is(&hash, "sha512"))
        return N_("its digest is not sha512");
    if (!name_space.len || name_space.len > R_SSHSIG_NAMESPACE_MAX || memchr(name_space.at, 0, name_space.len))
        return N_("its namespace is not a name");
    memcpy(out->name_space, name_space.at, name_space.len);
    out->name_space[name_space.len] = 0;
    code = r_keys_read(keys, key.at, key.len, &out->key, &out->met);
    *no_memory = code == HZ_E_NOMEM;
    if (code)
        return N_("its public key is not in the one allowed form");
    if (out->key.algorithm == R_PUBKEY_UNKNOWN)
        return is_strings(signature) ? NULL : N_("its parts do not fit its length");
    return r_sshsig_signature(signature, out) ? NULL : N_("its numbers are not in the one allowed form");
}

int r_sshsig_read_by(struct r_keys *keys, const void *text, size_t len, struct r_sshsig *out, const char **wrong)
{
    HZ_CLEANUP(buf_free) struct buf blob = BUF_INIT(ARMOUR_MAX);
    struct r_sshsig found;
    bool no_memory = false;
    int code;

    memset(&found, 0, sizeof found);
    *wrong = N_("its armour is not the one allowed form");
    code = len > ARMOUR_MAX ? HZ_E_FORMAT : r_sshwire_unarmour(text, len, &blob);
    if (code)
        return code == HZ_E_NOMEM ? HZ_E_NOMEM : HZ_E_FORMAT;
    *wrong = read_blob(keys, (struct r_sshwire) { blob.data, blob.len }, &found, &no_memory);
    if (*wrong)
        return no_memory ? HZ_E_NOMEM : HZ_E_FORMAT;
    *out = found;
    return HZ_OK;
}

int r_sshsig_read(const void *text, size_t len, struct r_sshsig *out, const char **wrong)
{
    return r_sshsig_read_by(NULL, text, len, out, wrong);
}

static void put_string(struct buf *out, const void *bytes, size_t len)
{
    const unsigned char size[4] = { 0, 0, 0, (unsigned char)len }; /* all are under 256 bytes */

    buf_put(out, size, 4);
    buf_put(out, bytes, len);
}

int r_sshsig_signed(const char *name_space, const unsigned char digest[R_SHA512_SIZE], struct buf *out)
{
    buf_puts(out, "SSHSIG");
    put_string(out, name_space, strlen(name_space));
    put_string(out, "", 0);
    put_string(out, "sha512", 6);
    put_string(out, digest, R_SHA512_SIZE);
    return out->failed;
}
