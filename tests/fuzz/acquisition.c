/* meta/acquisition.json and meta/format.json: what is accepted says of itself only what fits its bounds. */
#include "formats/read/acquisition.h"
#include "base/text.h"
#include "formats/read/format.h"
#include "tests/fuzz/fuzz.h"

static void accepted(const struct r_acquisition *a)
{
    const struct buf *texts[] = { &a->item, &a->case_id, &a->operator_name, &a->organisation, &a->hostname };

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        FUZZ_HOLDS(text_is_utf8(texts[i]->data, texts[i]->len));
    FUZZ_HOLDS(a->source_count <= R_ACQUISITION_SOURCES && a->key_count <= R_ACQUISITION_KEYS);
    FUZZ_HOLDS(a->bound_count <= R_ACQUISITION_BOUNDS);
    for (size_t i = 1; i < a->key_count; i++)
        FUZZ_HOLDS(memcmp(a->keys_expected[i - 1], a->keys_expected[i], R_SHA256_SIZE) < 0);
    for (size_t i = 0; i < a->source_count; i++)
        FUZZ_HOLDS(memchr(a->sources[i].name, 0, sizeof a->sources[i].name) != NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *wrong = NULL;
    struct r_acquisition a;
    struct r_format f;
    size_t at = 0;

    r_acquisition_init(&a);
    int code = r_acquisition_read(data, size, &a, &wrong, &at);
    FUZZ_HOLDS(code == HZ_OK || ((code == HZ_E_FORMAT || code == HZ_E_LIMIT) && wrong != NULL && at <= size));
    if (code == HZ_OK)
        accepted(&a);
    r_acquisition_free(&a);
    code = r_format_read(data, size, &f, &wrong, &at);
    FUZZ_HOLDS(code == HZ_OK || code == HZ_E_UNSUPPORTED ||
               ((code == HZ_E_FORMAT || code == HZ_E_LIMIT) && wrong != NULL && at <= size));
    return 0;
}
