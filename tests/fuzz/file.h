/* A file in memory for a reader that wants a descriptor: one for each place, made once and filled again. */
#ifndef HZ_TESTS_FUZZ_FILE_H
#define HZ_TESTS_FUZZ_FILE_H

#include <stddef.h>

#define FUZZ_FILES 2

/* Holds these bytes alone, at its beginning. place: 0 to FUZZ_FILES - 1. The descriptor stays open, and stays ours. */
int fuzz_file(unsigned place, const void *bytes, size_t len);

#endif
