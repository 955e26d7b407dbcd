/* Tar headers of a bundle: decode, encode again, compare (formats/spec/bundle.md section 2). formats/write/tarhead is
 * the twin. */
#ifndef HZ_FORMATS_READ_TAR_H
#define HZ_FORMATS_READ_TAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define R_TAR_BLOCK 512
#define R_TAR_RECORD 10240
#define R_TAR_NAME_MAX 1001              /* item, slash, payload path */
#define R_TAR_HEAD_MAX (5 * R_TAR_BLOCK) /* pax header, at most 3 blocks of records, header */
#define R_TAR_PAX_MAX (3 * R_TAR_BLOCK)

struct r_tar_head {
    char name[R_TAR_NAME_MAX + 1];
    uint64_t size;
    uint64_t mtime; /* whole seconds, at most 11 octal digits */
    char type;
};

enum r_tar_kind { R_TAR_END, R_TAR_FILE, R_TAR_PAX, R_TAR_OTHER };

/* What a header block says it is: all zeros, type '0', type 'x', or anything else. */
enum r_tar_kind r_tar_kind(const unsigned char block[R_TAR_BLOCK]);
bool r_tar_is_zero(const unsigned char *bytes, size_t len);
bool r_tar_has_magic(const unsigned char block[R_TAR_BLOCK]);
/* true when the checksum field is right, in the form this format uses. */
bool r_tar_checksum_holds(const unsigned char block[R_TAR_BLOCK]);
/* Size of the records after a pax header, padded to blocks; false when it is none that this format can have. */
bool r_tar_pax_size(const unsigned char block[R_TAR_BLOCK], size_t *padded);
/* Understands a whole header: pax blocks, if any, and the header block. false when a field cannot be read at all; a
 * true answer is not yet approval. */
bool r_tar_decode(const unsigned char *head, size_t len, struct r_tar_head *out);
/* The one encoding of name, size and mtime; its length (512 to R_TAR_HEAD_MAX). 0 when there is none. */
size_t r_tar_encode(const struct r_tar_head *head, unsigned char out[R_TAR_HEAD_MAX]);
/* Decodes, encodes and compares. Only when false, *differs is the first byte that is not the one expected. */
bool r_tar_read(const unsigned char *head, size_t len, struct r_tar_head *out, size_t *differs);

#endif
