/* Lines of objects, absent and actions, and their first lines. The first byte of the input says which kind. */
#include "formats/read/records.h"
#include "base/text.h"
#include "formats/read/name.h"
#include "tests/fuzz/fuzz.h"

static void accepted(enum r_records_kind kind, const struct r_record *r)
{
    FUZZ_HOLDS(r->kind == kind && r->absence < R_RECORDS_ABSENCE_COUNT && r->word.len > 0);
    if (r->origin.known) {
        FUZZ_HOLDS(text_is_utf8(r->origin.text.data, r->origin.text.len));
        bool root = r->origin.raw.len == 1 && r->origin.raw.data[0] == '/';
        FUZZ_HOLDS(root || r_name_is_origin(r->origin.raw.data, r->origin.raw.len));
    }
    if (r->target.known)
        FUZZ_HOLDS(kind == R_RECORD_OBJECT && text_is_utf8(r->target.text.data, r->target.text.len));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *wrong = NULL, *line = (const char *)data + 1;
    struct r_record r;
    size_t at = 0;

    if (size < 1)
        return 0;
    enum r_records_kind kind = (enum r_records_kind)(data[0] % 3);
    r_records_init(&r);
    int code = r_records_line(kind, line, size - 1, &r, &wrong, &at);
    FUZZ_HOLDS(code == HZ_OK || ((code == HZ_E_FORMAT || code == HZ_E_LIMIT) && wrong != NULL && at < size));
    if (code == HZ_OK)
        accepted(kind, &r);
    code = r_records_first(kind, line, size - 1, &wrong, &at);
    FUZZ_HOLDS(code == HZ_OK || ((code == HZ_E_FORMAT || code == HZ_E_LIMIT) && wrong != NULL && at < size));
    r_records_free(&r);
    return 0;
}
