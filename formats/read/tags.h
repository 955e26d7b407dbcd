/* Which tag files were seen, which the tagmanifest lists, and with what digests. */
#ifndef HZ_FORMATS_READ_TAGS_H
#define HZ_FORMATS_READ_TAGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "formats/read/finding.h"
#include "formats/read/hash.h"

enum r_tag {
    R_TAG_BAGIT,
    R_TAG_FORMAT,
    R_TAG_OBJECTS,
    R_TAG_ABSENT,
    R_TAG_ACTIONS,
    R_TAG_ACQUISITION,
    R_TAG_MERKLE,
    R_TAG_VERIFY_JA,
    R_TAG_VERIFY_EN,
    R_TAG_BAG_INFO,
    R_TAG_MANIFEST,
    R_TAG_MANIFEST512,
    R_TAG_FIXED /* tag R_TAG_FIXED + n is catalog segment n, from 1 */
};

#define R_TAGS_SEGMENTS 10500 /* a tagmanifest of 1 MiB cannot list more */
#define R_TAGS_NAME_SIZE 32

enum r_tags_state { R_TAGS_UNKNOWN, R_TAGS_INTACT, R_TAGS_ALTERED, R_TAGS_MISSING, R_TAGS_UNLISTED, R_TAGS_NOWHERE };

struct r_tags_file {
    bool seen, listed;
    uint64_t offset; /* of its header */
    unsigned char digest[R_SHA256_SIZE], listed_digest[R_SHA256_SIZE];
    unsigned char digest512[R_SHA512_SIZE]; /* where SHA-512 is wanted */
};

struct r_tags {
    struct r_tags_file fixed[R_TAG_FIXED + 1];
    struct r_tags_file *segments; /* owned; segment n at n - 1 */
    size_t segment_count, segment_capacity;
    bool known; /* a tagmanifest was read */
};

void r_tags_free(struct r_tags *t);
/* Number of a tag by the path behind NAME/; -1 when it is none. Segment numbers from 1 to 999999 are understood. */
int r_tags_number(const char *path, size_t len);
void r_tags_name(char out[R_TAGS_NAME_SIZE], unsigned tag);
/* The record of a tag, made when it is a segment not met before. NULL: over R_TAGS_SEGMENTS or out of memory. */
struct r_tags_file *r_tags_file(struct r_tags *t, unsigned tag);
enum r_tags_state r_tags_state(const struct r_tags *t, unsigned tag);
/* true when an altered tag file explains a finding that has this need. */
bool r_tags_explain(const struct r_tags *t, const struct r_need *need);
/* Reads a tagmanifest's bytes. HZ_OK, or HZ_E_FORMAT with the line and a sentence; then nothing counts as listed. */
int r_tags_read(struct r_tags *t, const char *text, size_t len, uint64_t *line, enum r_why *why);

#endif
