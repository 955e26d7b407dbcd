/* What hozen-verify --json answers, as the program of the custodian reads it. */
#include "custody/verifier.h"
#include "base/text.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct verifier v = { 0 };
    int code = verifier_read(&v, data, size, FUZZ_ERR);

    FUZZ_HOLDS(fuzz_is_answer(code));
    if (code == HZ_OK) {
        FUZZ_HOLDS(v.finding_count <= R_STATEMENT_LIST && v.signer_count <= VERIFIER_SIGNERS);
        for (size_t i = 1; i < v.finding_count; i++)
            FUZZ_HOLDS(strcmp(v.findings[i - 1], v.findings[i]) < 0);
        for (size_t i = 0; i < v.signer_count; i++)
            FUZZ_HOLDS(v.signers[i].key != NULL &&
                       (!v.signers[i].collector || verifier_signed_by(&v, v.signers[i].key)));
        struct w_evidence e = verifier_evidence(&v);
        FUZZ_HOLDS(e.verdict != NULL && text_is_utf8(e.verdict, strlen(e.verdict)));
    }
    verifier_free(&v);
    return 0;
}
