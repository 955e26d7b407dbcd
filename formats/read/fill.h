/* Between the file and a piece of the feed. Only feed.c uses this. */
#ifndef HZ_FORMATS_READ_FILL_H
#define HZ_FORMATS_READ_FILL_H

#include "formats/read/decode.h"
#include "formats/read/feed.h"

#define R_FILL_READ_SIZE ((size_t)256 * 1024)
#define R_FILL_PACKED_SIZE (R_FRAME_MAX + R_FILL_READ_SIZE)

/* Some bytes of the file, which are hashed; *got 0 at its end. */
int r_fill_pull(struct r_feed *f, unsigned char *to, size_t room, size_t *got, struct hz_error *err);
/* Sets len or fault, offset, and packed and parts where frames wait to be decoded. Called by one thread at a time. */
int r_fill(struct r_feed *f, struct r_piece *piece, struct hz_error *err);
/* A piece whose frames wait: len stays what they state, or becomes less, with the fault of the first that is wrong. */
void r_fill_decode(struct r_piece *piece, struct r_decoder *decoder);

#endif
