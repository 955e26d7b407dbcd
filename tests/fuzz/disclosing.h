/* A disclosure of one file is made from a bundle that is whole, and read again. */
#ifndef HZ_TESTS_FUZZ_DISCLOSING_H
#define HZ_TESTS_FUZZ_DISCLOSING_H

#include "tests/fuzz/reading.h"

/* path: "data/..."; nothing where the bundle has no such file. What is made must be whole, and of that bundle. */
void disclosing_try(const char *path, const struct reading *of, const uint8_t *bytes, size_t len);

#endif
