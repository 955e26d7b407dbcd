#include "custody/replay.h"

#include <stdint.h>
#include <string.h>

#define LOG_HEADER 32
#define FRAME 24
#define LOG_MAGIC 0x377f0682 /* + 1: checksums over big-endian words */
#define JOURNAL_HEADER 28
#define TO_THE_END UINT32_MAX
#define PENDING 0x40000000

static const unsigned char journal_magic[8] = { 0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7 };

struct sum {
    uint32_t a, b;
};

static uint32_t big(const unsigned char *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static uint32_t little(const unsigned char *p)
{
    return (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];
}

static struct sum add(struct sum s, bool big_endian, const unsigned char *p, size_t len)
{
    for (size_t i = 0; i < len; i += 8) {
        s.a += (big_endian ? big(p + i) : little(p + i)) + s.b;
        s.b += (big_endian ? big(p + i + 4) : little(p + i + 4)) + s.a;
    }
    return s;
}

static bool page_size_valid(uint32_t size)
{
    return size >= 512 && size <= 65536 && (size & (size - 1)) == 0;
}

/* Number of frames up to the last commit; *pages: of the database then. */
static size_t committed(const unsigned char *log, size_t len, uint32_t page_size, uint32_t *pages)
{
    bool big_endian = (big(log) & 1) != 0;
    struct sum s = add((struct sum) { 0, 0 }, big_endian, log, 24);
    size_t step = FRAME + page_size, count = 0;
    if (s.a != big(log + 24) || s.b != big(log + 28))
        return 0;
    for (size_t i = 0; (i + 1) * step <= len - LOG_HEADER; i++) {
        const unsigned char *frame = log + LOG_HEADER + i * step;
        s = add(s, big_endian, frame, 8);
        s = add(s, big_endian, frame + FRAME, page_size);
        if (memcmp(frame + 8, log + 16, 8) != 0 || s.a != big(frame + 16) || s.b != big(frame + 20) || big(frame) == 0)
            break;
        if (big(frame + 4) != 0) {
            count = i + 1;
            *pages = big(frame + 4);
        }
    }
    return count;
}

static bool put_page(struct replay *db, uint32_t number, const unsigned char *page, uint32_t page_size)
{
    uint64_t at = (uint64_t)(number - 1) * page_size;
    if (at > db->room || db->room - at < page_size)
        return false;
    memcpy(db->bytes + at, page, page_size);
    return true;
}

static bool resize(struct replay *db, uint32_t pages, uint32_t page_size)
{
    uint64_t size = (uint64_t)pages * page_size;
    if (size > db->room)
        return false;
    db->size = (size_t)size;
    return true;
}

bool replay_log(struct replay *db, const unsigned char *log, size_t len)
{
    uint32_t page_size = len < LOG_HEADER ? 0 : big(log + 8), pages = 0;
    if (len < LOG_HEADER || (big(log) & ~1U) != LOG_MAGIC || !page_size_valid(page_size))
        return true; /* SQLite ignores it, too */
    size_t count = committed(log, len, page_size, &pages);
    for (size_t i = 0; i < count; i++) {
        const unsigned char *frame = log + LOG_HEADER + i * (FRAME + (size_t)page_size);
        if (!put_page(db, big(frame), frame + FRAME, page_size))
            return false;
    }
    return count == 0 || resize(db, pages, page_size);
}

struct journal {
    const unsigned char *bytes;
    size_t len, at;
    uint32_t nonce, pages, page_size;
};

static bool record_holds(const struct journal *j, const unsigned char *record)
{
    uint32_t sum = j->nonce;
    for (uint32_t i = j->page_size - 200; i > 0 && i < j->page_size; i -= 200)
        sum += record[4 + i];
    return sum == big(record + 4 + j->page_size);
}

/* One run of records behind its header. true: the next may follow. */
static bool play_records(struct replay *db, struct journal *j, uint32_t records)
{
    size_t step = 8 + (size_t)j->page_size;
    for (uint32_t i = 0; i < records && j->at <= j->len && j->len - j->at >= step; i++) {
        const unsigned char *record = j->bytes + j->at;
        uint32_t number = big(record);
        if (number == 0 || number == PENDING / j->page_size + 1 || !record_holds(j, record))
            return false;
        if (number <= j->pages && !put_page(db, number, record + 4, j->page_size))
            return false;
        j->at += step;
    }
    return records != TO_THE_END;
}

bool replay_journal(struct replay *db, const unsigned char *journal, size_t len)
{
    struct journal j = { .bytes = journal, .len = len };
    uint32_t sector = 0;
    for (bool more = true, first = true; more; first = false) {
        size_t start = sector == 0 ? 0 : (j.at + sector - 1) / sector * sector;
        if (start > len || len - start < JOURNAL_HEADER || memcmp(journal + start, journal_magic, 8) != 0)
            break;
        j.nonce = big(journal + start + 12);
        if (first) {
            j.pages = big(journal + start + 16);
            sector = big(journal + start + 20);
            j.page_size = big(journal + start + 24);
            if (!page_size_valid(j.page_size) || sector < 32 || sector > 65536 || (sector & (sector - 1)) != 0)
                return true; /* SQLite ignores it, too */
        }
        j.at = start + sector;
        more = play_records(db, &j, big(journal + start + 8));
    }
    return j.page_size == 0 || resize(db, j.pages, j.page_size);
}

bool replay_of_several(const unsigned char *journal, size_t len)
{
    return len >= JOURNAL_HEADER + sizeof journal_magic && memcmp(journal, journal_magic, sizeof journal_magic) == 0 &&
           memcmp(journal + len - sizeof journal_magic, journal_magic, sizeof journal_magic) == 0;
}
