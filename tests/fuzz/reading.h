/* A bundle in memory, read by the strict reader, and what it told. */
#ifndef HZ_TESTS_FUZZ_READING_H
#define HZ_TESTS_FUZZ_READING_H

#include "formats/read/bundle.h"
#include "tests/fuzz/fuzz.h"

struct reading {
    struct r_bundle_result result;
    uint64_t files, entries, records, signatures, bytes;
    uint64_t mark; /* of everything that was told, in its order */
    uint64_t pending, pending_len;
    bool in_file;
};

/* Gives at most `step` bytes at a time; 0: as many as are asked for. */
void reading_do(struct reading *r, const uint8_t *bytes, size_t len, size_t step);
/* The same by threads that help. */
void reading_by(struct reading *r, const uint8_t *bytes, size_t len, unsigned workers);
/* The same with ears of one's own; result is the caller's. With a leave, what is left out need not be read. */
void reading_with(const struct r_bundle_sink *sink, struct r_bundle_result *result, const uint8_t *bytes, size_t len,
                  size_t step);
void reading_free(struct reading *r);
/* Nothing was found and all of it was read: it lacks nothing but a signature that somebody trusts. */
bool reading_is_whole(const struct reading *r);
/* What must hold of any result; and of one without findings about a plain tar: another reader sees the same files. */
void reading_judge(const struct reading *r, const uint8_t *bytes, size_t len);

#endif
