/* The text of a checkpoint, read strictly (formats/spec/ledger.md section 4). */
#ifndef HZ_FORMATS_READ_CHECKPOINT_H
#define HZ_FORMATS_READ_CHECKPOINT_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "formats/read/hash.h"

#define R_CHECKPOINT_MAX ((size_t)256)

struct r_checkpoint {
    char ledger[R_SHA256_HEX];
    uint64_t size; /* 1 to 2^53 - 1 */
    unsigned char root[R_SHA256_SIZE];
};

/* HZ_OK or HZ_E_FORMAT. */
int r_checkpoint_parse(struct r_checkpoint *out, const void *text, size_t len, struct hz_error *err);

#endif
