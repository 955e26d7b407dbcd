/* disclosure-proof.json: what is accepted is the one encoding of a proof. Disclosures as a whole: see bundle.c. */
#include "formats/read/disclosed.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    HZ_CLEANUP(buf_free) struct buf again = BUF_INIT(2 * R_DISCLOSED_PROOF_MAX);
    const char *wrong = NULL;
    struct r_proof proof;
    uint64_t index = 0;
    size_t at = 0;
    int code = r_disclosed_read(data, size, &proof, &index, &wrong, &at);

    FUZZ_HOLDS(code == HZ_OK || ((code == HZ_E_FORMAT || code == HZ_E_LIMIT) && wrong != NULL && at <= size));
    if (code != HZ_OK)
        return 0;
    FUZZ_HOLDS(proof.count <= R_PROOF_MAX && r_disclosed_write(&again, &proof, index, FUZZ_ERR) == HZ_OK);
    FUZZ_HOLDS(again.len == size && memcmp(again.data, data, size) == 0);
    return 0;
}
