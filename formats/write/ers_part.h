/* Inside the writer of evidence records. For ers*.c alone. */
#ifndef HZ_FORMATS_WRITE_ERS_PART_H
#define HZ_FORMATS_WRITE_ERS_PART_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/error.h"

/* A value of DER: tag, length in its shortest form, content. */
void w_ers_part_put(struct buf *out, unsigned char tag, const void *content, size_t len);

/* SHA-256 or (wide) SHA-512 */
int w_ers_part_digest(bool wide, const void *bytes, size_t len, unsigned char *out, struct hz_error *err);

#endif
