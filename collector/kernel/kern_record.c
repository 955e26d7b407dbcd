#include "collector/kernel/kern_record.h"

#include <string.h>

#include "base/num.h"

/* The digits up to a comma or the end of the prefix. */
static bool number(const char **at, const char *end, uint64_t *out)
{
    const char *comma = memchr(*at, ',', (size_t)(end - *at));
    const char *stop = comma == NULL ? end : comma;
    if (num_parse_u64(*at, (size_t)(stop - *at), UINT64_MAX, out) != HZ_OK)
        return false;
    *at = comma == NULL ? end : comma + 1;
    return true;
}

static void extras(struct kern_record *r, const char *at, const char *end)
{
    while (at < end) {
        const char *comma = memchr(at, ',', (size_t)(end - at));
        size_t len = (size_t)((comma == NULL ? end : comma) - at);
        if (len == 1 && (*at == 'c' || *at == '+'))
            r->continued = true;
        if (len > 7 && memcmp(at, "caller=", 7) == 0) {
            r->caller = at + 7;
            r->caller_len = len - 7;
        }
        at = comma == NULL ? end : comma + 1;
    }
}

/* "prefix;text\n KEY=value\n". What follows the third number is open: kernels add to it. */
int kern_record_parse(struct kern_record *out, const char *bytes, size_t len)
{
    struct kern_record r = { .level = 0 };
    const char *semicolon = memchr(bytes, ';', len), *at = bytes, *end = bytes + len;
    uint64_t priority = 0;
    if (semicolon == NULL || !number(&at, semicolon, &priority) || priority > UINT32_MAX ||
        !number(&at, semicolon, &r.sequence) || !number(&at, semicolon, &r.microseconds))
        return HZ_E_FORMAT;
    r.level = (unsigned)priority & 7;
    r.facility = (unsigned)priority >> 3;
    extras(&r, at, semicolon);
    r.text = semicolon + 1;
    const char *newline = memchr(r.text, '\n', (size_t)(end - r.text));
    r.text_len = (size_t)((newline == NULL ? end : newline) - r.text);
    r.fields = newline == NULL ? end : newline + 1;
    r.fields_len = (size_t)(end - r.fields);
    *out = r;
    return HZ_OK;
}
