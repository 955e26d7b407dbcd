#include "formats/write/manifest.h"

#include "base/text.h"
#include "tests/unit/write/scratch.h"

#define LINES 5000

static struct hz_error err;

/* Paths that share nothing, a little, more than one byte can say, everything but the end, and a longer one's beginning.
 */
static void make_path(char out[W_NAME_PATH_MAX + 1], unsigned i)
{
    size_t len = (size_t)snprintf(out, W_NAME_PATH_MAX, "data/files/%s%u/", i % 3 == 0 ? "a" : "b", i / 7);
    size_t more = i % 11 == 0 ? 600 : i % 13 == 0 ? W_NAME_PATH_MAX - len - 12 : i % 5;
    memset(out + len, 'x', more);
    snprintf(out + len + more, W_NAME_PATH_MAX + 1 - len - more, "%u", i);
}

static void make_hex(char *out, size_t bytes, unsigned i)
{
    unsigned char binary[W_DIGEST_512_SIZE];
    for (size_t k = 0; k < bytes; k++)
        binary[k] = (unsigned char)((i + 1) * 2654435761U >> k % 24);
    text_hex(out, binary, bytes);
}

static void put_all(struct w_manifest *m)
{
    char path[W_NAME_PATH_MAX + 1], sha256[W_DIGEST_HEX], sha512[W_DIGEST_512_HEX];
    for (unsigned i = 0; i < LINES; i++) {
        make_path(path, i);
        make_hex(sha256, W_DIGEST_SIZE, i);
        make_hex(sha512, W_DIGEST_512_SIZE, i);
        assert_int_equal(w_manifest_put(m, path, sha256, m->sha512 ? sha512 : NULL, &err), HZ_OK);
    }
}

static const unsigned char *assert_lines(const unsigned char *at, const char *name, size_t bytes)
{
    char path[W_NAME_PATH_MAX + 1], hex[W_DIGEST_512_HEX], line[W_NAME_PATH_MAX + W_DIGEST_512_HEX + 4];
    uint64_t size = 0;
    assert_string_equal((const char *)at, name); /* of the tar header */
    for (int i = 0; i < 11; i++)
        size = size * 8 + (uint64_t)(at[124 + i] - '0');
    at += 512;
    const unsigned char *end = at + size;
    for (unsigned i = 0; i < LINES; i++) {
        make_path(path, i);
        make_hex(hex, bytes, i);
        size_t len = (size_t)snprintf(line, sizeof line, "%s  %s\n", hex, path);
        assert_true(len <= (size_t)(end - at));
        assert_memory_equal(at, line, len);
        at += len;
    }
    assert_ptr_equal(at, end);
    return end + (512 - size % 512) % 512;
}

static void written_as_text(bool in_memory, bool sha512)
{
    static const char *const left[] = { "out.bin", NULL };
    HZ_CLEANUP(buf_free) struct buf back = BUF_INIT(64 << 20);
    struct scratch t;
    struct w_store store;
    struct w_manifest m;
    struct w_members members;
    int fd = -1;
    char hex[W_DIGEST_HEX];
    uint64_t written = 0;
    scratch_open(&t);
    assert_int_equal(io_create_new(t.directory, "out.bin", 0600, &fd, &err), HZ_OK);
    const struct w_stream_config output = { .fd = fd };
    assert_int_equal(w_store_open(&store, 16 << 20, &err), HZ_OK);
    assert_int_equal(w_members_open(&members, "I", &output, (struct stamp) { 1, 0 }, sha512, &err), HZ_OK);
    w_manifest_open(&m, in_memory ? -1 : t.directory, in_memory ? &store : NULL, sha512);
    put_all(&m);
    uint64_t bytes = w_manifest_bytes(&m);
    assert_int_equal(w_manifest_write(&m, &members, &err), HZ_OK);
    assert_int_equal(w_members_end(&members, hex, &written, &err), HZ_OK);
    assert_int_equal(io_rewind(fd, &err), HZ_OK);
    assert_int_equal(io_read_all(fd, &back, &err), HZ_OK);
    const unsigned char *at = assert_lines(back.data, "I/manifest-sha256.txt", W_DIGEST_SIZE);
    if (sha512)
        at = assert_lines(at, "I/manifest-sha512.txt", W_DIGEST_512_SIZE);
    assert_int_equal(*at, 0);
    assert_true(bytes <= (uint64_t)(at - back.data) && bytes + 2048 >= (uint64_t)(at - back.data));
    w_manifest_close(&m);
    w_members_close(&members);
    w_store_close(&store);
    io_close(&fd);
    scratch_close(&t, left);
}

static void lines_come_back(void **state)
{
    (void)state;
    for (int i = 0; i < 4; i++)
        written_as_text((i & 1) != 0, (i & 2) != 0);
}

static void digests_that_are_none(void **state)
{
    (void)state;
    char sha256[W_DIGEST_HEX], sha512[W_DIGEST_512_HEX], path[W_NAME_PATH_MAX + 2];
    struct w_manifest m;
    make_hex(sha256, W_DIGEST_SIZE, 1);
    make_hex(sha512, W_DIGEST_512_SIZE, 1);
    w_manifest_open(&m, -1, NULL, true);
    assert_int_equal(w_manifest_put(&m, "data/files/a", NULL, sha512, &err), HZ_E_FORMAT);
    assert_int_equal(w_manifest_put(&m, "data/files/a", sha256, NULL, &err), HZ_E_FORMAT);
    assert_int_equal(w_manifest_put(&m, "data/files/a", sha512, sha512, &err), HZ_E_FORMAT);
    sha256[5] = 'G';
    assert_int_equal(w_manifest_put(&m, "data/files/a", sha256, sha512, &err), HZ_E_FORMAT);
    sha256[5] = 'A'; /* upper case is another text */
    assert_int_equal(w_manifest_put(&m, "data/files/a", sha256, sha512, &err), HZ_E_FORMAT);
    sha256[5] = 'a';
    memset(path, 'p', sizeof path - 1);
    path[sizeof path - 1] = '\0';
    assert_int_equal(w_manifest_put(&m, path, sha256, sha512, &err), HZ_E_FORMAT);
    assert_int_equal(m.count, 0);
    path[W_NAME_PATH_MAX] = '\0';
    assert_int_equal(w_manifest_put(&m, path, sha256, sha512, &err), HZ_OK);
    w_manifest_close(&m);
}

TEST_MAIN(cmocka_unit_test(lines_come_back), cmocka_unit_test(digests_that_are_none))
