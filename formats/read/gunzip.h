/* The one gzip member of a bundle that is compressed with gzip (formats/spec/bundle.md section 2, RFC 1952). */
#ifndef HZ_FORMATS_READ_GUNZIP_H
#define HZ_FORMATS_READ_GUNZIP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

enum r_gunzip_answer {
    R_GUNZIP_MORE,  /* all input was used, or the room is full */
    R_GUNZIP_END,   /* the member is over and holds; input may be left */
    R_GUNZIP_WRONG, /* header, data, CRC-32 or length */
    R_GUNZIP_CUT    /* said by the caller: the file ends inside the member */
};

struct r_gunzip;

/* true when these bytes begin a gzip file at all, and when they begin with the one header that is allowed. */
bool r_gunzip_is(const unsigned char *bytes, size_t len);
bool r_gunzip_is_ours(const unsigned char *bytes, size_t len);
int r_gunzip_open(struct r_gunzip **out, struct hz_error *err);
void r_gunzip_close(struct r_gunzip *g); /* NULL is legal */
/* Takes from *in and puts into *out, moving both. */
enum r_gunzip_answer r_gunzip_take(struct r_gunzip *g, const unsigned char **in, size_t *in_len, unsigned char **out,
                                   size_t *room);

#endif
