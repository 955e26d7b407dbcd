/* Proofs about an RFC 9162 Merkle tree, checked by sections 2.1.3.2 and 2.1.4.2. */
#ifndef HZ_FORMATS_READ_PROOF_H
#define HZ_FORMATS_READ_PROOF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "formats/read/hash.h"

#define R_PROOF_MAX 64

struct r_proof {
    size_t count;
    unsigned char digest[R_PROOF_MAX][R_SHA256_SIZE];
};

/* SHA-256(0x00 || bytes). HZ_E_CRYPTO. */
int r_proof_leaf(const void *bytes, size_t len, unsigned char out[R_SHA256_SIZE], struct hz_error *err);
/* true when the proof shows that the leaf stands at `index` in the tree of `size` leaves with this root. */
bool r_proof_inclusion(const struct r_proof *proof, const unsigned char leaf[R_SHA256_SIZE], uint64_t index,
                       uint64_t size, const unsigned char root[R_SHA256_SIZE]);
/* true when the tree of `from` leaves with from_root is a prefix of the tree of `size` leaves with size_root. from 0 is
 * never proved. Equal sizes need equal roots and an empty proof. */
bool r_proof_consistency(const struct r_proof *proof, uint64_t from, const unsigned char from_root[R_SHA256_SIZE],
                         uint64_t size, const unsigned char size_root[R_SHA256_SIZE]);

#endif
