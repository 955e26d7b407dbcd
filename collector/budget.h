/* How much may be taken: --max-size, --max-file-size, and what is free where the bundle is written. A file is admitted
 * before it is read, so that what is refused becomes an absent row and never half a member. What was admitted is held
 * against the bounds until its bytes were given to the bundle, as large as it is; what packing saved is known, and
 * given back, once they are written. Near the bound the budget is settled for that: what is on its way is waited for.
 */
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
    bool encrypted, packed;           /* the output */
    struct room room;
    _Atomic uint64_t claimed, claimed_rows; /* admitted, and not yet given to the bundle */
    _Atomic uint64_t used;                  /* by the bundle as it would be if it ended now, at most */
    _Atomic uint64_t least;                 /* the same as it was when it was settled, and exact */
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
/* Was a file of this size refused for what --max-size still has room for, and might yet fit when it is packed? Never
 * one that is larger than --max-size as it is. */
bool budget_begins(const struct budget *b, uint64_t size, size_t path_len);
/* The beginning of such a file: its first bytes, what zeros in place of the others take, and its rows. The others are
 * then admitted part by part; from the first that is refused on, zeros stand for them. */
const char *budget_admit_begin(struct budget *b, uint64_t size, size_t first, size_t path_len,
                               struct budget_claim *claim);
uint64_t budget_zeros(uint64_t len); /* what so many of them take, packed, at most */
const char *budget_admit_part(struct budget *b, size_t len, struct budget_claim *claim);
/* More for the rows of what was admitted with this claim: it has attributes of that many bytes. */
const char *budget_admit_attributes(struct budget *b, size_t bytes, struct budget_claim *claim);
/* A row alone, about what is left out: it is written whatever the bounds say, and waits in a spool before. */
void budget_claim_row(struct budget *b, size_t path_len, struct budget_claim *claim);
/* Is it --max-size that refuses so many bytes, and may there be room for them once the budget is settled? Any thread.
 */
bool budget_settles(const struct budget *b, uint64_t size, size_t path_len);
/* Is it what is on its way that leaves no room on the medium, and may there be some once it has arrived? Of a thing, or
 * of a row alone, for which there has to be. Any thread. */
bool budget_presses(const struct budget *b, uint64_t size, size_t path_len);
bool budget_row_presses(const struct budget *b, size_t path_len);
/* What was given to the bundle without a claim counts, too, from now on. Main thread. */
void budget_look(struct budget *b, const struct w_bundle *bundle);
/* What was given to the bundle is packed and written, and nothing is counted larger than it is. Main thread. */
void budget_settle(struct budget *b, struct w_bundle *bundle);
/* budget_settle where so many bytes need it. For things that are admitted on the main thread. */
void budget_make_room(struct budget *b, uint64_t size, size_t path_len, struct w_bundle *bundle);
/* Bytes that may still be admitted, UINT64_MAX: nothing bounds them. */
uint64_t budget_left(struct budget *b);
/* The bytes of a claim were given to the bundle, or are not going to be. A large one may be given back in parts. Main
 * thread: the bundle is asked how far it is. Stops the collection where next to nothing fits any more. */
void budget_given(struct budget *b, struct budget_claim claim, struct w_bundle *bundle, struct stop *stop);
/* Rows of their own for what each walk leaves out once the collection stops: what the end has room for. */
size_t budget_rows_left(const struct budget *b);

#endif
