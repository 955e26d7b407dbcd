/* A statement that not everybody has signed yet, as a file (formats/spec/ledger.md section 5). */
#ifndef HZ_FORMATS_WRITE_SIGNING_H
#define HZ_FORMATS_WRITE_SIGNING_H

#include "base/buf.h"
#include "base/error.h"
#include "formats/write/entry.h"

/* Appends hozen-signing/1, canonical JSON and LF. HZ_E_LIMIT beyond out->limit. */
int w_signing_build(const struct w_signed *content, struct buf *out, struct hz_error *err);

#endif
