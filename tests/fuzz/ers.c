/* Evidence records, as the jailed child judges them: the record, behind a cut the certificates that are trusted, behind
 * another the digests of the files that it should be about (three SHA-256, and then their SHA-512).
 */
#include "formats/read/ers.h"
#include "base/text.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/roots.h"

#define OBJECTS 3
#define NOW 1893456000 /* 2030 */

static void told(const struct r_ers *e, bool with_roots)
{
    FUZZ_HOLDS(e->status <= R_ERS_INVALID && e->why < R_ERS_WHY_COUNT && e->count <= R_ERS_STAMPS &&
               e->since <= e->count);
    FUZZ_HOLDS(r_ers_sentence(e->why) != NULL && r_ers_word(e->status) != NULL);
    FUZZ_HOLDS((e->status == R_ERS_INVALID) != e->covers[0]);
    for (size_t i = OBJECTS; i < R_ERS_OBJECTS; i++)
        FUZZ_HOLDS(!e->covers[i]);
    FUZZ_HOLDS(e->status != R_ERS_PROVEN || (with_roots && e->since < e->count));
    for (size_t i = 0; i < e->count; i++) {
        const struct r_ers_stamp *s = &e->stamps[i];
        FUZZ_HOLDS(s->token.authority[0] == '\0' || text_is_line(s->token.authority, sizeof s->token.authority));
        FUZZ_HOLDS(e->status == R_ERS_INVALID || i == 0 ||
                   stamp_compare(e->stamps[i - 1].token.time, s->token.time) <= 0);
        if (e->status == R_ERS_PROVEN && i >= e->since)
            FUZZ_HOLDS(s->lasted && s->token.status == R_TIMESTAMP_PROVEN);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_part rest = { data, size }, record = fuzz_part(&rest), pem = fuzz_part(&rest);
    struct r_ers_object objects[OBJECTS];
    const struct r_timestamp_roots *roots = fuzz_roots(pem.at, pem.len);
    struct r_ers_order order = { objects, OBJECTS, rest.len > OBJECTS * R_SHA256_SIZE, roots, { NOW, 0 } };
    static struct r_ers e; /* large */

    FUZZ_HOLDS(r_hash_start(FUZZ_ERR) == HZ_OK);
    memset(objects, 0, sizeof objects);
    for (size_t i = 0; i < OBJECTS && rest.len >= (i + 1) * R_SHA256_SIZE; i++)
        memcpy(objects[i].sha256, rest.at + i * R_SHA256_SIZE, R_SHA256_SIZE);
    for (size_t i = 0; i < OBJECTS && rest.len >= OBJECTS * R_SHA256_SIZE + (i + 1) * R_SHA512_SIZE; i++)
        memcpy(objects[i].sha512, rest.at + OBJECTS * R_SHA256_SIZE + i * R_SHA512_SIZE, R_SHA512_SIZE);
    FUZZ_HOLDS(r_ers_judge(record.at, record.len, &order, &e, FUZZ_ERR) == HZ_OK);
    told(&e, roots != NULL);
    if (e.status != R_ERS_INVALID && size % 4 == 0) { /* it is about this file, and no other; as long again */
        objects[0].sha256[0] ^= 1;
        objects[0].sha512[0] ^= 1;
        FUZZ_HOLDS(r_ers_judge(record.at, record.len, &order, &e, FUZZ_ERR) == HZ_OK);
        FUZZ_HOLDS(e.status == R_ERS_INVALID && e.why == R_ERS_OTHER);
    }
    return 0;
}
