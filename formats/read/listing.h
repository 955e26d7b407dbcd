/* What the catalog lists, kept small: the digest of a manifest made from it, and marks of its lines so that the first
 * line of another manifest can be named. Up to R_LISTING_LINES lines are told apart one by one, beyond them by segment.
 */
#ifndef HZ_FORMATS_READ_LISTING_H
#define HZ_FORMATS_READ_LISTING_H

#include "formats/read/catalog.h"

#define R_LISTING_LINES ((uint64_t)1000000)
#define R_LISTING_PATH_SIZE 1101

struct r_listing_side {
    uint64_t lines;
    uint64_t segment_mark; /* over the lines of the present segment */
};

struct r_listing {
    struct r_listing_side catalog, manifest;
    struct r_hash all; /* over "<hex>  <path>\n" of the catalog */
    uint64_t *lines;   /* owned: mark of each catalog line */
    size_t line_room;
    uint64_t *segments; /* owned: mark of each segment of 4,096 lines */
    size_t segment_room;
    bool differs, by_segment;
    uint64_t at; /* first line (from 1) of the manifest, or of the segment, that differs */
    char path[R_LISTING_PATH_SIZE];
};

int r_listing_open(struct r_listing *l, struct hz_error *err);
void r_listing_close(struct r_listing *l);
/* A line of the catalog; then, after all of them, the lines of the manifest without LF. */
int r_listing_catalog(struct r_listing *l, const unsigned char digest[R_SHA256_SIZE], const char *path, size_t len,
                      struct hz_error *err);
void r_listing_manifest(struct r_listing *l, const char *line, size_t len);
/* true when both said the same, to the byte. manifest: SHA-256 of its bytes, where all of them are lines. */
bool r_listing_same(struct r_listing *l, const unsigned char manifest[R_SHA256_SIZE]);

#endif
