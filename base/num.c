#include "base/num.h"

#include <string.h>

#include "base/error.h"

#define TEN(tens) tens "0" tens "1" tens "2" tens "3" tens "4" tens "5" tens "6" tens "7" tens "8" tens "9"
const char num_pairs[200] = TEN("0") TEN("1") TEN("2") TEN("3") TEN("4") TEN("5") TEN("6") TEN("7") TEN("8") TEN("9");

int num_parse_u64(const char *text, size_t len, uint64_t max, uint64_t *out)
{
    if (len == 0 || (len > 1 && text[0] == '0'))
        return HZ_E_FORMAT;
    uint64_t value = 0;
    for (size_t i = 0; i < len; i++) {
        if (text[i] < '0' || text[i] > '9')
            return HZ_E_FORMAT;
        if (!num_mul_u64(value, 10, &value) || !num_add_u64(value, (uint64_t)(text[i] - '0'), &value))
            return HZ_E_FORMAT;
    }
    if (value > max)
        return HZ_E_FORMAT;
    *out = value;
    return HZ_OK;
}

struct unit {
    const char *name;
    uint64_t factor;
};

/* A canonical number above 0 and one unit of the table behind it. */
static int parse_with_unit(const char *text, const struct unit *units, size_t count, uint64_t max, uint64_t *out)
{
    size_t digits = strspn(text, "0123456789");
    uint64_t value;
    if (num_parse_u64(text, digits, UINT64_MAX, &value) != HZ_OK || value == 0)
        return HZ_E_FORMAT;
    for (size_t i = 0; i < count; i++) {
        if (strcmp(text + digits, units[i].name) != 0)
            continue;
        if (!num_mul_u64(value, units[i].factor, &value) || value > max)
            return HZ_E_FORMAT;
        *out = value;
        return HZ_OK;
    }
    return HZ_E_FORMAT;
}

int num_parse_size(const char *text, uint64_t *out)
{
    static const struct unit units[] = { { "", 1 },
                                         { "K", UINT64_C(1) << 10 },
                                         { "M", UINT64_C(1) << 20 },
                                         { "G", UINT64_C(1) << 30 },
                                         { "T", UINT64_C(1) << 40 } };
    return parse_with_unit(text, units, sizeof units / sizeof units[0], INT64_MAX, out);
}

int num_parse_duration(const char *text, int64_t *out)
{
    static const struct unit units[] = { { "ms", 1000000 },
                                         { "s", 1000000000 },
                                         { "m", UINT64_C(60) * 1000000000 },
                                         { "h", UINT64_C(3600) * 1000000000 },
                                         { "d", UINT64_C(86400) * 1000000000 } };
    uint64_t value;
    int rc = parse_with_unit(text, units, sizeof units / sizeof units[0], INT64_MAX, &value);
    if (rc == HZ_OK)
        *out = (int64_t)value;
    return rc;
}
