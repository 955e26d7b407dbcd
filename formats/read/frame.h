/* Frames of a bundle that is compressed with zstd (formats/spec/bundle.md section 2, RFC 8878 section 3.1.1): what a
 * frame states and where it ends, told from its header and the headers of its blocks. Nothing is decoded or allocated;
 * every size is bounded before it is used. */
#ifndef HZ_FORMATS_READ_FRAME_H
#define HZ_FORMATS_READ_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define R_FRAME_CONTENT_MAX ((size_t)2 * 1024 * 1024)
#define R_FRAME_WINDOW_MAX ((uint64_t)8 * 1024 * 1024)
#define R_FRAME_MAX (R_FRAME_CONTENT_MAX + R_FRAME_CONTENT_MAX / 256 + 64)

enum r_frame_answer { R_FRAME_MORE, R_FRAME_WHOLE, R_FRAME_WRONG, R_FRAME_LIMIT };

struct r_frame {
    size_t at;      /* of the next header to look at */
    bool headed;    /* the frame header was read: content and block_max hold */
    size_t content; /* bytes that the frame states */
    size_t block_max;
    bool last;   /* the header of the last block was read: size holds */
    size_t size; /* of the frame */
};

/* true when these bytes (at least 4) begin a frame. */
bool r_frame_is(const unsigned char *bytes, size_t len);
void r_frame_begin(struct r_frame *f);
/* bytes: the frame from its beginning, as much as is there; again with more of it after R_FRAME_MORE. A frame never
 * asks for more than R_FRAME_MAX bytes. */
enum r_frame_answer r_frame_scan(struct r_frame *f, const unsigned char *bytes, size_t len);
/* The same with the header of the block at f->at alone, for those who do not read what lies between. Only after
 * f->headed and before f->last; R_FRAME_MORE when it is approved. */
#define R_FRAME_HEAD_MAX ((size_t)14)
#define R_FRAME_BLOCK_HEAD ((size_t)3)
enum r_frame_answer r_frame_block(struct r_frame *f, const unsigned char header[R_FRAME_BLOCK_HEAD]);

#endif
