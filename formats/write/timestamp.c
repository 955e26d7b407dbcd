#include "formats/write/timestamp.h"

#include <string.h>

#include "base/text.h"
#include "formats/write/random.h"

#define NONCE 8

/* Eight random bytes whose first is 0x40 to 0x7f: a positive INTEGER in its shortest form, always of one length */
static int make_nonce(unsigned char out[NONCE], struct hz_error *err)
{
    char hex[2 * NONCE + 1];
    int code = w_random_hex(hex, NONCE, err);

    if (code)
        return code;
    code = text_unhex(out, NONCE, hex, 2 * (size_t)NONCE);
    out[0] = (unsigned char)(0x40 | (out[0] & 0x3f));
    return code;
}

int w_timestamp_query(const unsigned char *digest, bool wide, struct buf *out, struct hz_error *err)
{
    /* SEQUENCE { INTEGER 1, SEQUENCE { SEQUENCE { OID SHA-256, NULL }, OCTET STRING }, INTEGER, BOOLEAN TRUE } */
    static const unsigned char head[] = { 0x30, 0x43, 0x02, 0x01, 0x01, 0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60,
                                          0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20 };
    /* the same with SHA-512 */
    static const unsigned char long_head[] = { 0x30, 0x63, 0x02, 0x01, 0x01, 0x30, 0x51, 0x30, 0x0d, 0x06, 0x09, 0x60,
                                               0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x03, 0x05, 0x00, 0x04, 0x40 };
    static const unsigned char integer[] = { 0x02, NONCE }, certificate[] = { 0x01, 0x01, 0xff };
    unsigned char nonce[NONCE];
    int code = make_nonce(nonce, err);

    if (code)
        return code;
    buf_put(out, wide ? long_head : head, sizeof head);
    buf_put(out, digest, wide ? W_DIGEST_512_SIZE : W_DIGEST_SIZE);
    buf_put(out, integer, sizeof integer);
    buf_put(out, nonce, sizeof nonce);
    buf_put(out, certificate, sizeof certificate);
    return buf_check(out, err);
}
