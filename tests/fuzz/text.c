/* Numbers, times, hexadecimal, base64, UTF-8: what is accepted is the one form of its value. */
#include "base/text.h"
#include "base/num.h"
#include "base/stamp.h"
#include "tests/fuzz/fuzz.h"

/* Times computed from one that was read: in order, and never beyond what a stamp can be. */
static void moved(struct stamp t)
{
    struct stamp late = stamp_add(t, INT64_MAX), early = stamp_add(t, INT64_MIN), back = stamp_back(t, INT64_MAX);
    int offset = stamp_local_offset(t);

    FUZZ_HOLDS(stamp_compare(early, t) <= 0 && stamp_compare(t, late) <= 0 && stamp_compare(back, t) <= 0);
    FUZZ_HOLDS(late.nanoseconds < 1000000000 && early.nanoseconds < 1000000000 && back.nanoseconds < 1000000000);
    FUZZ_HOLDS(offset >= -1439 && offset <= 1439);
}

static void times(const char *text, size_t len)
{
    char again[STAMP_SIZE];
    struct stamp t;
    int offset;

    if (stamp_parse(&t, text, len) == HZ_OK) {
        stamp_format(again, t);
        FUZZ_HOLDS(strlen(again) == len && memcmp(again, text, len) == 0);
    }
    if (stamp_parse(&t, text, len) == HZ_OK)
        moved(t);
    if (stamp_parse_offset(&t, &offset, text, len) == HZ_OK) {
        stamp_format_offset(again, t, offset);
        FUZZ_HOLDS(strlen(again) == len && memcmp(again, text, len) == 0);
    }
    if (stamp_parse(&t, text, len) == HZ_OK && t.seconds > -(INT64_C(1) << 60) && t.seconds < INT64_C(1) << 60) {
        FUZZ_HOLDS(stamp_compare(stamp_back(stamp_add(t, 1), 1000000000), t) == 0);
        stamp_format_compact(again, t);
        FUZZ_HOLDS(strlen(again) < STAMP_SIZE);
    }
    if (stamp_parse_lenient(&t, text) == HZ_OK) {
        struct stamp twin;
        stamp_format(again, t);
        FUZZ_HOLDS(stamp_parse(&twin, again, strlen(again)) == HZ_OK && stamp_compare(t, twin) == 0);
    }
}

static void numbers(const char *text, size_t len)
{
    char again[32];
    uint64_t value;
    int64_t duration;

    if (num_parse_u64(text, len, UINT64_MAX, &value) == HZ_OK) {
        snprintf(again, sizeof again, "%llu", (unsigned long long)value);
        FUZZ_HOLDS(strlen(again) == len && memcmp(again, text, len) == 0);
    }
    if (num_parse_size(text, &value) == HZ_OK)
        FUZZ_HOLDS(value > 0 && value <= INT64_MAX);
    if (num_parse_duration(text, &duration) == HZ_OK)
        FUZZ_HOLDS(duration > 0);
}

static void encodings(const char *text, size_t len)
{
    HZ_CLEANUP(buf_free) struct buf bytes = BUF_INIT(len + 16);
    HZ_CLEANUP(buf_free) struct buf again = BUF_INIT(2 * len + 16);
    HZ_CLEANUP(buf_free) struct buf utf8 = BUF_INIT(3 * len + 16);
    unsigned char raw[64];
    char hex[129];

    if (text_unbase64(&bytes, text, len) == HZ_OK) {
        text_base64(&again, bytes.data, bytes.len);
        FUZZ_HOLDS(again.len == len && (len == 0 || memcmp(again.data, text, len) == 0));
    }
    if (len % 2 == 0 && len <= 128 && text_unhex(raw, len / 2, text, len) == HZ_OK) {
        text_hex(hex, raw, len / 2);
        FUZZ_HOLDS(memcmp(hex, text, len) == 0);
    }
    FUZZ_HOLDS(text_to_utf8(&utf8, text, len) == HZ_OK && text_is_utf8(utf8.data, utf8.len));
    FUZZ_HOLDS(!text_is_utf8(text, len) || (utf8.len == len && (len == 0 || memcmp(utf8.data, text, len) == 0)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    HZ_CLEANUP(buf_free) struct buf copy = BUF_INIT(size + 1);
    const char *text = buf_put(&copy, data, size) == HZ_OK ? buf_text(&copy) : NULL;

    if (text == NULL)
        return 0;
    times(text, size);
    numbers(text, size);
    encodings(text, size);
    return 0;
}
