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

/* Days from 0001-01-01 to the first of January of a year 1..10000. */
static int64_t days_before_year(int year)
{
    int64_t y = year - 1;
    return y * 365 + y / 4 - y / 100 + y / 400;
}

/* seconds lie in FIRST_SECOND..LAST_SECOND. */
static struct civil civil_of(int64_t seconds)
{
    int64_t since = seconds - FIRST_SECOND;
    int64_t days = since / DAY;
    int rest = (int)(since % DAY);
    int year = (int)(days / 366) + 1; /* never too late; at most some years too early */
    while (days_before_year(year + 1) <= days)
        year++;
    int day = (int)(days - days_before_year(year));
    int month = 1;
    while (day >= month_length(year, month))
        day -= month_length(year, month++);
    return (struct civil) { year, month, day + 1, rest / 3600, rest / 60 % 60, rest % 60 };
}

int stamp_from_civil(struct stamp *out, int year, int month, int day, int hour, int minute, int second)
{
    if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 || day > month_length(year, month))
        return HZ_E_FORMAT;
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59)
        return HZ_E_FORMAT;
    int64_t days = days_before_year(year) + day - 1;
    for (int m = 1; m < month; m++)
        days += month_length(year, m);
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

static char *put_digits(char *at, unsigned value, unsigned count, char behind)
{
    for (unsigned i = count; i-- > 0; value /= 10)
        at[i] = (char)('0' + value % 10);
    at[count] = behind;
    return at + count + 1;
}

/* Without printf(3): records hold millions of these. */
void stamp_format(char out[STAMP_SIZE], struct stamp t)
{
    if (!in_range(t.seconds)) {
        format_raw(out, t);
        return;
    }
    struct civil c = civil_of(t.seconds);
    char *at = put_digits(out, (unsigned)c.year, 4, '-');
    at = put_digits(at, (unsigned)c.month, 2, '-');
    at = put_digits(at, (unsigned)c.day, 2, 'T');
    at = put_digits(at, (unsigned)c.hour, 2, ':');
    at = put_digits(at, (unsigned)c.minute, 2, ':');
    at = put_digits(at, (unsigned)c.second, 2, '.');
    at = put_digits(at, t.nanoseconds, 9, 'Z');
    *at = '\0';
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

int stamp_parse(struct stamp *out, const char *text, size_t len)
{
    if (len > 0 && text[0] == '@')
        return parse_raw(out, text, len);
    struct cursor c = { text, len, true };
    struct stamp t = { 0, 0 };
    take_date_time(&c, &t);
    need_char(&c, '.');
    t.nanoseconds = (uint32_t)take_digits(&c, 9);
    need_char(&c, 'Z');
    if (!c.ok || c.left != 0)
        return HZ_E_FORMAT;
    *out = t;
    return HZ_OK;
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

int stamp_parse_lenient(struct stamp *out, const char *text)
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
    return HZ_OK;
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
