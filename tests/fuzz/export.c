/* Exported folders: export.json, proofs.jsonl, allowed_signers and entries.jsonl, with a cut between them. Every
 * signature holds (holds.c), so that the rules of the ledger stand in the way alone. */
#include "tests/fuzz/file.h"
#include "tests/fuzz/fuzz.h"
#include "verify/export_check.h"

static void check(const struct r_export *about, struct fuzz_part proofs, const struct r_signers *listed,
                  struct fuzz_part entries)
{
    struct hz_error err;
    struct exported *x = calloc(1, sizeof *x);
    HZ_CLEANUP(buf_free) struct buf lines = BUF_INIT(proofs.len + 1);
    unsigned char digest[R_SHA256_SIZE];
    struct export_job job = { .entries = fuzz_file(0, entries.at, entries.len),
                              .digest = digest,
                              .proofs = &lines,
                              .about = about,
                              .listed = listed,
                              .signers = { about->key },
                              .signer_count = 1 };

    FUZZ_HOLDS(x != NULL && buf_put(&lines, proofs.at, proofs.len) == HZ_OK);
    r_hash_sha256(digest, entries.at, entries.len);
    FUZZ_HOLDS(export_check(&job, x, &err) == HZ_OK);
    FUZZ_HOLDS(exported_is_sane(x) && x->entries <= entries.len);
    free(x);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_part rest = { data, size }, about = fuzz_part(&rest), proofs = fuzz_part(&rest),
                     list = fuzz_part(&rest);
    struct r_signers signers = { NULL, 0 };
    struct r_export e = { 0 };
    struct r_proof proof;
    uint64_t sequence;

    if (r_hash_start(NULL) != HZ_OK)
        return 0;
    r_export_proof(&proof, &sequence, proofs.at, proofs.len, FUZZ_ERR);
    int code = r_export_parse(&e, about.at, about.len, FUZZ_ERR);
    FUZZ_HOLDS(fuzz_is_answer(code));
    if (code != HZ_OK)
        return 0;
    FUZZ_HOLDS(e.entries >= 1 && e.entries <= e.size && (e.item == NULL) == (e.last_digest == NULL));
    if (r_signers_read((const char *)list.at, list.len, &signers, FUZZ_ERR) == HZ_OK)
        check(&e, proofs, &signers, rest);
    r_signers_free(&signers);
    r_export_free(&e);
    return 0;
}
