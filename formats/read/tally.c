#include "formats/read/tally.h"

#include <string.h>

static size_t find(const struct r_tally *t, const char *source, size_t len)
{
    size_t i;

    for (i = 0; i < t->sources; i++)
        if (strlen(t->of[i].name) == len && memcmp(t->of[i].name, source, len) == 0)
            break;
    return i;
}

bool r_tally_add(struct r_tally *t, const char *source, size_t len)
{
    size_t i = find(t, source, len);

    if (i < t->sources) {
        t->of[i].count++;
        return false;
    }
    if (i == R_TALLY_SOURCES) {
        t->full = true;
        return true;
    }
    memcpy(t->of[i].name, source, len);
    t->of[i].name[len] = 0;
    t->of[i].count = 1;
    t->sources++;
    return true;
}

bool r_tally_has(const struct r_tally *t, const char *source, size_t len)
{
    return find(t, source, len) < t->sources;
}

uint64_t r_tally_get(const struct r_tally *t, const char *source)
{
    size_t i = find(t, source, strlen(source));

    return i < t->sources ? t->of[i].count : 0;
}
