/* Hostile bytes made inert: what comes out moves nothing, ends nothing, and can be taken back. */
#include "base/escape.h"
#include "base/text.h"
#include "tests/fuzz/fuzz.h"

/* \xNN and \\ back to bytes. */
static void undo(const struct buf *in, size_t from, struct buf *out)
{
    for (size_t i = from; i < in->len; i++) {
        unsigned char byte;
        if (in->data[i] != '\\') {
            buf_putc(out, (char)in->data[i]);
        } else if (in->len - i >= 2 && in->data[i + 1] == '\\') {
            buf_putc(out, '\\');
            i += 1;
        } else {
            FUZZ_HOLDS(in->len - i >= 4 && in->data[i + 1] == 'x');
            FUZZ_HOLDS(text_unhex(&byte, 1, (const char *)in->data + i + 2, 2) == HZ_OK);
            buf_putc(out, (char)byte);
            i += 3;
        }
    }
}

static void inert(const struct buf *out)
{
    FUZZ_HOLDS(text_is_utf8(out->data, out->len));
    for (size_t i = 0; i < out->len; i++) {
        unsigned char c = out->data[i], next = i + 1 < out->len ? out->data[i + 1] : 0;
        FUZZ_HOLDS(c >= 0x20 && c != 0x7f && !(c == 0xc2 && next < 0xa0));
        if (c == 0xe2 && i + 2 < out->len) { /* U+2028 to U+202E, U+2066 to U+2069 */
            unsigned char last = out->data[i + 2];
            FUZZ_HOLDS(!(next == 0x80 && last >= 0xa8 && last <= 0xae) &&
                       !(next == 0x81 && last >= 0xa6 && last <= 0xa9));
        }
    }
}

/* No < > or quote, and & only where one of the entities begins: what an element or an attribute is made of. */
static void unmarked(const struct buf *out)
{
    static const char *const entities[] = { "&amp;", "&lt;", "&gt;", "&quot;", "&#39;", "&apos;" };
    for (size_t i = 0; i < out->len; i++) {
        unsigned char c = out->data[i];
        bool entity = c != '&';
        FUZZ_HOLDS(c != '<' && c != '>' && c != '"' && c != '\'');
        for (size_t k = 0; !entity && k < sizeof entities / sizeof entities[0]; k++)
            entity =
                out->len - i >= strlen(entities[k]) && memcmp(out->data + i, entities[k], strlen(entities[k])) == 0;
        FUZZ_HOLDS(entity);
    }
}

/* What a spreadsheet computes: one of the four marks, also in full width, behind blanks. */
static bool is_formula(const struct buf *text)
{
    static const char *const marks[] = { "=",           "+", "-", "@", "\xEF\xBC\x9D", "\xEF\xBC\x8B", "\xEF\xBC\x8D",
                                         "\xEF\xBC\xA0" };
    size_t at = 0;
    for (;;) {
        if (at < text->len && text->data[at] == ' ')
            at += 1;
        else if (text->len - at >= 3 && memcmp(text->data + at, "\xE3\x80\x80", 3) == 0)
            at += 3;
        else
            break;
    }
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
        if (text->len - at >= strlen(marks[i]) && memcmp(text->data + at, marks[i], strlen(marks[i])) == 0)
            return true;
    return false;
}

/* One cell, in quotes, none of them alone; it begins like no formula. */
static void one_cell(const struct buf *cell, const uint8_t *data, size_t size)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(16 * size + 16);
    HZ_CLEANUP(buf_free) struct buf back = BUF_INIT(16 * size + 16);
    FUZZ_HOLDS(cell->len >= 2 && cell->data[0] == '"' && cell->data[cell->len - 1] == '"');
    for (size_t i = 1; i + 1 < cell->len; i++) {
        FUZZ_HOLDS(cell->data[i] != '"' || (i + 2 < cell->len && cell->data[i + 1] == '"'));
        i += cell->data[i] == '"';
        buf_putc(&text, (char)cell->data[i]);
    }
    FUZZ_HOLDS(!is_formula(&text));
    undo(&text, text.len > 0 && text.data[0] == '\'', &back);
    FUZZ_HOLDS(back.len == size && (size == 0 || memcmp(back.data, data, size) == 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    HZ_CLEANUP(buf_free) struct buf out = BUF_INIT(64 * size + 64);
    HZ_CLEANUP(buf_free) struct buf back = BUF_INIT(64 * size + 64);
    bool exact = false;

    FUZZ_HOLDS(escape_terminal(&out, data, size) == HZ_OK);
    inert(&out);
    undo(&out, 0, &back);
    FUZZ_HOLDS(back.len == size && (size == 0 || memcmp(back.data, data, size) == 0));
    buf_reset(&out);
    FUZZ_HOLDS(escape_html(&out, data, size) == HZ_OK);
    inert(&out);
    unmarked(&out);
    buf_reset(&out);
    FUZZ_HOLDS(escape_xml(&out, data, size, &exact) == HZ_OK);
    inert(&out);
    unmarked(&out);
    buf_reset(&out);
    FUZZ_HOLDS(escape_csv(&out, data, size) == HZ_OK);
    inert(&out);
    one_cell(&out, data, size);
    return 0;
}
