/* Inside the reader of evidence records: what stands where. For ers*.c alone. */
#ifndef HZ_FORMATS_READ_ERS_PART_H
#define HZ_FORMATS_READ_ERS_PART_H

#include "formats/read/ers.h"

struct r_ers_span {
    const unsigned char *at;
    size_t len;
};

/* Reads values of DER one behind the other. false: there is none of this tag, or not in its shortest form; *from stays.
 * content: without tag and length; whole: with them; NULL: not asked for. */
bool r_ers_part_take(struct r_ers_span *from, unsigned char tag, struct r_ers_span *content, struct r_ers_span *whole);

struct r_ers_part_stamp {
    unsigned chain;
    bool states, wide; /* it states a digest, and which */
    bool reduced;      /* it has a hash tree */
    struct r_ers_span tree, token;
};

struct r_ers_part_record {
    bool narrow_listed, wide_listed; /* SHA-256, SHA-512 */
    size_t count;
    struct r_ers_part_stamp stamps[R_ERS_STAMPS];
    struct r_ers_span chains;                /* all of them, without tag and length of the sequence */
    const unsigned char *ends[R_ERS_STAMPS]; /* of each chain */
};

/* R_ERS_GOOD, R_ERS_FORM or R_ERS_LARGE. What comes out points into the bytes. */
enum r_ers_why r_ers_part_parse(const void *bytes, size_t len, struct r_ers_part_record *out);

/* SHA-256 or (wide) SHA-512 */
void r_ers_part_digest(bool wide, const void *bytes, size_t len, unsigned char *out);

/* The root that the tree leads to, of R_SHA256_SIZE or (wide) R_SHA512_SIZE bytes. wanted: each is looked for in the
 * first list, found[i] tells. false: not in its form, or beyond its limits. */
bool r_ers_part_root(struct r_ers_span tree, bool wide, const unsigned char (*wanted)[R_SHA512_SIZE], bool *found,
                     size_t count, unsigned char root[R_SHA512_SIZE]);

#endif
