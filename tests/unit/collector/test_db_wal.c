#include "collector/db_wal.h"

#include <endian.h>
#include <fcntl.h>
#include <stdlib.h>

#include "tests/unit/base/folder.h"

#define FRAMES 3

static void put_file(const char *name, const void *bytes, size_t len)
{
    FILE *f = fopen(name, "w");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, len, f), len);
    assert_int_equal(fclose(f), 0);
}

struct sum {
    uint32_t a, b;
};

/* walformat.html, "Checksum Algorithm", over words of the machine or the other way round. */
static struct sum add(struct sum s, const unsigned char *p, size_t len, bool big)
{
    for (size_t i = 0; i < len; i += 8) {
        uint32_t x, y;
        memcpy(&x, p + i, 4);
        memcpy(&y, p + i + 4, 4);
        s.a += (big ? be32toh(x) : le32toh(x)) + s.b;
        s.b += (big ? be32toh(y) : le32toh(y)) + s.a;
    }
    return s;
}

static void put(unsigned char *at, uint32_t v)
{
    v = htobe32(v);
    memcpy(at, &v, 4);
}

struct log {
    unsigned char *bytes;
    size_t len, step;
    struct db_index index; /* as its -shm would say */
};

static struct log make(uint32_t page_size, bool big)
{
    struct log l = { .step = 24 + page_size, .index = { .page_size = page_size, .frames = FRAMES } };
    l.len = DB_WAL_HEADER + FRAMES * l.step;
    l.bytes = calloc(1, l.len);
    put(l.bytes, 0x377f0682 + big);
    put(l.bytes + 4, 3007000);
    put(l.bytes + 8, page_size);
    memcpy(l.bytes + 16, "saltSALT", 8);
    memcpy(l.index.salt, "saltSALT", 8);
    struct sum s = add((struct sum) { 0, 0 }, l.bytes, 24, big);
    put(l.bytes + 24, s.a);
    put(l.bytes + 28, s.b);
    for (uint32_t i = 0; i < FRAMES; i++) {
        unsigned char *frame = l.bytes + DB_WAL_HEADER + i * l.step;
        put(frame, i + 1);
        put(frame + 4, i + 1);
        memcpy(frame + 8, "saltSALT", 8);
        memset(frame + 24, (int)('a' + i), page_size);
        s = add(add(s, frame, 8, big), frame + 24, page_size, big);
        put(frame + 16, s.a);
        put(frame + 20, s.b);
    }
    l.index.checksum[0] = s.a;
    l.index.checksum[1] = s.b;
    return l;
}

static bool holds(const struct log *l, size_t len)
{
    struct hz_error err;
    bool out = true;
    put_file("log", l->bytes, len);
    int fd = open("log", O_RDONLY);
    assert_true(fd >= 0);
    assert_int_equal(db_wal_check(fd, &l->index, &out, &err), HZ_OK);
    close(fd);
    return out;
}

static void whole_logs_hold(void **state)
{
    (void)state;
    static const uint32_t sizes[] = { 512, 4096, 65536 };
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        for (int big = 0; big < 2; big++) {
            struct log l = make(sizes[i], big);
            assert_int_equal(db_wal_prefix(&l.index), l.len);
            assert_true(holds(&l, l.len));
            free(l.bytes);
        }
}

static void one_changed_byte_anywhere_shows(void **state)
{
    (void)state;
    struct log l = make(512, false);
    for (size_t at = 0; at < l.len; at++) {
        l.bytes[at] ^= 1;
        if (holds(&l, l.len))
            fail_msg("byte %zu", at);
        l.bytes[at] ^= 1;
    }
    free(l.bytes);
}

static void cut_and_other_logs_do_not_hold(void **state)
{
    (void)state;
    struct log l = make(512, true);
    assert_false(holds(&l, l.len - 1));
    assert_false(holds(&l, DB_WAL_HEADER));
    assert_false(holds(&l, 0));
    l.index.frames--; /* its checksum is the last one's */
    assert_false(holds(&l, l.len));
    l.index.frames = FRAMES + 1;
    assert_false(holds(&l, l.len));
    l.index.frames = UINT32_MAX;
    assert_false(holds(&l, l.len));
    l.index.frames = FRAMES;
    l.index.page_size = 1024;
    assert_false(holds(&l, l.len));
    l.index.page_size = 512;
    l.index.salt[0] ^= 1; /* begun anew since */
    assert_false(holds(&l, l.len));
    l.index.frames = 0; /* nothing of it counts */
    assert_true(holds(&l, 0));
    free(l.bytes);
}

/* Both copies of an index header as wal.c writes them. */
static void header(unsigned char out[96], uint16_t page_size)
{
    const uint32_t version = 3007000, frames = 7, pages = 9, sums[2] = { 11, 12 };
    memset(out, 0, 96);
    memcpy(out, &version, 4);
    out[12] = 1;
    memcpy(out + 14, &page_size, 2);
    memcpy(out + 16, &frames, 4);
    memcpy(out + 20, &pages, 4);
    memcpy(out + 24, sums, 8);
    memcpy(out + 32, "saltSALT", 8);
    struct sum s = add((struct sum) { 0, 0 }, out, 40, __BYTE_ORDER == __BIG_ENDIAN);
    memcpy(out + 40, &s, 8);
    memcpy(out + 48, out, 48);
}

static int parse(const unsigned char *bytes, size_t len, struct db_index *out)
{
    struct hz_error err;
    put_file("shm", bytes, len);
    int fd = open("shm", O_RDONLY);
    int rc = db_wal_index(fd, out, &err);
    close(fd);
    return rc;
}

static void reads_an_index(void **state)
{
    (void)state;
    unsigned char h[96];
    struct db_index index;
    header(h, 4096);
    assert_int_equal(parse(h, sizeof h, &index), HZ_OK);
    assert_int_equal(index.page_size, 4096);
    assert_int_equal(index.frames, 7);
    assert_int_equal(index.checksum[1], 12);
    assert_memory_equal(index.salt, "saltSALT", 8);
    assert_int_equal(db_wal_prefix(&index), 32 + 7 * (24 + 4096));
    header(h, 1);
    assert_int_equal(parse(h, sizeof h, &index), HZ_OK);
    assert_int_equal(index.page_size, 65536);
    index.frames = UINT32_MAX;
    assert_true(db_wal_prefix(&index) == 32 + UINT64_C(65560) * UINT32_MAX);
}

static void an_index_that_is_none(void **state)
{
    (void)state;
    unsigned char h[96];
    struct db_index index;
    header(h, 4096);
    assert_int_equal(parse(h, 95, &index), HZ_E_CHANGED);
    assert_int_equal(parse(h, 0, &index), HZ_E_CHANGED);
    for (size_t at = 0; at < 48; at++) {
        header(h, 4096);
        h[at] ^= 1;
        assert_int_equal(parse(h, sizeof h, &index), HZ_E_CHANGED); /* the copies differ */
        h[48 + at] ^= 1;
        assert_int_equal(parse(h, sizeof h, &index), HZ_E_FORMAT);
    }
    static const uint16_t sizes[] = { 0, 2, 256, 513, 4095 };
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        header(h, sizes[i]);
        assert_int_equal(parse(h, sizeof h, &index), HZ_E_FORMAT);
    }
}

TEST_MAIN(FOLDER_TEST(whole_logs_hold), FOLDER_TEST(one_changed_byte_anywhere_shows),
          FOLDER_TEST(cut_and_other_logs_do_not_hold), FOLDER_TEST(reads_an_index), FOLDER_TEST(an_index_that_is_none))
