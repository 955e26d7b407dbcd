/* One bit of a bundle, flipped: what must be found then. */
#ifndef HZ_TESTS_READ_FLIP_H
#define HZ_TESTS_READ_FLIP_H

#include "tests/unit/read/sample.h"

/* Reads s with that bit flipped, and fails unless it is noticed and what holds it is named: the file or tag file, or
 * the place in the container and the member before. The bit is as before afterwards. */
void flip_check(const struct sample *s, size_t byte, unsigned bit);

#endif
