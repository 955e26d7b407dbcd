/* Names of one directory in memory: packed one behind the other, sorted by where they stand. */
#ifndef HZ_COLLECTOR_NAMES_H
#define HZ_COLLECTOR_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

#define NAMES_RAW_MAX 4095 /* bytes of a raw name: some file systems have longer ones than NAME_MAX */

struct name {
    const char *raw, *mapped; /* each ends in a NUL */
    size_t raw_len, mapped_len;
    bool member;  /* a regular file or directory when it was listed: only these are told apart as twins */
    bool regular; /* the listing itself said that it is a regular file */
};

/* A name as bytes: at most NAMES_RECORD_MAX. Reading gives pointers into them. */
#define NAMES_RECORD_MAX ((size_t)NAMES_RAW_MAX + 1024)
size_t name_size(const struct name *n);
void name_write(unsigned char *out, const struct name *n);
size_t name_read(const unsigned char *from, struct name *out); /* its size */
/* The order of a bundle: by mapped, then by raw names. */
int name_order(const struct name *a, const struct name *b);
bool name_same(const struct name *a, const struct name *b); /* mapped to the same, case ignored */

struct names {           /* zeroed: empty */
    unsigned char *text; /* owned, as is at */
    uint32_t *at;
    size_t len, text_room, count, at_room;
};

void names_free(struct names *n);
/* Bytes by which it must grow to take the name; 0: it has room. SIZE_MAX: it would be larger than limit. */
size_t names_growth(const struct names *n, const struct name *name, size_t limit);
/* Only after names_growth. HZ_E_NOMEM. */
int names_add(struct names *n, const struct name *name, size_t limit, struct hz_error *err);
void names_sort(struct names *n);
void names_get(const struct names *n, size_t i, struct name *out);
void names_reset(struct names *n);          /* empty; keeps the memory */
size_t names_memory(const struct names *n); /* bytes held */

#endif
