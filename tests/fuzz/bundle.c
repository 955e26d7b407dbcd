/* Whole bundles, tar, zstd or gzip: the same is found whatever comes at a time, with and without threads. A disclosure
 * that is made of one that is whole is whole. */
#include "tests/fuzz/disclosing.h"

#define WANTED "data/files/etc/hosts"

static bool leave(void *context, const char *path)
{
    (void)context;
    return strcmp(path, WANTED) != 0;
}

/* One file alone: what is left unread says nothing, and nothing else is said of what is whole. */
static void one_alone(const struct reading *all, const uint8_t *data, size_t size)
{
    const struct r_bundle_sink sink = { .leave = leave };
    struct r_bundle_result result;

    reading_with(&sink, &result, data, size, 0);
    FUZZ_HOLDS(result.left <= result.files);
    if (reading_is_whole(all)) {
        FUZZ_HOLDS(result.findings.count == 0 && result.ended && result.files == all->files);
        FUZZ_HOLDS(memcmp(result.content_id, all->result.content_id, R_SHA256_SIZE) == 0);
    }
    r_bundle_result_free(&result);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct reading at_once, slowly, helped;

    reading_do(&at_once, data, size, 0);
    if (size % 32 == 0) {
        reading_by(&helped, data, size, 2);
        FUZZ_HOLDS(helped.mark == at_once.mark && reading_is_whole(&helped) == reading_is_whole(&at_once));
        reading_free(&helped);
    }
    reading_judge(&at_once, data, size);
    if (reading_is_whole(&at_once) && !at_once.result.disclosure)
        disclosing_try(WANTED, &at_once, data, size);
    if (size % 4 == 0)
        one_alone(&at_once, data, size);
    if (size % 8 == 0 && size < 65536) {
        reading_do(&slowly, data, size, 511);
        FUZZ_HOLDS(slowly.mark == at_once.mark && slowly.files == at_once.files);
        FUZZ_HOLDS(reading_is_whole(&slowly) == reading_is_whole(&at_once));
        reading_free(&slowly);
    }
    reading_free(&at_once);
    return 0;
}
