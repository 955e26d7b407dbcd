/* The header of an age file: the file key wrapped for each recipient, and a code over all of it. */
#ifndef HZ_FORMATS_WRITE_AGE_HEADER_H
#define HZ_FORMATS_WRITE_AGE_HEADER_H

#include <stddef.h>

#include "base/buf.h"
#include "base/error.h"
#include "formats/write/age_agree.h"
#include "formats/write/age_crypt.h"
#include "formats/write/age_recipient.h"

#define W_AGE_HEADER_MAX ((size_t)8 << 10) /* with W_AGE_RECIPIENT_MAX recipients */

/* Appends the whole header, LF last. HZ_E_CRYPTO, the buffer's failure. */
int w_age_header_put(struct buf *out, const struct w_age_recipient *recipients, size_t count,
                     const unsigned char file_key[W_AGE_FILE_KEY], struct hz_error *err);

/* Its parts. Appends the stanza of one recipient: a line of arguments, a line with the wrapped key. */
int w_age_header_stanza(struct buf *out, const struct w_age_agreement *agreed, const struct w_age_recipient *recipient,
                        const unsigned char file_key[W_AGE_FILE_KEY], struct hz_error *err);
/* Appends the last line, with the code over what stands in out. */
int w_age_header_close(struct buf *out, const unsigned char file_key[W_AGE_FILE_KEY], struct hz_error *err);

#endif
