/* Counts by source, in the order in which sources were met. */
#ifndef HZ_FORMATS_READ_TALLY_H
#define HZ_FORMATS_READ_TALLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define R_TALLY_SOURCES 128 /* a bundle has 64; more are never equal to a record of 64 */

struct r_tally {
    struct {
        char name[33];
        uint64_t count;
    } of[R_TALLY_SOURCES];
    size_t sources;
    bool full; /* a source found no room */
};

/* Adds one to a source of 1..32 bytes. true when it is met for the first time. */
bool r_tally_add(struct r_tally *t, const char *source, size_t len);
bool r_tally_has(const struct r_tally *t, const char *source, size_t len);
uint64_t r_tally_get(const struct r_tally *t, const char *source);

#endif
