/* Digests of many pieces at a time are those of each. */
#include "formats/write/digests.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "formats/write/lanes.h"
#include "tests/unit/test.h"

#define PIECES 300
#define LONGEST ((size_t)70000)

static struct hz_error err;
static unsigned char digest[PIECES][W_DIGEST_SIZE];

static void expect_all(const struct w_digests_job *jobs, size_t count)
{
    unsigned char expected[W_DIGEST_SIZE];
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(w_digest_of(jobs[i].bytes, jobs[i].len, expected, &err), HZ_OK);
        assert_memory_equal(jobs[i].out, expected, sizeof expected);
    }
    memset(digest, 0, sizeof digest);
}

static size_t length_of(size_t i, unsigned *seed)
{
    return i < 200 ? i : (size_t)rand_r(seed) % LONGEST;
}

/* As many as fit into one call, the shorter ones among the longer. */
static void all_lengths(void **state)
{
    (void)state;
    struct w_digests_job jobs[PIECES];
    struct w_digests *d;
    unsigned seed = 7;
    unsigned char *bytes = malloc(LONGEST + PIECES);
    assert_non_null(bytes);
    for (size_t i = 0; i < LONGEST + PIECES; i++)
        bytes[i] = (unsigned char)rand_r(&seed);
    assert_int_equal(w_digests_new(&d, &err), HZ_OK);
    for (size_t count = 0; count <= PIECES; count += count < 40 ? 1 : 65) {
        for (size_t i = 0; i < count; i++)
            jobs[i] = (struct w_digests_job) { bytes + i, length_of((i * 37) % PIECES, &seed), digest[i] };
        assert_int_equal(w_digests_run(d, jobs, count, &err), HZ_OK);
        expect_all(jobs, count);
    }
    w_digests_free(d);
    free(bytes);
}

/* Pages that may not be touched lie before and behind. */
static void nothing_beside_is_read(void **state)
{
    (void)state;
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    struct w_digests_job jobs[2];
    struct w_digests *d;
    unsigned char *map = mmap(NULL, 3 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(map, MAP_FAILED);
    memset(map + page, 'x', page);
    assert_int_equal(mprotect(map, page, PROT_NONE), 0);
    assert_int_equal(mprotect(map + 2 * page, page, PROT_NONE), 0);
    assert_int_equal(w_digests_new(&d, &err), HZ_OK);
    for (size_t len = 0; len < 300; len++) {
        jobs[0] = (struct w_digests_job) { map + page, len, digest[0] };
        jobs[1] = (struct w_digests_job) { map + 2 * page - len, len, digest[1] };
        assert_int_equal(w_digests_run(d, jobs, 2, &err), HZ_OK);
        expect_all(jobs, 2);
    }
    w_digests_free(d);
    assert_int_equal(munmap(map, 3 * page), 0);
}

/* The lanes themselves: the published digest of "abc" (FIPS 180-2, appendix B.1), and the longest pieces. */
static void the_lanes_themselves(void **state)
{
    (void)state;
    static const unsigned char expected[W_DIGEST_SIZE] = { 0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea,
                                                           0x41, 0x41, 0x40, 0xde, 0x5d, 0xae, 0x22, 0x23,
                                                           0xb0, 0x03, 0x61, 0xa3, 0x96, 0x17, 0x7a, 0x9c,
                                                           0xb4, 0x10, 0xff, 0x61, 0xf2, 0x00, 0x15, 0xad };
    static unsigned char bytes[W_LANES_LONGEST];
    const struct w_digests_job job = { "abc", 3, digest[0] };
    const struct w_digests_job longest[] = { { bytes, sizeof bytes, digest[0] },
                                             { bytes, sizeof bytes - 1, digest[1] } };
    struct w_lanes *l = w_lanes_new();
#if defined LANES_WANTED && defined __x86_64__ /* the library is a package of tests/packages.txt */
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512vl"))
        assert_non_null(l);
#endif
    if (l == NULL)
        skip(); /* this processor has no registers for it, or the build was not to use them */
    assert_true(w_lanes_run(l, &job, 1));
    assert_memory_equal(digest[0], expected, sizeof expected);
    assert_true(w_lanes_run(l, longest, 2));
    expect_all(longest, 2);
    w_lanes_free(l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_lengths),
        cmocka_unit_test(nothing_beside_is_read),
        cmocka_unit_test(the_lanes_themselves),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
