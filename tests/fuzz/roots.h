/* Certificates that are trusted, as inputs bring them. */
#ifndef HZ_TESTS_FUZZ_ROOTS_H
#define HZ_TESTS_FUZZ_ROOTS_H

#include "formats/read/timestamp.h"

/* NULL where these bytes are none. Those of the last input that had any are kept: most inputs bring the same, and to
 * read them takes as long as the rest. They stay ours. */
const struct r_timestamp_roots *fuzz_roots(const void *pem, size_t len);

#endif
