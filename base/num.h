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
/* What people type: 512, 64K, 500M, 20G, 1T (powers of 1024), above 0, at most INT64_MAX. Bytes. HZ_OK or HZ_E_FORMAT.
 */
int num_parse_size(const char *text, uint64_t *out);
/* What people type: 500ms, 90s, 60m, 24h, 7d, above 0; always with its unit. Nanoseconds. HZ_OK or HZ_E_FORMAT. */
int num_parse_duration(const char *text, int64_t *out);

#endif
