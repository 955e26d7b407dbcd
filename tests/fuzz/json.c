/* JSON: a value has one encoding. What is accepted is written again by the other side's encoder to the same bytes. */
#include "formats/read/json.h"
#include "base/json_out.h"
#include "base/text.h"
#include "tests/fuzz/fuzz.h"

struct copy {
    struct json_out out;
    bool comparable; /* the writer has no long keys, and none that are not ASCII */
};

static void put_text(struct copy *c, const struct r_span *span, bool key)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(R_JSON_STRING_MAX);
    FUZZ_HOLDS(r_span_decode(span, &text) == HZ_OK && text_is_utf8(text.data, text.len));
    FUZZ_HOLDS(span->escaped || text.len == span->len);
    if (!key) {
        json_string_n(&c->out, text.len > 0 ? text.data : (const unsigned char *)"", text.len);
        return;
    }
    for (size_t i = 0; i < text.len; i++)
        c->comparable =
            c->comparable && text.data[i] >= 0x20 && text.data[i] < 0x7f && text.data[i] != '"' && text.data[i] != '\\';
    c->comparable = c->comparable && text.len < JSON_OUT_KEY && buf_text(&text) != NULL;
    if (c->comparable)
        json_key(&c->out, (const char *)text.data);
}

static void copy_value(struct r_json *j, struct copy *c)
{
    struct r_span span;
    int64_t number;
    bool truth;

    switch (r_json_peek(j)) {
    case R_JSON_OBJECT:
        json_object(&c->out);
        for (r_json_object(j); r_json_key(j, &span);) {
            put_text(c, &span, true);
            copy_value(j, c);
        }
        json_object_end(&c->out);
        break;
    case R_JSON_ARRAY:
        json_array(&c->out);
        for (r_json_array(j); r_json_item(j);)
            copy_value(j, c);
        json_array_end(&c->out);
        break;
    case R_JSON_STRING:
        if (r_json_string(j, &span))
            put_text(c, &span, false);
        break;
    case R_JSON_INT:
        if (r_json_int(j, &number))
            json_int(&c->out, number);
        break;
    case R_JSON_BOOL:
        if (r_json_bool(j, &truth))
            json_bool(&c->out, truth);
        break;
    case R_JSON_NONE:
        r_json_fail(j, "a value was expected");
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    HZ_CLEANUP(buf_free) struct buf again = BUF_INIT((size_t)64 << 20);
    struct copy c = { .comparable = true };
    struct r_json j, skipped;

    r_json_init(&skipped, data, size);
    r_json_skip(&skipped);
    bool accepted = r_json_done(&skipped);
    r_json_init(&j, data, size);
    json_init(&c.out, &again);
    copy_value(&j, &c);
    FUZZ_HOLDS(r_json_done(&j) == accepted && j.at <= size);
    if (accepted && c.comparable) {
        FUZZ_HOLDS(json_check(&c.out, NULL) == HZ_OK);
        FUZZ_HOLDS(again.len == size && memcmp(again.data, data, size) == 0);
    }
    return 0;
}
