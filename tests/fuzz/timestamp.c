/* Time-stamp tokens, as the jailed child judges them: the token, and behind a cut the certificates that are trusted. */
#include "formats/read/timestamp.h"
#include "base/text.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/roots.h"

static void told(const struct r_timestamp *t)
{
    FUZZ_HOLDS(t->status <= R_TIMESTAMP_INVALID && t->why < R_TIMESTAMP_WHY_COUNT);
    FUZZ_HOLDS((t->status == R_TIMESTAMP_PROVEN) == (t->why == R_TIMESTAMP_GOOD));
    FUZZ_HOLDS(t->status != R_TIMESTAMP_PROVEN || t->read);
    FUZZ_HOLDS(t->time.nanoseconds < 1000000000 && memchr(t->authority, 0, sizeof t->authority) != NULL);
    FUZZ_HOLDS(t->authority[0] == '\0' || text_is_line(t->authority, sizeof t->authority));
    FUZZ_HOLDS(r_timestamp_sentence(t->why) != NULL && r_timestamp_word(t->status) != NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_part rest = { data, size }, token = fuzz_part(&rest);
    unsigned char imprint[R_SHA256_SIZE], wide[R_SHA512_SIZE], nonce[R_TIMESTAMP_NONCE];
    const struct r_timestamp_roots *roots;
    struct r_timestamp t;

    if (token.len > R_TIMESTAMP_MAX)
        return 0;
    roots = fuzz_roots(rest.at, rest.len);
    FUZZ_HOLDS(r_timestamp_judge(token.at, token.len, roots, &t, FUZZ_ERR) == HZ_OK);
    told(&t);
    FUZZ_HOLDS(t.status != R_TIMESTAMP_PROVEN || roots != NULL);
    if (t.read) {
        memcpy(imprint, t.imprint, sizeof imprint);
        imprint[0] ^= 1;
        memset(nonce, 1, sizeof nonce);
        struct r_timestamp other = t;
        r_timestamp_hold(&other, t.imprint, nonce);
        FUZZ_HOLDS(other.status == R_TIMESTAMP_INVALID || (t.has_nonce && memcmp(t.nonce, nonce, sizeof nonce) == 0));
        r_timestamp_hold(&t, imprint, NULL);
        FUZZ_HOLDS(t.status == R_TIMESTAMP_INVALID);
    }
    const char *name = (const char *)token.at, *base = "bundle.tar"; /* as the name of a file beside it */
    if (token.len > 0 && name[token.len - 1] == '\0' && memchr(name, 0, token.len - 1) == NULL)
        FUZZ_HOLDS(!r_timestamp_is_beside(name, base, strlen(base)) || strncmp(name, base, strlen(base)) == 0);
    r_timestamp_query(token.at, token.len, false, imprint, nonce);
    r_timestamp_query(token.at, token.len, true, wide, nonce);
    return 0;
}
