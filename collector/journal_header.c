#include "collector/journal_header.h"

#include <string.h>

#include "base/error.h"

enum place { STATE = 16, SIZE = 88, ENTRIES = 152, HEAD_REALTIME = 184, TAIL_REALTIME = 192 };
enum state { OFFLINE, ONLINE, ARCHIVED };

static uint64_t number_at(const unsigned char *bytes, enum place at)
{
    uint64_t value = 0;
    for (unsigned i = 8; i > 0; i--)
        value = value << 8 | bytes[(unsigned)at + i - 1];
    return value;
}

static struct stamp stamp_of(uint64_t microseconds)
{
    return (struct stamp) { .seconds = (int64_t)(microseconds / 1000000),
                            .nanoseconds = (uint32_t)(microseconds % 1000000) * 1000 };
}

int journal_header_parse(const unsigned char *bytes, size_t len, uint64_t size, struct journal_header *out)
{
    if (len < JOURNAL_HEADER_SIZE || memcmp(bytes, "LPKSHHRH", 8) != 0 || bytes[STATE] > ARCHIVED)
        return HZ_E_FORMAT;
    uint64_t own = number_at(bytes, SIZE), entries = number_at(bytes, ENTRIES);
    uint64_t head = number_at(bytes, HEAD_REALTIME), tail = number_at(bytes, TAIL_REALTIME);
    if (own < JOURNAL_HEADER_SIZE || own > size || entries == 0 || head == 0 || head > tail)
        return HZ_E_FORMAT;
    *out = (struct journal_header) {
        .online = bytes[STATE] == ONLINE, .entries = entries, .head = stamp_of(head), .tail = stamp_of(tail)
    };
    return HZ_OK;
}
