/* Packing: how a piece of the tar becomes bytes of the container (formats/spec/bundle.md, the container). Every piece
 * is packed by itself, so that several threads pack at once and damage stays where it is. zstd (RFC 8878): a frame with
 * content size and checksum. Concatenated frames are one stream. gzip (RFC 1952): deflate data that ends on a byte
 * (Z_SYNC_FLUSH); one member around all pieces. none: the piece itself; nothing here is called for it but head and
 * tail. */
#ifndef HZ_FORMATS_WRITE_FRAME_H
#define HZ_FORMATS_WRITE_FRAME_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "formats/write/compress.h"

#define W_FRAME_CONTENT ((size_t)1 << 20) /* bytes of a piece, at most */
#define W_FRAME_EDGE 10                   /* bytes of head or tail, at most */

struct w_frame; /* contexts of one packer, reused; for one thread at a time */

int w_frame_new(struct w_frame **out, enum w_compress how, struct hz_error *err);
void w_frame_free(struct w_frame *f); /* NULL is legal */
/* Bytes that a piece of W_FRAME_CONTENT takes at most when it is packed. */
size_t w_frame_room(const struct w_frame *f);
/* Packs 1 to W_FRAME_CONTENT bytes into `to`, which has w_frame_room bytes. *crc: of the content (gzip only, else 0).
 * HZ_E_NOMEM, HZ_E_FORMAT. */
int w_frame_pack(struct w_frame *f, const void *bytes, size_t len, unsigned char *to, size_t *packed, uint32_t *crc,
                 struct hz_error *err);

struct w_frame_sum { /* of all pieces, in their order */
    uint32_t crc;
    uint64_t size;
};
void w_frame_add(struct w_frame_sum *sum, uint32_t crc, size_t len);
/* What stands before the first and behind the last piece; how many bytes. */
size_t w_frame_head(enum w_compress how, unsigned char out[W_FRAME_EDGE]);
size_t w_frame_tail(enum w_compress how, const struct w_frame_sum *sum, unsigned char out[W_FRAME_EDGE]);

#endif
