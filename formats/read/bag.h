/* Tag files with fixed bytes or fixed lines: bagit.txt, bag-info.txt, merkle-root.txt, the VERIFY texts, blind.txt. */
#ifndef HZ_FORMATS_READ_BAG_H
#define HZ_FORMATS_READ_BAG_H

#include <stdbool.h>

#include "formats/read/acquisition.h"

#define R_BAG_INFO_MAX ((size_t)16 * 1024)
#define R_BAG_MERKLE_MAX ((size_t)128)
#define R_BAG_BLIND_SIZE ((size_t)65)

/* SHA-256 of formats/spec/VERIFY.ja.txt and VERIFY.en.txt, lower-case hex. */
extern const char r_bag_verify_ja[], r_bag_verify_en[];

bool r_bag_is_bagit(const void *text, size_t len);
bool r_bag_is_blind(const void *text, size_t len);

struct r_bag_text {
    const char *at; /* NULL: the key is not there */
    size_t len;
};

struct r_bag_info {
    struct r_bag_text identifier, date, organisation, contact, sender, agent; /* point into the text */
    uint64_t octets, count;                                                   /* Payload-Oxum */
};

/* Keys in their fixed order, values of 1 to 500 bytes. HZ_OK or HZ_E_FORMAT. */
int r_bag_info(const char *text, size_t len, struct r_bag_info *out);
/* "YYYY-MM-DD" of a time, 0001-01-01 for one outside the years 1 to 9999. */
void r_bag_date(char out[11], struct stamp started);
/* "<count>\n<64 hex>\n". HZ_OK or HZ_E_FORMAT. */
int r_bag_merkle(const char *text, size_t len, uint64_t *count, unsigned char root[R_SHA256_SIZE]);

#endif
