/* The text of a checkpoint: "hozen-ledger/<ledger id>\n<size>\n<base64 root>\n" (formats/spec/ledger.md section 4). */
#ifndef HZ_FORMATS_WRITE_CHECKPOINT_H
#define HZ_FORMATS_WRITE_CHECKPOINT_H

#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "formats/write/digest.h"

#define W_CHECKPOINT_MAX 256U

/* Appends it. Only the buffer can fail. */
int w_checkpoint_text(const char *ledger, uint64_t size, const unsigned char root[W_DIGEST_SIZE], struct buf *out,
                      struct hz_error *err);

#endif
