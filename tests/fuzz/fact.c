/* Rows of listings that hozen diff compares: the first byte says of which listing, the second whether it is its first
 * line. Whatever is a fact can be sent, sorted and taken apart again. */
#include "verify/fact.h"
#include "base/text.h"
#include "tests/fuzz/fuzz.h"

static void accepted(struct fact *f)
{
    struct fact_row row, again;
    struct r_json j;

    FUZZ_HOLDS(f->kind != FACT_FILES && f->kind < FACT_KINDS && fact_word(f->kind) != NULL);
    FUZZ_HOLDS(f->name.len > 0 && f->name.len <= FACT_NAME_MAX && text_is_utf8(f->name.data, f->name.len));
    FUZZ_HOLDS(f->value.len <= FACT_VALUE_MAX);
    r_json_init(&j, f->value.data, f->value.len);
    FUZZ_HOLDS(r_json_peek(&j) == R_JSON_OBJECT && r_json_skip(&j) && r_json_done(&j));
    FUZZ_HOLDS(fact_row_read(&row, f->value.data, f->value.len));
    for (size_t i = 0; i < row.count; i++)
        fact_row_open(&again, &row.list[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    enum fact_answer answer;
    struct fact f;

    if (size < 2)
        return 0;
    fact_init(&f);
    answer = fact_line(data[0] % FACT_LISTINGS, data[1] % 2 + 1, (const char *)data + 2, size - 2, &f);
    FUZZ_HOLDS(answer != FACT_YES || data[1] % 2);
    if (answer == FACT_YES)
        accepted(&f);
    fact_free(&f);
    return 0;
}
