/* Every bit of a small bundle, flipped: none goes unnoticed, and what was altered is named. */
#include "tests/unit/read/flip.h"
#include "tests/unit/test.h"

#ifdef HOZEN_SANITIZED
#define BITS_OF_A_BYTE 1 /* another one in each byte looked at: it has eight times as much to do */
#define BYTES_APART 4
#else
#define BITS_OF_A_BYTE 8
#define BYTES_APART 1
#endif

static void flip_every_bit(const char *name)
{
    struct sample s;
    struct sample_run run;
    unsigned bit;
    size_t byte;

    sample_load(&s, name);
    sample_read(&run, s.bytes.data, s.bytes.len, 0);
    assert_true(sample_is_whole(&run));
    sample_run_free(&run);
    for (byte = 0; byte < s.bytes.len; byte += BYTES_APART)
        for (bit = 0; bit < BITS_OF_A_BYTE; bit++)
            flip_check(&s, byte, (unsigned)(bit + byte / BYTES_APART * 3) % 8);
    sample_free(&s);
}

static void test_p256(void **state)
{
    (void)state;
    flip_every_bit("good/p256.tar");
}

static void test_ed25519(void **state)
{
    (void)state;
    flip_every_bit("good/ed25519.tar");
}

TEST_MAIN(cmocka_unit_test(test_p256), cmocka_unit_test(test_ed25519))
