#include "base/num.h"

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
