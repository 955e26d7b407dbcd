#include "formats/read/pubkey.h"

#include <string.h>

#include "base/text.h"

/* y coordinates (little endian, sign bit off) of the points of order 1, 2, 4 and 8 on edwards25519: 1, -1, 0, and the
 * two of order 8 */
static const unsigned char small_order[5][32] = {
    { 0x01 },
    { 0xec, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
      0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f },
    { 0x00 },
    { 0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98, 0xf0,
      0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05 },
    { 0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67, 0x0f,
      0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a },
};

/* 2^255 - 19 in little endian: y must be below it */
static bool is_canonical_y(const unsigned char y[32])
{
    size_t i;

    if (y[31] != 0x7f || y[0] < 0xed)
        return true;
    for (i = 1; i < 31; i++)
        if (y[i] != 0xff)
            return true;
    return false;
}

static bool is_good_ed25519(const unsigned char point[32])
{
    unsigned char y[32];
    size_t i;

    memcpy(y, point, sizeof y);
    y[31] &= 0x7f;
    if (!is_canonical_y(y))
        return false;
    for (i = 0; i < 5; i++)
        if (memcmp(y, small_order[i], sizeof y) == 0)
            return false;
    return true;
}

static int identify(const void *blob, size_t len, struct r_pubkey *out)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(64);

    r_hash_sha256(out->id, blob, len);
    text_hex(out->keyid, out->id, sizeof out->id);
    memset(out->fingerprint, 0, sizeof out->fingerprint);
    if (text_base64(&text, out->id, sizeof out->id))
        return HZ_E_NOMEM;
    memcpy(out->fingerprint, "SHA256:", 7);
    memcpy(out->fingerprint + 7, text.data, 43);
    return HZ_OK;
}

static const struct {
    const char *name;
    bool p256, token;
} types[] = {
    [R_PUBKEY_UNKNOWN] = { NULL, false, false },
    [R_PUBKEY_P256] = { "ecdsa-sha2-nistp256", true, false },
    [R_PUBKEY_ED25519] = { "ssh-ed25519", false, false },
    [R_PUBKEY_SK_P256] = { "sk-ecdsa-sha2-nistp256@openssh.com", true, true },
    [R_PUBKEY_SK_ED25519] = { "sk-ssh-ed25519@openssh.com", false, true },
};

const char *r_pubkey_type(enum r_pubkey_algorithm algorithm)
{
    return types[algorithm].name;
}

bool r_pubkey_is_p256(enum r_pubkey_algorithm algorithm)
{
    return types[algorithm].p256;
}

bool r_pubkey_is_of_token(enum r_pubkey_algorithm algorithm)
{
    return types[algorithm].token;
}

static enum r_pubkey_algorithm find_type(const struct r_sshwire *name)
{
    size_t i;

    for (i = R_PUBKEY_UNKNOWN + 1; i < sizeof types / sizeof types[0]; i++)
        if (r_sshwire_is(name, types[i].name))
            return (enum r_pubkey_algorithm)i;
    return R_PUBKEY_UNKNOWN;
}

static bool read_point(struct r_sshwire *rest, struct r_pubkey *key)
{
    bool p256 = types[key->algorithm].p256;
    struct r_sshwire curve, point;

    if (p256 && (!r_sshwire_string(rest, &curve) || !r_sshwire_is(&curve, "nistp256")))
        return false;
    if (!r_sshwire_string(rest, &point) || point.len != (p256 ? 65 : 32))
        return false;
    memcpy(key->point, point.at, point.len);
    return p256 ? point.at[0] == 4 : is_good_ed25519(point.at);
}

/* 1 to 255 printable bytes: "ssh:" or what somebody chose, or a web site's name */
static bool read_application(struct r_sshwire *rest, struct r_pubkey *key)
{
    struct r_sshwire name;
    size_t i;

    if (!r_sshwire_string(rest, &name) || !name.len || name.len > 255)
        return false;
    for (i = 0; i < name.len; i++)
        if (name.at[i] <= ' ' || name.at[i] >= 0x7f)
            return false;
    r_hash_sha256(key->application, name.at, name.len);
    return true;
}

int r_pubkey_read(const void *blob, size_t len, struct r_pubkey *out)
{
    struct r_sshwire rest = { blob, len }, part;
    struct r_pubkey key = { .algorithm = R_PUBKEY_UNKNOWN };

    if (len > R_PUBKEY_BLOB_MAX || !r_sshwire_string(&rest, &part) || !part.len)
        return HZ_E_FORMAT;
    key.algorithm = find_type(&part);
    if (key.algorithm == R_PUBKEY_UNKNOWN) {
        while (rest.len)
            if (!r_sshwire_string(&rest, &part))
                return HZ_E_FORMAT;
    } else if (!read_point(&rest, &key) || (types[key.algorithm].token && !read_application(&rest, &key)) || rest.len) {
        return HZ_E_FORMAT;
    }
    if (identify(blob, len, &key))
        return HZ_E_NOMEM;
    *out = key;
    return HZ_OK;
}

int r_pubkey_line(const char *line, size_t len, struct r_pubkey *out)
{
    HZ_CLEANUP(buf_free) struct buf blob = BUF_INIT(R_PUBKEY_BLOB_MAX);
    const char *blank = memchr(line, ' ', len), *end = line + len, *second;
    struct r_sshwire rest, type;

    if (!blank || blank == line)
        return HZ_E_FORMAT;
    second = memchr(blank + 1, ' ', (size_t)(end - blank - 1));
    if (text_unbase64(&blob, blank + 1, (size_t)((second ? second : end) - blank - 1)) || !blob.len)
        return blob.failed == HZ_E_NOMEM ? HZ_E_NOMEM : HZ_E_FORMAT;
    rest = (struct r_sshwire) { blob.data, blob.len };
    if (!r_sshwire_string(&rest, &type) || type.len != (size_t)(blank - line) || memcmp(type.at, line, type.len) != 0)
        return HZ_E_FORMAT;
    return r_pubkey_read(blob.data, blob.len, out);
}
