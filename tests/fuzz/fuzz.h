/* What the fuzz targets share. A target is one function over bytes that somebody else made: it must end, in bounded
 * memory, and what it states with FUZZ_HOLDS must be true of all of them. libFuzzer calls it, or replay.c does. */
#ifndef HZ_TESTS_FUZZ_H
#define HZ_TESTS_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static inline _Noreturn void fuzz_broken(const char *file, int line, const char *what)
{
    fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, what);
    abort();
}

#define FUZZ_HOLDS(what) ((what) ? (void)0 : fuzz_broken(__FILE__, __LINE__, #what))

/* An answer about a format: right, or wrong in a way that the format knows. Memory and files were not missing. */
static inline bool fuzz_is_answer(int code)
{
    return code == HZ_OK || code == HZ_E_FORMAT || code == HZ_E_LIMIT || code == HZ_E_UNSUPPORTED ||
           code == HZ_E_INVALID || code == HZ_E_DENIED;
}

/* Where a failure may say why, for those who do not ask. */
#define FUZZ_ERR (&(struct hz_error) { .code = HZ_OK })

/* Inputs of several parts have this between them; it is no part of any text. */
#define FUZZ_CUT "\0=\0="
#define FUZZ_CUT_SIZE ((size_t)4)

struct fuzz_part {
    const uint8_t *at;
    size_t len;
};

/* The next part, and what is left behind it; the last is all that is left. */
static inline struct fuzz_part fuzz_part(struct fuzz_part *rest)
{
    const uint8_t *cut = rest->len ? memmem(rest->at, rest->len, FUZZ_CUT, FUZZ_CUT_SIZE) : NULL;
    struct fuzz_part part = { rest->at, cut != NULL ? (size_t)(cut - rest->at) : rest->len };
    size_t used = cut != NULL ? part.len + FUZZ_CUT_SIZE : part.len;
    rest->at = rest->at == NULL ? NULL : rest->at + used;
    rest->len -= used;
    return part;
}

#endif
