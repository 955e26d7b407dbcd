#include "verify/export_seen.h"

#include <stdlib.h>
#include <string.h>

#include "base/lang.h"
#include "base/text.h"

void export_seen_free(struct export_seen *s)
{
    free(s->slots);
    memset(s, 0, sizeof *s);
}

/* Where the value is, or the free place for it. Digests are spread evenly already. */
static size_t place(const uint64_t *slots, size_t size, uint64_t value)
{
    size_t at = (size_t)value & (size - 1);

    while (slots[at] != 0 && slots[at] != value)
        at = (at + 1) & (size - 1);
    return at;
}

/* Never more than half full. */
static int grow(struct export_seen *s, struct hz_error *err)
{
    size_t size = s->size > 0 ? 2 * s->size : 1024;
    uint64_t *slots;

    if (2 * (s->count + 1) <= s->size)
        return HZ_OK;
    slots = calloc(size, sizeof *slots);
    if (slots == NULL)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    for (size_t i = 0; i < s->size; i++)
        if (s->slots[i] != 0)
            slots[place(slots, size, s->slots[i])] = s->slots[i];
    free(s->slots);
    s->slots = slots;
    s->size = size;
    return HZ_OK;
}

int export_seen_add(struct export_seen *s, const char *digest, bool *again, struct hz_error *err)
{
    unsigned char bytes[sizeof(uint64_t)];
    uint64_t value = 0;
    size_t at;
    int rc = grow(s, err);

    if (rc != HZ_OK)
        return rc;
    if (text_unhex(bytes, sizeof bytes, digest, 2 * sizeof bytes) == HZ_OK)
        memcpy(&value, bytes, sizeof value);
    value |= value == 0;
    at = place(s->slots, s->size, value);
    *again = s->slots[at] != 0;
    s->slots[at] = value;
    s->count += !*again;
    return HZ_OK;
}
