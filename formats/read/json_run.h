/* Letters of a JSON text that stand for themselves. In a header, as most of what reading costs is here. */
#ifndef HZ_FORMATS_READ_JSON_RUN_H
#define HZ_FORMATS_READ_JSON_RUN_H

#ifdef __SSE2__
#include <emmintrin.h>
#else
#include <endian.h>
#endif
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef __SSE2__
/* How many bytes from p on are letters that stand for themselves, in whole blocks: those below 0x20 or above 0x7f
 * (which compare as negative), quotes and backslashes do not. */
static inline size_t r_json_run_blocks(const unsigned char *p, size_t len)
{
    const __m128i space = _mm_set1_epi8(' '), quote = _mm_set1_epi8('"'), backslash = _mm_set1_epi8('\\');
    size_t n;

    for (n = 0; len - n >= sizeof space; n += sizeof space) {
        __m128i block = _mm_loadu_si128((const __m128i *)(const void *)(p + n));
        __m128i special = _mm_or_si128(_mm_cmplt_epi8(block, space),
                                       _mm_or_si128(_mm_cmpeq_epi8(block, quote), _mm_cmpeq_epi8(block, backslash)));
        int found = _mm_movemask_epi8(special);
        if (found)
            return n + (size_t)__builtin_ctz((unsigned)found);
    }
    return n;
}
#else
/* Its lowest bit is in the first of eight bytes that does not stand for itself: below 0x20, above 0x7f, a quote or a
 * backslash. ("Determine if a word has a byte less than n", Sean Anderson, Bit Twiddling Hacks.) */
static inline uint64_t r_json_run_specials(uint64_t word)
{
    const uint64_t ones = UINT64_C(0x0101010101010101), high = UINT64_C(0x8080808080808080);
    uint64_t quote = word ^ (ones * '"'), backslash = word ^ (ones * '\\');

    return (word | ((word - ones * ' ') & ~word) | ((quote - ones) & ~quote) | ((backslash - ones) & ~backslash)) &
           high;
}

/* How many bytes from p on are letters that stand for themselves, in whole words. */
static inline size_t r_json_run_blocks(const unsigned char *p, size_t len)
{
    uint64_t word, found;
    size_t n;

    for (n = 0; len - n >= sizeof word; n += sizeof word) {
        memcpy(&word, p + n, sizeof word);
        found = r_json_run_specials(le64toh(word));
        if (found)
            return n + (size_t)__builtin_ctzll(found) / 8;
    }
    return n;
}
#endif

/* How many bytes from p on are letters that stand for themselves: what nearly all strings are made of. */
static inline size_t r_json_run(const unsigned char *p, size_t len)
{
    static const bool plain[256] = { [' '] = true, ['!'] = true, ['#' ... '['] = true, [']' ... 0x7f] = true };
    size_t n = r_json_run_blocks(p, len);

    while (n < len && plain[p[n]])
        n++;
    return n;
}

#endif
