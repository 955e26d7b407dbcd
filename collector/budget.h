/* How much may be taken: --max-size, --max-file-size, and what is free where the bundle is written. A file is admitted
 * before it is read, so that what is refused becomes an absent row and never half a member. What was admitted is held
 * against the bounds until its bytes were given to the bundle. */
#ifndef HZ_COLLECTOR_BUDGET_H
#define HZ_COLLECTOR_BUDGET_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "collector/options.h"
#include "collector/room.h"
#include "collector/stop.h"
#include "formats/write/bundle.h"

struct budget {
    uint64_t max_size, max_file_size; /* 0: none */
    uint64_t end;                     /* of max_size: kept for what stands behind the last file */
    bool encrypted;                   /* the output */
    struct room room;
    _Atomic uint64_t claimed, claimed_rows; /* admitted, and not yet given to the bundle */
    _Atomic uint64_t used;                  /* by the bundle as it would be if it ended now */
    _Atomic uint64_t space;                 /* that the medium has for more; UINT64_MAX: it does not say */
};

struct budget_claim {
    uint64_t bytes, rows; /* of the tar; of lines about the file */
};

/* medium: descriptor on the output's file system; -1: no medium, the output is a pipe. */
void budget_begin(struct budget *b, const struct collect_options *o, int medium);
/* May a file of this size be taken? NULL: yes, and *claim is to be given back. Else the reason for its over-budget row;
 * smaller ones may still fit. path_len: of its raw name. Any thread. */
const char *budget_admit(struct budget *b, uint64_t size, size_t path_len, struct budget_claim *claim);
/* The same for a file that is made here: --max-file-size is about the host's. */
const char *budget_admit_made(struct budget *b, uint64_t size, size_t path_len, struct budget_claim *claim);
/* Bytes that may still be admitted, UINT64_MAX: nothing bounds them. */
uint64_t budget_left(struct budget *b);
/* The bytes of a claim were given to the bundle, or are not going to be. A large one may be given back in parts. Main
 * thread: the bundle is asked how far it is. Stops the collection where next to nothing fits any more. */
void budget_given(struct budget *b, struct budget_claim claim, const struct w_bundle *bundle, struct stop *stop);

#endif
