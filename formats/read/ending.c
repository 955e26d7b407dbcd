#include <string.h>

#include "formats/read/state.h"

/* A finding about the container that ends the reading */
void r_ending_stop(struct r_state *s, enum r_code code, enum r_why why, uint64_t offset, const char *text)
{
    s->stopped = true;
    r_state_add(s, &(struct r_finding) { .code = code, .why = why, .offset = offset, .after = s->after, .text = text });
}

/* There is no more although there should be: the compressed file says why, or it just ends */
void r_ending_truncated(struct r_state *s)
{
    const struct r_fault *fault = r_input_fault(&s->input);

    if (fault && fault->code != R_CONTAINER_TRAILING_DATA)
        r_ending_stop(s, fault->code, fault->why, fault->offset, NULL);
    else
        r_ending_stop(s, R_CONTAINER_TRUNCATED, r_input_packing(&s->input) ? R_WHY_TRUNCATED_INSIDE : R_WHY_TRUNCATED,
                      s->input.offset, NULL);
}

/* What a file that is no bundle seems to be, by its first bytes; *text: its name, where it is known */
static enum r_why known_format(const unsigned char *block, size_t len, const char **text)
{
    static const struct {
        const char *bytes;
        size_t len;
        const char *name;
        enum r_why why;
    } formats[] = {
        { "BZh", 3, "bzip2", R_WHY_OTHER_FORMAT },
        { "\xfd"
          "7zXZ\0",
          6, "xz", R_WHY_OTHER_FORMAT },
        { "PK\x03\x04", 4, "zip", R_WHY_OTHER_FORMAT },
        { "7z\xbc\xaf", 4, "7z", R_WHY_OTHER_FORMAT },
        { "age-encryption.org/", 19, "age", R_WHY_ENCRYPTED },
        { "-----BEGIN AGE ", 15, "age", R_WHY_ENCRYPTED },
        { "-----BEGIN PGP ", 15, "OpenPGP", R_WHY_OTHER_FORMAT },
        { "{\"checkpoint\":\"hozen-ledger/", 28, "hozen", R_WHY_CUSTODY }, /* canonical: the first key of all three */
        { "{\"schema\":\"hozen-signing/", 25, "hozen", R_WHY_CUSTODY },
        { "hozen-ledger/", 13, "hozen", R_WHY_CUSTODY },
    };
    size_t i;

    for (i = 0; i < sizeof formats / sizeof formats[0]; i++)
        if (len >= formats[i].len && memcmp(block, formats[i].bytes, formats[i].len) == 0) {
            *text = formats[i].name;
            return formats[i].why;
        }
    return R_WHY_NOT_BUNDLE;
}

bool r_ending_is_bundle(const unsigned char *block, size_t len)
{
    size_t name = len == R_TAR_BLOCK ? strnlen((const char *)block, 100) : 0;

    return len == R_TAR_BLOCK &&
           (r_tar_has_magic(block) || (name > 10 && memcmp(block + name - 10, "/bagit.txt", 10) == 0));
}

void r_ending_unknown(struct r_state *s, const unsigned char *block, size_t len)
{
    const struct r_fault *fault = r_input_fault(&s->input);
    const char *format = fault ? r_input_packing(&s->input) : NULL;
    enum r_why why = fault ? R_WHY_OTHER_FORMAT : known_format(block, len, &format);

    if (fault && fault->code != R_CONTAINER_UNSUPPORTED && fault->code != R_CONTAINER_TRAILING_DATA) {
        r_ending_truncated(s);
        return;
    }
    s->not_bundle = true;
    r_ending_stop(s, R_CONTAINER_UNSUPPORTED, format ? why : R_WHY_NOT_BUNDLE, 0, format);
}

/* Behind the end marker: zeros up to a whole record, then nothing */
static int take_trailer(struct r_state *s, struct hz_error *err)
{
    uint64_t end = (s->input.offset + R_TAR_RECORD - 1) / R_TAR_RECORD * R_TAR_RECORD, at = s->input.offset, place = 0;
    const unsigned char *bytes;
    bool follows = false;
    size_t n = 1, zeros = 1;
    int code = HZ_OK;

    while (!code && n && zeros == n && !follows) {
        at = s->input.offset;
        if (at == end)
            code = r_input_follows(&s->input, &follows, &place, err);
        if (code || follows)
            continue;
        code = r_input_some(&s->input, at < end ? (size_t)(end - at) : R_TAR_RECORD, &bytes, &n, err);
        for (zeros = 0; !code && zeros < n && at < end && !bytes[zeros];)
            zeros++;
    }
    if (code)
        return code;
    if (follows)
        r_ending_stop(s, R_CONTAINER_TRAILING_DATA, R_WHY_FRAME_TRAILING, place, NULL);
    else if (zeros < n)
        r_ending_stop(s, R_CONTAINER_TRAILING_DATA, R_WHY_TRAILING, at + zeros, NULL);
    else if (at < end)
        r_ending_truncated(s);
    else if (r_input_fault(&s->input))
        r_ending_stop(s, r_input_fault(&s->input)->code, r_input_fault(&s->input)->why,
                      r_input_fault(&s->input)->offset, NULL);
    return HZ_OK;
}

int r_ending_take(struct r_state *s, struct hz_error *err)
{
    unsigned char second[R_TAR_BLOCK];
    size_t n;
    int code = r_input_take(&s->input, second, sizeof second, &n, err);

    if (code)
        return code;
    if (n < sizeof second) {
        r_ending_truncated(s);
        return HZ_OK;
    }
    if (!r_tar_is_zero(second, sizeof second)) {
        r_ending_stop(s, R_CONTAINER_MALFORMED, R_WHY_END_BLOCK, s->input.offset - sizeof second, NULL);
        return HZ_OK;
    }
    s->stopped = s->result->ended = true;
    return take_trailer(s, err);
}
