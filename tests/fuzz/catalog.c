/* Lines of the catalog: whatever is accepted is one canonical object whose path is the mapping of its origin. */
#include "formats/read/catalog.h"
#include "base/text.h"
#include "formats/read/name.h"
#include "tests/fuzz/fuzz.h"

static void accepted(const char *line, size_t len, const struct r_entry *e)
{
    struct r_json j;
    size_t source_len;

    r_json_init(&j, line, len);
    FUZZ_HOLDS(r_json_skip(&j) && r_json_done(&j));
    FUZZ_HOLDS(r_name_is_payload(e->path.at, e->path.len, &source_len) && source_len == e->source.len);
    FUZZ_HOLDS(memcmp(e->path.at + 5, e->source.at, source_len) == 0);
    FUZZ_HOLDS(r_catalog_status_word(e->status) != NULL);
    if (!e->origin.known)
        return;
    FUZZ_HOLDS(text_is_utf8(e->origin.text.data, e->origin.text.len));
    FUZZ_HOLDS(r_name_is_origin(e->origin.raw.data, e->origin.raw.len));
    FUZZ_HOLDS(r_name_match(e->path.at, e->path.len, e->origin.raw.data, e->origin.raw.len) == HZ_OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *wrong = NULL;
    struct r_entry e;
    size_t at = 0;

    if (r_hash_start(NULL) != HZ_OK)
        return 0;
    r_catalog_init(&e);
    for (int again = 0; again < 2; again++) { /* buffers are used from line to line */
        int code = r_catalog_line((const char *)data, size, &e, &wrong, &at);
        FUZZ_HOLDS(code == HZ_OK || ((code == HZ_E_FORMAT || code == HZ_E_LIMIT) && wrong != NULL && at <= size));
        if (code == HZ_OK)
            accepted((const char *)data, size, &e);
    }
    r_catalog_free(&e);
    return 0;
}
