/* allowed_signers, lists of revoked keys, public key lines. */
#include "formats/read/trust.h"
#include "tests/fuzz/fuzz.h"

static void judge(const struct r_signers *list, const struct r_revoked *revoked)
{
    const char *principal = NULL;

    for (size_t i = 0; i < list->count; i++) {
        const struct r_signer *s = &list->list[i];
        struct r_pubkey key = { .algorithm = R_PUBKEY_P256 };
        FUZZ_HOLDS(s->principal != NULL && strlen(s->principal) <= R_SIGNERS_PRINCIPAL_MAX);
        memcpy(key.id, s->id, sizeof key.id);
        enum r_trust_answer answer =
            r_trust_judge(list, revoked, &key, R_SSHSIG_PRESENT, "hozen-bundle-v1", (struct stamp) { 0, 0 },
                          (struct stamp) { 2000000000, 0 }, &principal);
        FUZZ_HOLDS(answer != R_TRUST_NOT_ON_LIST && principal != NULL);
        FUZZ_HOLDS((answer == R_TRUST_REVOKED) == r_signers_is_revoked(revoked, s->id));
        FUZZ_HOLDS(answer != R_TRUST_YES || r_signers_allows(s, "hozen-bundle-v1") || list->count > 1);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_part rest = { data, size }, first = fuzz_part(&rest);
    struct r_signers list = { NULL, 0 };
    struct r_revoked revoked = { NULL, 0 };
    struct r_pubkey key;
    int code;

    if (r_hash_start(NULL) != HZ_OK)
        return 0;
    code = r_signers_revoked((const char *)rest.at, rest.len, &revoked, NULL);
    FUZZ_HOLDS(code == HZ_OK || (code == HZ_E_FORMAT && revoked.count == 0));
    code = r_signers_read((const char *)first.at, first.len, &list, NULL);
    FUZZ_HOLDS(code == HZ_OK || (code == HZ_E_FORMAT && list.count == 0));
    judge(&list, &revoked);
    r_signers_free(&list);
    r_signers_revoked_free(&revoked);
    r_pubkey_line((const char *)first.at, first.len, &key);
    return 0;
}
