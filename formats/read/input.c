#include "formats/read/input.h"

#include <stdlib.h>
#include <string.h>

#include "base/lang.h"

#define BLOCK_SIZE ((size_t)256 * 1024)

int r_input_open(struct r_input *in, r_input_read *read, void *context, struct hz_error *err)
{
    int code;

    memset(in, 0, sizeof *in);
    in->read = read;
    in->context = context;
    in->block = malloc(BLOCK_SIZE);
    if (!in->block)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    code = r_hash_open(&in->digest, R_SHA256, err);
    if (code)
        r_input_close(in);
    return code;
}

void r_input_close(struct r_input *in)
{
    free(in->block);
    in->block = NULL;
    if (in->digest.handle)
        r_hash_close(&in->digest);
}

static int refill(struct r_input *in, struct hz_error *err)
{
    size_t got = 0;
    int code;

    if (in->len || in->ended)
        return HZ_OK;
    code = in->read(in->context, in->block, BLOCK_SIZE, &got, err);
    if (code)
        return code;
    r_hash_put(&in->digest, in->block, got);
    in->ended = !got;
    in->at = 0;
    in->len = got;
    return HZ_OK;
}

int r_input_some(struct r_input *in, size_t max, const unsigned char **bytes, size_t *len, struct hz_error *err)
{
    int code = refill(in, err);
    size_t n = in->len < max ? in->len : max;

    if (code)
        return code;
    *bytes = in->block + in->at;
    *len = n;
    in->at += n;
    in->len -= n;
    in->offset += n;
    return HZ_OK;
}

int r_input_take(struct r_input *in, void *out, size_t len, size_t *got, struct hz_error *err)
{
    unsigned char *to = out;
    size_t total = 0;

    while (total < len) {
        const unsigned char *bytes;
        size_t n;
        int code = r_input_some(in, len - total, &bytes, &n, err);

        if (code)
            return code;
        if (!n)
            break;
        memcpy(to + total, bytes, n);
        total += n;
    }
    *got = total;
    return HZ_OK;
}

int r_input_drain(struct r_input *in, unsigned char sha256[R_SHA256_SIZE], struct hz_error *err)
{
    const unsigned char *bytes;
    size_t n;

    do {
        int code = r_input_some(in, BLOCK_SIZE, &bytes, &n, err);
        if (code)
            return code;
    } while (n);
    r_hash_finish(&in->digest, sha256);
    return HZ_OK;
}
