/* What a worker decodes frames with. */
#ifndef HZ_FORMATS_READ_DECODE_H
#define HZ_FORMATS_READ_DECODE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

struct r_decoder;

/* Everything is allocated here. HZ_E_NOMEM. */
int r_decoder_open(struct r_decoder **out, struct hz_error *err);
void r_decoder_close(struct r_decoder *d); /* NULL is legal */
/* One whole frame that r_frame_scan approved, into exactly the bytes that it states. false when it does not decode to
 * them, or their checksum is another one. */
bool r_decode_frame(struct r_decoder *d, void *content, size_t content_len, const void *frame, size_t frame_len);

#endif
