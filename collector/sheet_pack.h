/* Rows of a listing that wait for its end, packed: a host can have hundreds of thousands of them. */
#ifndef HZ_COLLECTOR_SHEET_PACK_H
#define HZ_COLLECTOR_SHEET_PACK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/error.h"
#include "collector/products.h"
#include "formats/write/store.h"

struct sheet_packer { /* shared by the parts of one listing; zeroed at first */
    struct w_store store;
    bool open;
};

struct sheet_packed { /* zeroed at first */
    struct w_block *first, *last;
    size_t len; /* bytes before they were packed */
};

/* Moves the first len bytes of `from` behind what is there; its limit falls by as many. HZ_E_NOMEM */
int sheet_pack(struct sheet_packer *p, struct sheet_packed *to, struct buf *from, size_t len, struct hz_error *err);
/* Appends all of it to the file; it is empty then. Main thread. */
int sheet_pack_give(struct sheet_packer *p, struct sheet_packed *from, struct product *to, struct hz_error *err);
void sheet_pack_drop(struct sheet_packer *p, struct sheet_packed *from);
void sheet_packer_close(struct sheet_packer *p); /* after what was packed is dropped */

#endif
