/* An age v1 file as it is written (https://age-encryption.org/v1): bytes go in, the encrypted file comes out of a sink.
 * Its key is made here, and nothing that could open the file is kept: only the recipients can. */
#ifndef HZ_FORMATS_WRITE_AGE_STREAM_H
#define HZ_FORMATS_WRITE_AGE_STREAM_H

#include <stddef.h>

#include "base/error.h"
#include "formats/write/age_chunks.h"

struct w_age_stream;

/* Header and nonce go into the sink at once. recipients: texts as w_age_recipient_parse takes them, 1 to
 * W_AGE_RECIPIENT_MAX. HZ_E_USAGE, HZ_E_CRYPTO, HZ_E_NOMEM, what the sink fails with. */
int w_age_stream_begin(struct w_age_stream **out, const char *const *recipients, size_t count, w_age_sink *sink,
                       void *context, struct hz_error *err);
/* At most 64 KiB wait here. After a failure only free. */
int w_age_stream_put(struct w_age_stream *s, const void *bytes, size_t len, struct hz_error *err);
int w_age_stream_end(struct w_age_stream *s, struct hz_error *err); /* nothing but free after it */
void w_age_stream_free(struct w_age_stream *s);                     /* wipes; at any time; NULL is legal */

#endif
