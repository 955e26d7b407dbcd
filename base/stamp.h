/* Points in time as the formats write them: RFC 3339 with nanoseconds, UTC ("2026-11-20T12:34:56.000000001Z");
 * outside the years 0001-9999 "@seconds.nanoseconds". Computed here: no locale, no zone files. */
#ifndef HZ_BASE_STAMP_H
#define HZ_BASE_STAMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STAMP_SIZE 48 /* room for every form, with its NUL */

struct stamp {
    int64_t seconds;      /* since 1970-01-01T00:00:00Z, may be negative */
    uint32_t nanoseconds; /* 0..999,999,999, always forward from seconds */
};

struct stamp stamp_now(void);      /* CLOCK_REALTIME; HZ_TEST_CLOCK is never looked at here */
struct stamp stamp_boottime(void); /* CLOCK_BOOTTIME */
/* When CLOCK_BOOTTIME was 0, by the clock as it is now. */
struct stamp stamp_boot(void);
int stamp_compare(struct stamp a, struct stamp b);
/* a + seconds, saturating */
struct stamp stamp_add(struct stamp a, int64_t seconds);
/* a minus nanoseconds, which are not negative */
struct stamp stamp_back(struct stamp a, int64_t nanoseconds);

char *stamp_format(char out[STAMP_SIZE], struct stamp t); /* gives the end of it, its NUL */
/* "2026-11-20T21:34:56+09:00": whole seconds with a numeric offset in minutes (-1439..1439); statements use it. Where
 * that falls outside the years 0001-9999, as stamp_format. */
void stamp_format_offset(char out[STAMP_SIZE], struct stamp t, int offset_minutes);
/* "20261120T123456Z", for file names. */
void stamp_format_compact(char out[STAMP_SIZE], struct stamp t);
/* Strict inverses: exactly what the formatters write. HZ_OK or HZ_E_FORMAT. */
int stamp_parse(struct stamp *out, const char *text, size_t len);
int stamp_parse_offset(struct stamp *out, int *offset_minutes, const char *text, size_t len);
/* What people type: either form above, whole or fractional seconds (1..9 digits), Z or numeric offset. */
int stamp_parse_lenient(struct stamp *out, const char *text);
/* The same, with the offset from UTC that stands there; Z is 0. */
int stamp_parse_stated(struct stamp *out, int *offset_minutes, const char *text);
/* Year 1..9999, month 1..12 and so on to seconds; HZ_E_FORMAT when there is no such day. */
int stamp_from_civil(struct stamp *out, int year, int month, int day, int hour, int minute, int second);
/* The machine's present offset from UTC in minutes, from localtime_r; 0 when it cannot be told. */
int stamp_local_offset(struct stamp at);

#endif
