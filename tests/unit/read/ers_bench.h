/* Evidence records inside a test: authorities, files, records made of them. */
#ifndef HZ_TESTS_READ_ERS_BENCH_H
#define HZ_TESTS_READ_ERS_BENCH_H

#include "formats/read/ers.h"
#include "formats/write/ers.h"
#include "formats/write/ers_part.h"
#include "tests/unit/read/tsa.h"
#include "tests/unit/test.h"

#define ERS_OBJECTS 3 /* files that one asks about, the first being the bundle */

struct ers_bench {
    struct tsa old, new, strange; /* the first runs out after a day; nobody trusts the last */
    struct r_timestamp_roots *roots;
    struct r_ers_object objects[ERS_OBJECTS];
    unsigned char others[16][32]; /* of other bundles */
    struct buf record;
};

int ers_bench_open(void **state); /* of one test; also its cleanup */
int ers_bench_close(void **state);
/* Judges the record directly and in the jail, which say the same. */
struct r_ers ers_judge_as(const struct ers_bench *b, const struct r_timestamp_roots *roots, bool wide, int64_t now);
struct r_ers ers_judge(const struct ers_bench *b, int64_t now);
void ers_expect(const struct ers_bench *b, int64_t now, enum r_ers_status status, enum r_ers_why why, size_t at);
/* A group of ours among `before` others and `behind` others; its first stamp. */
void ers_begin(struct ers_bench *b, const struct tsa *by, int64_t time, size_t group, size_t before, size_t behind);
/* One stamp more, alone or in a tree with others. covered: what it covers instead of the last token; NULL: that. */
void ers_renew(struct ers_bench *b, const struct tsa *by, int64_t time, size_t beside, const unsigned char *covered);

#endif
