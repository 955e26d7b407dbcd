/* A file of a bundle, named by a person: as on the host, from "/" on, or as in the bundle, "data/...". A name of the
 * host may also be in the form in which list prints it: so it is meant where no entry has the very name. */
#ifndef HZ_VERIFY_NAMED_H
#define HZ_VERIFY_NAMED_H

#include "verify/reader.h"

#define NAMED_MAX 2

struct named {
    const char *said;
    struct buf printed; /* the name that list prints so; empty: none */
};

/* HZ_E_USAGE: neither of the two. */
int named_check(const char *name, struct hz_error *err);
/* The same; said is kept. */
int named_begin(struct named *n, const char *said, struct hz_error *err);
void named_free(struct named *n);
/* What it can mean: 0, the very name; 1, the one that list prints so. NULL: nothing, also from NAMED_MAX on. */
const char *named_get(const struct named *n, size_t which);
/* Is it this host path, to the byte? */
bool named_is_origin(const char *name, const struct reader_row *row);
/* Which of its names the row's host path is; NAMED_MAX: none. */
size_t named_which(const struct named *n, const struct reader_row *row);

#endif
