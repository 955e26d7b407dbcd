/* Whole bundles, tar, zstd or gzip: the same is found whatever comes at a time. A disclosure that is made of
 * one that is whole is whole. */
#include "tests/fuzz/disclosing.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct reading at_once, slowly;

    reading_do(&at_once, data, size, 0);
    reading_judge(&at_once, data, size);
    if (reading_is_whole(&at_once) && !at_once.result.disclosure)
        disclosing_try("data/files/etc/hosts", &at_once, data, size);
    if (size % 8 == 0 && size < 65536) {
        reading_do(&slowly, data, size, 511);
        FUZZ_HOLDS(slowly.mark == at_once.mark && slowly.files == at_once.files);
        FUZZ_HOLDS(reading_is_whole(&slowly) == reading_is_whole(&at_once));
        reading_free(&slowly);
    }
    reading_free(&at_once);
    return 0;
}
