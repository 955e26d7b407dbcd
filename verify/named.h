/* A file of a bundle, named by a person: as on the host, from "/" on, or as in the bundle, "data/...". */
#ifndef HZ_VERIFY_NAMED_H
#define HZ_VERIFY_NAMED_H

#include "verify/reader.h"

/* HZ_E_USAGE: neither of the two. */
int named_check(const char *name, struct hz_error *err);
/* Is it this host path, to the byte? */
bool named_is_origin(const char *name, const struct reader_row *row);

#endif
