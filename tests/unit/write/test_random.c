/* Random values from a pool: each byte is given once, whatever sizes are asked for. */
#include "formats/write/random.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "tests/unit/write/vectors.h"

#define VALUES 1000
#define DIGITS 32

static int compare(const void *a, const void *b)
{
    return memcmp(a, b, DIGITS);
}

static void values_differ(void **state)
{
    (void)state;
    static char values[VALUES][DIGITS + 1];
    struct w_random pool = { 0 };
    struct hz_error err;
    for (size_t i = 0; i < VALUES; i++)
        assert_int_equal(w_random_take(&pool, values[i], DIGITS / 2, &err), HZ_OK);
    qsort(values, VALUES, sizeof values[0], compare);
    for (size_t i = 0; i < VALUES; i++) {
        assert_int_equal(strspn(values[i], "0123456789abcdef"), DIGITS);
        assert_int_equal(strlen(values[i]), DIGITS);
        assert_true(i == 0 || compare(values[i - 1], values[i]) != 0);
    }
}

/* What is given is the pool's last part, which is then wiped; a rest that is too short is not used. */
static void bytes_are_given_once(void **state)
{
    (void)state;
    static const unsigned char wiped[W_RANDOM_MAX];
    struct w_random pool = { 0 };
    struct hz_error err;
    char digits[2 * W_RANDOM_MAX + 1];
    assert_int_equal(w_random_take(&pool, digits, 16, &err), HZ_OK);
    assert_int_equal(pool.left, W_RANDOM_POOL - 16);
    assert_memory_equal(pool.bytes + pool.left, wiped, 16);
    pool.left = 15;
    assert_int_equal(w_random_take(&pool, digits, 16, &err), HZ_OK);
    assert_int_equal(pool.left, W_RANDOM_POOL - 16);
    assert_int_equal(w_random_take(&pool, digits, W_RANDOM_MAX, &err), HZ_OK);
    assert_int_equal(pool.left, W_RANDOM_POOL - 16 - W_RANDOM_MAX);
    assert_memory_equal(pool.bytes + pool.left, wiped, W_RANDOM_MAX);
}

static void sizes_are_bounded(void **state)
{
    (void)state;
    struct w_random pool = { 0 };
    struct hz_error err;
    char digits[2 * W_RANDOM_MAX + 3];
    assert_int_equal(w_random_take(&pool, digits, W_RANDOM_MAX + 1, &err), HZ_E_CRYPTO);
    assert_int_equal(w_random_hex(digits, W_RANDOM_MAX + 1, &err), HZ_E_CRYPTO);
    assert_int_equal(w_random_take(NULL, digits, W_RANDOM_MAX, &err), HZ_OK);
    assert_int_equal(strlen(digits), 2 * W_RANDOM_MAX);
}

TEST_MAIN(cmocka_unit_test(values_differ), cmocka_unit_test(bytes_are_given_once), cmocka_unit_test(sizes_are_bounded))
