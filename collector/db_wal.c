#include "collector/db_wal.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "base/io_rw.h"
#include "base/lang.h"

#define INDEX 48 /* bytes; two copies, in the byte order of the machine */
#define FRAME 24
#define VERSION 3007000
#define MAGIC 0x377f0682 /* + 1: checksums over big-endian words */
#define PAGE_MAX 65536
#define PIECE ((size_t)1 << 20) /* frames that are read at once */

struct sum {
    uint32_t a, b;
};

static uint32_t native(const unsigned char *p)
{
    uint32_t v;
    memcpy(&v, p, sizeof v);
    return v;
}

static uint32_t big(const unsigned char *p)
{
    return be32toh(native(p));
}

/* walformat.html, "Checksum Algorithm"; len is a multiple of 8. */
static struct sum add_native(struct sum s, const unsigned char *p, size_t len)
{
    for (size_t i = 0; i < len; i += 8) {
        s.a += native(p + i) + s.b;
        s.b += native(p + i + 4) + s.a;
    }
    return s;
}

static struct sum add(struct sum s, bool big_endian, const unsigned char *p, size_t len)
{
    for (size_t i = 0; i < len; i += 8) {
        s.a += (big_endian ? big(p + i) : le32toh(native(p + i))) + s.b;
        s.b += (big_endian ? big(p + i + 4) : le32toh(native(p + i + 4))) + s.a;
    }
    return s;
}

static bool page_size_valid(uint32_t size)
{
    return size >= 512 && size <= PAGE_MAX && (size & (size - 1)) == 0;
}

int db_wal_index(int shm, struct db_index *out, struct hz_error *err)
{
    unsigned char first[INDEX], second[INDEX];
    uint16_t size;
    size_t got = 0, got_too = 0;
    int rc = io_read_at(shm, 0, first, sizeof first, &got, err);
    if (rc == HZ_OK)
        rc = io_read_at(shm, INDEX, second, sizeof second, &got_too, err);
    if (rc != HZ_OK)
        return rc;
    if (got != INDEX || got_too != INDEX || memcmp(first, second, INDEX) != 0)
        return hz_error_set(err, HZ_E_CHANGED, "%s", _("the index of the write-ahead log is being written"));
    struct sum sum = add_native((struct sum) { 0, 0 }, first, INDEX - 8);
    memcpy(&size, first + 14, sizeof size);
    struct db_index index = { .page_size = size == 1 ? PAGE_MAX : size,
                              .frames = native(first + 16),
                              .checksum = { native(first + 24), native(first + 28) } };
    memcpy(index.salt, first + 32, sizeof index.salt);
    if (native(first) != VERSION || first[12] == 0 || sum.a != native(first + 40) || sum.b != native(first + 44) ||
        !page_size_valid(index.page_size))
        return hz_error_set(err, HZ_E_FORMAT, "%s", _("the index of the write-ahead log is not one"));
    *out = index;
    return HZ_OK;
}

uint64_t db_wal_prefix(const struct db_index *index)
{
    return DB_WAL_HEADER + (uint64_t)index->frames * (FRAME + index->page_size);
}

/* Does the running checksum of this frame stand in it, and is it one of this log? */
static bool check_frame(const unsigned char *frame, const struct db_index *index, bool big_endian, struct sum *s)
{
    *s = add(*s, big_endian, frame, 8);
    *s = add(*s, big_endian, frame + FRAME, index->page_size);
    return memcmp(frame + 8, index->salt, sizeof index->salt) == 0 && s->a == big(frame + 16) &&
           s->b == big(frame + 20);
}

static int check_frames(int copy, const struct db_index *index, bool big_endian, struct sum s, bool *holds,
                        struct hz_error *err)
{
    size_t len = FRAME + index->page_size, at_once = PIECE / len, got = 0;
    unsigned char *frames = malloc(at_once * len);
    int rc = frames != NULL ? HZ_OK : hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    bool good = true;
    for (uint32_t done = 0; rc == HZ_OK && good && done < index->frames;) {
        size_t n = index->frames - done < at_once ? index->frames - done : at_once;
        rc = io_read_at(copy, DB_WAL_HEADER + (uint64_t)done * len, frames, n * len, &got, err);
        good = rc == HZ_OK && got == n * len;
        for (size_t i = 0; good && i < n; i++)
            good = check_frame(frames + i * len, index, big_endian, &s);
        done += (uint32_t)n;
    }
    free(frames);
    if (rc == HZ_OK)
        *holds = good && s.a == index->checksum[0] && s.b == index->checksum[1];
    return rc;
}

int db_wal_check(int copy, const struct db_index *index, bool *holds, struct hz_error *err)
{
    unsigned char header[DB_WAL_HEADER];
    size_t got = 0;
    *holds = index->frames == 0; /* then nothing of the log counts */
    if (*holds)
        return HZ_OK;
    int rc = io_read_at(copy, 0, header, sizeof header, &got, err);
    if (rc != HZ_OK || got != sizeof header || (big(header) & ~1U) != MAGIC || big(header + 8) != index->page_size ||
        memcmp(header + 16, index->salt, sizeof index->salt) != 0)
        return rc;
    bool big_endian = (big(header) & 1) != 0;
    struct sum s = add((struct sum) { 0, 0 }, big_endian, header, 24);
    if (s.a != big(header + 24) || s.b != big(header + 28))
        return HZ_OK;
    return check_frames(copy, index, big_endian, s, holds, err);
}
