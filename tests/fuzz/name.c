/* Names: any host path maps to one that the grammar allows and that is known to be its mapping, by both sides alike. */
#include "formats/read/name.h"
#include "formats/read/hash.h"
#include "formats/write/name.h"
#include "tests/fuzz/fuzz.h"

/* A text as somebody else's payload path: both sides know the same grammar. */
static void as_path(const char *path, size_t len)
{
    size_t source_len = 0;
    bool is = r_name_is_payload(path, len, &source_len);
    FUZZ_HOLDS(is == w_name_payload_valid(path, len));
    if (is)
        FUZZ_HOLDS(source_len >= 1 && source_len <= R_NAME_SOURCE_MAX && path[5 + source_len] == '/');
}

/* Raw bytes as a host path: its mapping is in the grammar, and is found to be its mapping. */
static void as_origin(const unsigned char *raw, size_t len)
{
    HZ_CLEANUP(buf_free) struct buf path = BUF_INIT((size_t)1 << 20);
    HZ_CLEANUP(buf_free) struct buf deep = BUF_INIT((size_t)1 << 20);
    const char *text;
    bool is = r_name_is_origin(raw, len);
    FUZZ_HOLDS((w_name_path(&path, "files", raw, len, NULL) == HZ_OK) == is);
    if (!is)
        return;
    if (path.len <= W_NAME_PATH_MAX) {
        as_path((const char *)path.data, path.len);
        FUZZ_HOLDS(w_name_payload_valid((const char *)path.data, path.len));
        FUZZ_HOLDS(r_name_match((const char *)path.data, path.len, raw, len) == HZ_OK);
        path.data[path.len - 1] ^= 1;
        FUZZ_HOLDS(r_name_match((const char *)path.data, path.len, raw, len) != HZ_OK);
        return;
    }
    FUZZ_HOLDS(w_name_long(&deep, "files", raw, len, NULL) == HZ_OK && (text = buf_text(&deep)) != NULL);
    FUZZ_HOLDS(r_name_match(text, deep.len, raw, len) == HZ_OK);
}

/* The order of two names, with the order told the other way round. */
static void as_two(const char *a, size_t a_len, const char *b, size_t b_len)
{
    int there = r_name_compare(a, a_len, b, b_len), back = r_name_compare(b, b_len, a, a_len);
    int twin = w_name_compare(a, a_len, b, b_len);
    FUZZ_HOLDS(there == -back && there >= -2 && there <= 2);
    FUZZ_HOLDS((there < 0) == (twin < 0) && (there > 0) == (twin > 0));
    if (a_len > 0 && b_len > 0 && a[a_len - 1] != '/')
        FUZZ_HOLDS((there == -2) == w_name_is_folder_of(a, a_len, b, b_len));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT((size_t)1 << 20);
    const uint8_t *cut = size > 0 ? memchr(data, '\n', size) : NULL;
    size_t first = cut != NULL ? (size_t)(cut - data) : size / 2, second = first + (cut != NULL);

    if (r_hash_start(NULL) != HZ_OK || buf_put(&text, data, size) != HZ_OK || buf_text(&text) == NULL)
        return 0;
    as_path((const char *)text.data, size);
    as_origin(text.data, size);
    as_two((const char *)text.data, first, (const char *)text.data + second, size - second);
    if (memchr(text.data, 0, size) == NULL)
        FUZZ_HOLDS(r_name_is_item((const char *)text.data, size) == w_name_item_valid((const char *)text.data));
    return 0;
}
