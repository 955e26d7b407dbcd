/* Memory for what cannot wait in files: blocks of rows, packed with zstd, all together within a limit. */
#ifndef HZ_FORMATS_WRITE_STORE_H
#define HZ_FORMATS_WRITE_STORE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

/* Bytes of a block before it is packed, at most: little enough that malloc gives none of them pages of its own, which
 * would waste their ends. */
#define W_STORE_BLOCK ((size_t)124 << 10)

struct w_block {
    struct w_block *next;
    size_t len, packed; /* packed == len: the bytes as they are */
    unsigned char bytes[];
};

struct w_store {
    size_t limit;
    size_t used;    /* by what is allocated */
    size_t waiting; /* bytes in the buffers of spools, that become blocks */
    struct ZSTD_CCtx_s *packer;
    struct ZSTD_DCtx_s *unpacker;
    unsigned char *scratch;
};

int w_store_open(struct w_store *s, size_t limit, struct hz_error *err);
void w_store_close(struct w_store *s); /* after its blocks are gone; legal on a zeroed struct */
/* Would this many more bytes of rows be held for sure, packed or not? NULL: always. */
bool w_store_fits(const struct w_store *s, size_t more);
/* *out is the caller's: w_store_drop. HZ_E_NOMEM */
int w_store_pack(struct w_store *s, const void *bytes, size_t len, struct w_block **out, struct hz_error *err);
/* to: block->len bytes */
int w_store_unpack(struct w_store *s, const struct w_block *block, void *to, struct hz_error *err);
void w_store_drop(struct w_store *s, struct w_block *block);
/* Memory that stands in `used`. */
void *w_store_take(struct w_store *s, size_t size, struct hz_error *err);
void w_store_give(struct w_store *s, void *bytes, size_t size);

#endif
