#include "base/num.h"

#include <string.h>

#include "base/error.h"

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
    char letter;
    uint64_t factor;
};

/* A canonical number with at most one letter of the table behind it. */
static int parse_with_unit(const char *text, const struct unit *units, size_t count, uint64_t *out)
{
    size_t len = strlen(text);
    uint64_t factor = 1, value;
    for (size_t i = 0; i < count && len > 0; i++) {
        if (text[len - 1] == units[i].letter) {
            factor = units[i].factor;
            len--;
            break;
        }
    }
    if (num_parse_u64(text, len, UINT64_MAX, &value) != HZ_OK || !num_mul_u64(value, factor, &value))
        return HZ_E_FORMAT;
    *out = value;
    return HZ_OK;
}

int num_parse_size(const char *text, uint64_t *out)
{
    static const struct unit units[] = {
        { 'K', UINT64_C(1) << 10 }, { 'M', UINT64_C(1) << 20 }, { 'G', UINT64_C(1) << 30 }, { 'T', UINT64_C(1) << 40 }
    };
    return parse_with_unit(text, units, sizeof units / sizeof units[0], out);
}

int num_parse_duration(const char *text, uint64_t *out)
{
    static const struct unit units[] = { { 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', 86400 }, { 'w', 604800 } };
    return parse_with_unit(text, units, sizeof units / sizeof units[0], out);
}
