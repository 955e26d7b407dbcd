#include "formats/read/proof.h"

#include <string.h>

#include "base/buf.h"

int r_proof_leaf(const void *bytes, size_t len, unsigned char out[R_SHA256_SIZE], struct hz_error *err)
{
    int rc = r_hash_start(err);

    if (rc == HZ_OK)
        r_hash_sha256_behind(out, 0, bytes, len);
    return rc;
}

static void join(const unsigned char *left, const unsigned char *right, unsigned char *out)
{
    unsigned char bytes[1 + 2 * R_SHA256_SIZE] = { 0x01 };

    memcpy(bytes + 1, left, R_SHA256_SIZE);
    memcpy(bytes + 1 + R_SHA256_SIZE, right, R_SHA256_SIZE);
    r_hash_sha256(out, bytes, sizeof bytes);
}

bool r_proof_inclusion(const struct r_proof *proof, const unsigned char leaf[R_SHA256_SIZE], uint64_t index,
                       uint64_t size, const unsigned char root[R_SHA256_SIZE])
{
    uint64_t fn = index, sn = size - 1;
    unsigned char r[R_SHA256_SIZE];

    if (index >= size)
        return false;
    memcpy(r, leaf, sizeof r);
    for (size_t i = 0; i < proof->count; i++) {
        if (sn == 0)
            return false;
        if ((fn & 1) != 0 || fn == sn) {
            join(proof->digest[i], r, r);
            for (; (fn & 1) == 0 && fn != 0; fn >>= 1)
                sn >>= 1;
        } else {
            join(r, proof->digest[i], r);
        }
        fn >>= 1;
        sn >>= 1;
    }
    return sn == 0 && memcmp(r, root, sizeof r) == 0;
}

/* The walk of section 2.1.4.2 from step 5 on; i: the first digest not yet used. */
static bool walk(const struct r_proof *proof, size_t i, uint64_t fn, uint64_t sn, unsigned char fr[R_SHA256_SIZE],
                 unsigned char sr[R_SHA256_SIZE])
{
    for (; i < proof->count; i++) {
        const unsigned char *c = proof->digest[i];
        if (sn == 0)
            return false;
        if ((fn & 1) != 0 || fn == sn) {
            join(c, fr, fr);
            join(c, sr, sr);
            for (; (fn & 1) == 0 && fn != 0; fn >>= 1)
                sn >>= 1;
        } else {
            join(sr, c, sr);
        }
        fn >>= 1;
        sn >>= 1;
    }
    return sn == 0;
}

bool r_proof_consistency(const struct r_proof *proof, uint64_t from, const unsigned char from_root[R_SHA256_SIZE],
                         uint64_t size, const unsigned char size_root[R_SHA256_SIZE])
{
    uint64_t fn = from - 1, sn = size - 1;
    unsigned char fr[R_SHA256_SIZE], sr[R_SHA256_SIZE];
    bool power = (from & (from - 1)) == 0;

    if (from == 0 || from > size)
        return false;
    if (from == size)
        return proof->count == 0 && memcmp(from_root, size_root, R_SHA256_SIZE) == 0;
    if (proof->count == 0)
        return false;
    for (; (fn & 1) != 0; fn >>= 1)
        sn >>= 1;
    /* A full old tree is its own first digest, which the proof leaves out. */
    memcpy(fr, power ? from_root : proof->digest[0], sizeof fr);
    memcpy(sr, fr, sizeof sr);
    return walk(proof, power ? 0 : 1, fn, sn, fr, sr) && memcmp(fr, from_root, sizeof fr) == 0 &&
           memcmp(sr, size_root, sizeof sr) == 0;
}
