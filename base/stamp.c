#include "base/stamp.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/error.h"
#include "base/num.h"

#define DAY 86400
#define FIRST_SECOND INT64_C(-62135596800) /* 0001-01-01T00:00:00Z */
#define LAST_SECOND INT64_C(253402300799)  /* 9999-12-31T23:59:59Z */

struct civil {
    int year, month, day, hour, minute, second;
};

static struct stamp stamp_of_clock(clockid_t clock)
{
    struct timespec now = { 0, 0 };
    clock_gettime(clock, &now);
    return (struct stamp) { now.tv_sec, (uint32_t)now.tv_nsec };
}

struct stamp stamp_now(void)
{
    return stamp_of_clock(CLOCK_REALTIME);
}

struct stamp stamp_boottime(void)
{
    return stamp_of_clock(CLOCK_BOOTTIME);
}

static struct stamp minus(struct stamp a, struct stamp b)
{
    struct stamp t = stamp_add(a, -b.seconds);
    if (t.nanoseconds < b.nanoseconds) {
        t = stamp_add(t, -1);
        t.nanoseconds += 1000000000u;
    }
    t.nanoseconds -= b.nanoseconds;
    return t;
}

/* Two clocks cannot be read at once: of a few tries the one that was interrupted least. */
struct stamp stamp_boot(void)
{
    struct stamp best = { 0 }, least = { INT64_MAX, 0 };
    for (unsigned i = 0; i < 5; i++) {
        struct stamp before = stamp_boottime(), now = stamp_now(), lasted = minus(stamp_boottime(), before);
        if (stamp_compare(lasted, least) >= 0)
            continue;
        least = lasted;
        best = minus(now, before);
    }
    return best;
}

int stamp_compare(struct stamp a, struct stamp b)
{
    if (a.seconds != b.seconds)
        return a.seconds < b.seconds ? -1 : 1;
    return (a.nanoseconds > b.nanoseconds) - (a.nanoseconds < b.nanoseconds);
}

struct stamp stamp_add(struct stamp a, int64_t seconds)
{
    if (__builtin_add_overflow(a.seconds, seconds, &a.seconds))
        a.seconds = seconds < 0 ? INT64_MIN : INT64_MAX;
    return a;
}

struct stamp stamp_back(struct stamp a, int64_t nanoseconds)
{
    const int64_t second = 1000000000;
    struct stamp t = stamp_add(a, -(nanoseconds / second));
    uint32_t rest = (uint32_t)(nanoseconds % second);
    if (t.nanoseconds < rest) {
        t = stamp_add(t, -1);
        t.nanoseconds += (uint32_t)second;
    }
    t.nanoseconds -= rest;
    return t;
}

static bool is_leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int month_length(int year, int month)
{
    static const int length[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    return month == 2 && is_leap(year) ? 29 : length[month - 1];
}

/* Years begin in March in these two, so that a leap day is the last of its year and months follow one rule: 153 days in
 * five. */
#define DAYS_BEFORE 306 /* from 0000-03-01 to 0001-01-01 */

/* seconds lie in FIRST_SECOND..LAST_SECOND. */
static struct civil civil_of(int64_t seconds)
{
    const uint32_t era_days = 146097; /* of 400 years */
    uint64_t since = (uint64_t)(seconds - FIRST_SECOND);
    uint32_t days = (uint32_t)(since / DAY) + DAYS_BEFORE, rest = (uint32_t)(since % DAY);
    uint32_t era = days / era_days, in_era = days % era_days;
    uint32_t year = (in_era - in_era / 1460 + in_era / 36524 - in_era / 146096) / 365;
    uint32_t in_year = in_era - (365 * year + year / 4 - year / 100), month = (5 * in_year + 2) / 153;
    struct civil c = { .day = (int)(in_year - (153 * month + 2) / 5 + 1),
                       .month = (int)(month < 10 ? month + 3 : month - 9) };
    c.year = (int)(era * 400 + year + (c.month <= 2));
    c.hour = (int)(rest / 3600);
    c.minute = (int)(rest / 60 % 60);
    c.second = (int)(rest % 60);
    return c;
}

int stamp_from_civil(struct stamp *out, int year, int month, int day, int hour, int minute, int second)
{
    if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 || day > month_length(year, month))
        return HZ_E_FORMAT;
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59)
        return HZ_E_FORMAT;
    int march_year = year - (month <= 2), march_month = (month + 9) % 12;
    int64_t days = march_year * 365 + march_year / 4 - march_year / 100 + march_year / 400;
    days += (153 * march_month + 2) / 5 + day - 1 - DAYS_BEFORE;
    *out = (struct stamp) { FIRST_SECOND + days * DAY + hour * 3600 + minute * 60 + second, 0 };
    return HZ_OK;
}

static bool in_range(int64_t seconds)
{
    return seconds >= FIRST_SECOND && seconds <= LAST_SECOND;
}

static void format_raw(char out[STAMP_SIZE], struct stamp t)
{
    snprintf(out, STAMP_SIZE, "@%lld.%09u", (long long)t.seconds, t.nanoseconds);
}

static char *put_pair(char *at, unsigned value)
{
    num_pair(at, value);
    return at + 2;
}

static char *put_part(char *at, unsigned value, char behind)
{
    at = put_pair(at, value);
    *at = behind;
    return at + 1;
}

/* Without printf(3): records hold millions of these. */
char *stamp_format(char out[STAMP_SIZE], struct stamp t)
{
    if (!in_range(t.seconds)) {
        format_raw(out, t);
        return out + strlen(out);
    }
    struct civil c = civil_of(t.seconds);
    char *at = put_pair(out, (unsigned)c.year / 100);
    at = put_part(at, (unsigned)c.year % 100, '-');
    at = put_part(at, (unsigned)c.month, '-');
    at = put_part(at, (unsigned)c.day, 'T');
    at = put_part(at, (unsigned)c.hour, ':');
    at = put_part(at, (unsigned)c.minute, ':');
    at = put_part(at, (unsigned)c.second, '.');
    at = num_nine(at, t.nanoseconds); /* a damaged file system may say more */
    *at++ = 'Z';
    *at = '\0';
    return at;
}

void stamp_format_offset(char out[STAMP_SIZE], struct stamp t, int offset_minutes)
{
    struct stamp local = stamp_add(t, (int64_t)offset_minutes * 60);
    if (!in_range(t.seconds) || !in_range(local.seconds)) {
        format_raw(out, t);
        return;
    }
    struct civil c = civil_of(local.seconds);
    int distance = offset_minutes < 0 ? -offset_minutes : offset_minutes;
    snprintf(out, STAMP_SIZE, "%04d-%02d-%02dT%02d:%02d:%02d%c%02d:%02d", c.year, c.month, c.day, c.hour, c.minute,
             c.second, offset_minutes < 0 ? '-' : '+', distance / 60, distance % 60);
}

void stamp_format_compact(char out[STAMP_SIZE], struct stamp t)
{
    if (!in_range(t.seconds)) {
        format_raw(out, t);
        return;
    }
    struct civil c = civil_of(t.seconds);
    snprintf(out, STAMP_SIZE, "%04d%02d%02dT%02d%02d%02dZ", c.year, c.month, c.day, c.hour, c.minute, c.second);
}

/* A cursor over text that is parsed; each take_* moves it on or clears ok. */
struct cursor {
    const char *at;
    size_t left;
    bool ok;
};

static int take_digits(struct cursor *c, size_t count)
{
    int value = 0;
    if (c->left < count)
        c->ok = false;
    for (size_t i = 0; c->ok && i < count; i++) {
        if (c->at[i] < '0' || c->at[i] > '9')
            c->ok = false;
        else
            value = value * 10 + (c->at[i] - '0');
    }
    if (c->ok) {
        c->at += count;
        c->left -= count;
    }
    return value;
}

static bool take_char(struct cursor *c, char wanted)
{
    if (!c->ok || c->left == 0 || *c->at != wanted)
        return false;
    c->at++;
    c->left--;
    return true;
}

static void need_char(struct cursor *c, char wanted)
{
    if (!take_char(c, wanted))
        c->ok = false;
}

static void take_date_time(struct cursor *c, struct stamp *out)
{
    int year = take_digits(c, 4);
    need_char(c, '-');
    int month = take_digits(c, 2);
    need_char(c, '-');
    int day = take_digits(c, 2);
    need_char(c, 'T');
    int hour = take_digits(c, 2);
    need_char(c, ':');
    int minute = take_digits(c, 2);
    need_char(c, ':');
    int second = take_digits(c, 2);
    if (c->ok && stamp_from_civil(out, year, month, day, hour, minute, second) != HZ_OK)
        c->ok = false;
}

/* ±HH:MM; -00:00 says "unknown" in RFC 3339 and is refused. */
static void take_offset(struct cursor *c, int *minutes)
{
    bool minus = take_char(c, '-');
    if (!minus)
        need_char(c, '+');
    int hours = take_digits(c, 2);
    need_char(c, ':');
    int rest = take_digits(c, 2);
    if (hours > 23 || rest > 59 || (minus && hours == 0 && rest == 0))
        c->ok = false;
    *minutes = minus ? -(hours * 60 + rest) : hours * 60 + rest;
}

static int parse_raw(struct stamp *out, const char *text, size_t len)
{
    uint64_t magnitude, nanoseconds;
    if (len < 12 || text[0] != '@' || text[len - 10] != '.')
        return HZ_E_FORMAT;
    bool minus = text[1] == '-';
    size_t start = minus ? 2 : 1;
    struct cursor fraction = { text + len - 9, 9, true };
    if (start > len - 10 || num_parse_u64(text + start, len - 10 - start, (uint64_t)INT64_MAX + 1, &magnitude) != HZ_OK)
        return HZ_E_FORMAT;
    nanoseconds = (uint64_t)take_digits(&fraction, 9);
    if (!fraction.ok || (!minus && magnitude > INT64_MAX))
        return HZ_E_FORMAT;
    int64_t seconds = minus ? (int64_t)(0 - magnitude) : (int64_t)magnitude;
    if (in_range(seconds)) /* has its one encoding as a date; covers "-0" as well */
        return HZ_E_FORMAT;
    *out = (struct stamp) { seconds, (uint32_t)nanoseconds };
    return HZ_OK;
}

#define FORM "0000-00-00T00:00:00.000000000Z"

static unsigned number_at(const char *at, size_t count, unsigned *wrong)
{
    unsigned value = 0;
    for (size_t i = 0; i < count; i++) {
        unsigned digit = (unsigned char)at[i] - (unsigned)'0';
        *wrong |= digit > 9;
        value = value * 10 + digit;
    }
    return value;
}

/* The form that stamp_format gives nearly all, each part at its place: a record has five of them. */
static int parse_fixed(struct stamp *out, const char *t)
{
    static const unsigned char marks[] = { 4, 7, 10, 13, 16, 19, 29 };
    unsigned wrong = 0;
    for (size_t i = 0; i < sizeof marks; i++)
        wrong |= t[marks[i]] != FORM[marks[i]];
    unsigned year = number_at(t, 4, &wrong), month = number_at(t + 5, 2, &wrong), day = number_at(t + 8, 2, &wrong);
    unsigned hour = number_at(t + 11, 2, &wrong), minute = number_at(t + 14, 2, &wrong);
    unsigned second = number_at(t + 17, 2, &wrong), fraction = number_at(t + 20, 9, &wrong);
    struct stamp at;
    if (wrong != 0 ||
        stamp_from_civil(&at, (int)year, (int)month, (int)day, (int)hour, (int)minute, (int)second) != HZ_OK)
        return HZ_E_FORMAT;
    at.nanoseconds = fraction;
    *out = at;
    return HZ_OK;
}

int stamp_parse(struct stamp *out, const char *text, size_t len)
{
    if (len > 0 && text[0] == '@')
        return parse_raw(out, text, len);
    return len == sizeof FORM - 1 ? parse_fixed(out, text) : HZ_E_FORMAT;
}

int stamp_parse_offset(struct stamp *out, int *offset_minutes, const char *text, size_t len)
{
    struct cursor c = { text, len, true };
    struct stamp t = { 0, 0 };
    int minutes = 0;
    take_date_time(&c, &t);
    take_offset(&c, &minutes);
    t = stamp_add(t, -(int64_t)minutes * 60);
    if (!c.ok || c.left != 0 || !in_range(t.seconds))
        return HZ_E_FORMAT;
    *out = t;
    *offset_minutes = minutes;
    return HZ_OK;
}

static void take_fraction(struct cursor *c, uint32_t *nanoseconds)
{
    size_t digits = 0;
    while (digits < c->left && c->at[digits] >= '0' && c->at[digits] <= '9')
        digits++;
    if (digits < 1 || digits > 9) {
        c->ok = false;
        return;
    }
    *nanoseconds = (uint32_t)take_digits(c, digits);
    for (; digits < 9; digits++)
        *nanoseconds *= 10;
}

int stamp_parse_stated(struct stamp *out, int *offset_minutes, const char *text)
{
    struct cursor c = { text, strlen(text), true };
    struct stamp t = { 0, 0 };
    int minutes = 0;
    take_date_time(&c, &t);
    if (take_char(&c, '.'))
        take_fraction(&c, &t.nanoseconds);
    if (!take_char(&c, 'Z'))
        take_offset(&c, &minutes);
    t = stamp_add(t, -(int64_t)minutes * 60);
    if (!c.ok || c.left != 0 || !in_range(t.seconds))
        return HZ_E_FORMAT;
    *out = t;
    *offset_minutes = minutes;
    return HZ_OK;
}

int stamp_parse_lenient(struct stamp *out, const char *text)
{
    int ignored;
    return stamp_parse_stated(out, &ignored, text);
}

int stamp_local_offset(struct stamp at)
{
    time_t seconds = at.seconds;
    struct tm local;
    if (localtime_r(&seconds, &local) == NULL || local.tm_gmtoff % 60 != 0)
        return 0;
    long minutes = local.tm_gmtoff / 60;
    return minutes < -1439 || minutes > 1439 ? 0 : (int)minutes;
}
