/* Checked arithmetic and strict numbers. No atoi, no strtol, no silent wrap. */
#ifndef HZ_BASE_NUM_H
#define HZ_BASE_NUM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* true = no overflow and *out is set. */
static inline bool num_add_size(size_t a, size_t b, size_t *out)
{
    return !__builtin_add_overflow(a, b, out);
}
static inline bool num_mul_size(size_t a, size_t b, size_t *out)
{
    return !__builtin_mul_overflow(a, b, out);
}
static inline bool num_add_u64(uint64_t a, uint64_t b, uint64_t *out)
{
    return !__builtin_add_overflow(a, b, out);
}
static inline bool num_mul_u64(uint64_t a, uint64_t b, uint64_t *out)
{
    return !__builtin_mul_overflow(a, b, out);
}

/* Canonical decimal: digits only, no leading zero except "0" itself, at most max. HZ_OK or HZ_E_FORMAT. */
int num_parse_u64(const char *text, size_t len, uint64_t max, uint64_t *out);
#define NUM_DECIMAL 20            /* digits of UINT64_MAX */
extern const char num_pairs[200]; /* "00" to "99" */
static inline void num_pair(char *at, unsigned value)
{
    at[0] = num_pairs[2 * value];
    at[1] = num_pairs[2 * value + 1];
}
/* The inverse: where the number begins in `room`; it ends with room. No NUL. */
static inline const char *num_decimal(char room[NUM_DECIMAL], uint64_t value)
{
    char *at = room + NUM_DECIMAL;
    for (; value >= 100; value /= 100)
        num_pair(at -= 2, (unsigned)(value % 100));
    if (value >= 10)
        num_pair(at -= 2, (unsigned)value);
    else
        *--at = (char)('0' + value);
    return at;
}
/* Nine digits of what is below 10^9 (of what is not, the last nine); the end of them. No NUL. */
static inline char *num_nine(char *at, uint32_t value)
{
    uint32_t low = value % 10000, middle = value / 10000 % 10000, high = value / 100000000 % 10;
    *at = (char)('0' + high);
    num_pair(at + 1, middle / 100);
    num_pair(at + 3, middle % 100);
    num_pair(at + 5, low / 100);
    num_pair(at + 7, low % 100);
    return at + 9;
}
/* What people type: 512, 64K, 500M, 20G, 1T (powers of 1024), above 0, at most INT64_MAX. Bytes. HZ_OK or HZ_E_FORMAT.
 */
int num_parse_size(const char *text, uint64_t *out);
/* What people type: 500ms, 90s, 60m, 24h, 7d, above 0; always with its unit. Nanoseconds. HZ_OK or HZ_E_FORMAT. */
int num_parse_duration(const char *text, int64_t *out);

#endif
