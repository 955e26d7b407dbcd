/* Tar headers: POSIX.1-2017 pax interchange format, in the one encoding of formats/spec/bundle.md section 2. */
#ifndef HZ_FORMATS_WRITE_TARHEAD_H
#define HZ_FORMATS_WRITE_TARHEAD_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"

#define W_TARHEAD_BLOCK 512
#define W_TARHEAD_RECORD 10240 /* the whole file is a multiple of this */
#define W_TARHEAD_MTIME_MAX UINT64_C(077777777777)

/* Appends the header of one member: one block, or pax header, records and block. name: 1 to 8,000 bytes of safe ASCII,
 * mtime at most W_TARHEAD_MTIME_MAX (HZ_E_FORMAT). */
int w_tarhead_put(struct buf *out, const char *name, uint64_t size, uint64_t mtime, struct hz_error *err);
/* Bytes that w_tarhead_put appends for this name and size. */
size_t w_tarhead_length(const char *name, uint64_t size);
/* Zero bytes that follow a content of this size. */
size_t w_tarhead_padding(uint64_t size);
/* Zero bytes that end a file whose members end at this offset. */
size_t w_tarhead_end(uint64_t offset);

#endif
