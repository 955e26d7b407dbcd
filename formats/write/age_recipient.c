#include "formats/write/age_recipient.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "base/lang.h"

#define PREFIX "age1"
#define DATA 52    /* characters of five bits for 256 bits, four to spare */
#define CHECKSUM 6 /* characters */
#define LENGTH (sizeof PREFIX - 1 + DATA + CHECKSUM)

static int not_one(struct hz_error *err, const char *why)
{
    return hz_error_set(err, HZ_E_USAGE, _("not an age recipient: %s"), why);
}

static bool has_letters_from(const char *text, char first, char last)
{
    for (; *text != '\0'; text++)
        if (*text >= first && *text <= last)
            return true;
    return false;
}

/* What it is instead, as far as its outside tells. */
static int check_outside(const char *text, struct hz_error *err)
{
    const char *separator = strrchr(text, '1');
    if (strncasecmp(text, "AGE-", 4) == 0)
        return not_one(err, _("this is a secret key. Never bring it to an examined host; give the public key that "
                              "age-keygen -y prints for it"));
    if (strncasecmp(text, PREFIX, 4) != 0)
        return not_one(err, _("it has to begin with age1, as age-keygen -y prints it"));
    if (has_letters_from(text, 'A', 'Z'))
        return not_one(err, _("it has capital letters; age-keygen -y prints small ones only"));
    if (separator > text + 3)
        return not_one(err, _("it belongs to a plugin or to another kind of key; only X25519 keys are taken, age1 and "
                              "58 characters"));
    if (strlen(text) != LENGTH)
        return hz_error_set(err, HZ_E_USAGE,
                            _("not an age recipient: it has %zu characters and should have %zu; copy it again"),
                            strlen(text), LENGTH);
    return HZ_OK;
}

/* One step of the checksum of BIP 173. */
static uint32_t step(uint32_t sum, unsigned value)
{
    static const uint32_t generator[] = { 0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3 };
    uint32_t top = sum >> 25;
    sum = (sum & 0x1ffffff) << 5 ^ value;
    for (unsigned i = 0; i < 5; i++)
        sum ^= (top >> i & 1) != 0 ? generator[i] : 0;
    return sum;
}

/* The values of all characters behind the prefix, in bits of five. */
static int read_values(const char *text, unsigned char values[DATA + CHECKSUM], struct hz_error *err)
{
    static const char alphabet[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    uint32_t sum = 1;
    for (const char *p = "age"; *p != '\0'; p++)
        sum = step(sum, (unsigned)*p >> 5);
    sum = step(sum, 0);
    for (const char *p = "age"; *p != '\0'; p++)
        sum = step(sum, (unsigned)*p & 31);
    for (size_t i = 0; i < DATA + CHECKSUM; i++) {
        const char *at = strchr(alphabet, text[sizeof PREFIX - 1 + i]);
        if (at == NULL)
            return not_one(err, _("it has a character that cannot be in one; copy it again"));
        values[i] = (unsigned char)(at - alphabet);
        sum = step(sum, values[i]);
    }
    return sum == 1 ? HZ_OK : not_one(err, _("its checksum is wrong; copy it again"));
}

/* Whole bytes from bits of five; what is over has to be zero. */
static int pack(const unsigned char values[DATA], unsigned char out[W_AGE_RECIPIENT_SIZE], struct hz_error *err)
{
    uint32_t bits = 0;
    unsigned have = 0;
    size_t len = 0;
    for (size_t i = 0; i < DATA; i++) {
        bits = (bits << 5 | values[i]) & 0xfff;
        have += 5;
        if (have >= 8) {
            have -= 8;
            out[len++] = (unsigned char)(bits >> have);
        }
    }
    return (bits & ((1U << have) - 1)) == 0 ? HZ_OK : not_one(err, _("its last bits are not zero; copy it again"));
}

/* Below 2^255 - 19: another spelling of a key would go into the salt, and the owner's program has the usual one. */
static bool is_canonical(const unsigned char key[W_AGE_RECIPIENT_SIZE])
{
    if (key[W_AGE_RECIPIENT_SIZE - 1] != 0x7f)
        return key[W_AGE_RECIPIENT_SIZE - 1] < 0x7f;
    for (size_t i = W_AGE_RECIPIENT_SIZE - 2; i > 0; i--)
        if (key[i] != 0xff)
            return true;
    return key[0] < 0xed;
}

/* With these the secret is zero whatever the other key is (https://cr.yp.to/ecdh.html#validate, those below 2^255 -
 * 19).
 */
static bool has_low_order(const unsigned char key[W_AGE_RECIPIENT_SIZE])
{
    static const unsigned char low[][W_AGE_RECIPIENT_SIZE] = {
        { 0 },
        { 1 },
        { 0xe0, 0xeb, 0x7a, 0x7c, 0x3b, 0x41, 0xb8, 0xae, 0x16, 0x56, 0xe3, 0xfa, 0xf1, 0x9f, 0xc4, 0x6a,
          0xda, 0x09, 0x8d, 0xeb, 0x9c, 0x32, 0xb1, 0xfd, 0x86, 0x62, 0x05, 0x16, 0x5f, 0x49, 0xb8, 0x00 },
        { 0x5f, 0x9c, 0x95, 0xbc, 0xa3, 0x50, 0x8c, 0x24, 0xb1, 0xd0, 0xb1, 0x55, 0x9c, 0x83, 0xef, 0x5b,
          0x04, 0x44, 0x5c, 0xc4, 0x58, 0x1c, 0x8e, 0x86, 0xd8, 0x22, 0x4e, 0xdd, 0xd0, 0x9f, 0x11, 0x57 },
        { 0xec, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
          0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f },
    };
    for (size_t i = 0; i < sizeof low / sizeof low[0]; i++)
        if (memcmp(key, low[i], sizeof low[i]) == 0)
            return true;
    return false;
}

int w_age_recipient_parse(const char *text, struct w_age_recipient *out, struct hz_error *err)
{
    unsigned char values[DATA + CHECKSUM];
    struct w_age_recipient r;
    int rc = check_outside(text, err);
    if (rc == HZ_OK)
        rc = read_values(text, values, err);
    if (rc == HZ_OK)
        rc = pack(values, r.key, err);
    if (rc == HZ_OK && !is_canonical(r.key))
        rc = not_one(err, _("the key in it is not written as X25519 keys are"));
    if (rc == HZ_OK && has_low_order(r.key))
        rc = not_one(err, _("what is encrypted to this key, everybody could open"));
    if (rc == HZ_OK)
        *out = r;
    return rc;
}
