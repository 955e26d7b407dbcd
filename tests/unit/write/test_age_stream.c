#include "formats/write/age_stream.h"

#include <fcntl.h>
#include <stdlib.h>

#include "formats/write/age_header.h"
#include "formats/write/digest.h"
#include "formats/write/stream.h"
#include "tests/unit/write/age_reader.h"
#include "tests/unit/write/scratch.h"
#include "tests/unit/write/vectors.h"

#define ROOM ((size_t)21 << 20)

static struct hz_error err;

static int into_buf(void *context, const void *bytes, size_t len, struct hz_error *e)
{
    buf_put(context, bytes, len);
    return buf_check(context, e);
}

/* In parts of this size; 0: in parts of all sizes. */
static void put_in_parts(struct w_age_chunks *c, const struct buf *plain, size_t size)
{
    size_t part = size > 0 ? size : 1;
    for (size_t at = 0; at<plain->len; at += part, part = size> 0 ? size : (part * 3 + 1) % 200003) {
        size_t left = plain->len - at;
        assert_int_equal(w_age_chunks_put(c, plain->data + at, left < part ? left : part, &err), HZ_OK);
    }
}

/* A published file: opened, and the same plain text sealed again with the same key and nonce. */
static void assert_same_payload(const char *name)
{
    static const size_t parts[] = { 0, 65536, 1000003 };
    struct age_vector v;
    struct buf plain = BUF_INIT(ROOM);
    unsigned char file_key[AGE_FILE_KEY];
    char sha256[W_DIGEST_HEX];
    size_t payload = 0;
    age_vector_read(&v, name);
    assert_true(age_open_header(&v.file, v.secret, file_key, &payload));
    assert_true(age_open_payload(&v.file, payload, v.file_key, &plain));
    assert_int_equal(w_digest_hex_of(plain.data, plain.len, sha256, &err), HZ_OK);
    assert_string_equal(sha256, v.payload);
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        struct buf out = BUF_INIT(ROOM);
        struct w_age_chunks *c = malloc(sizeof *c);
        assert_non_null(c);
        assert_int_equal(w_age_chunks_begin(c, v.file_key, v.file.data + payload, into_buf, &out, &err), HZ_OK);
        put_in_parts(c, &plain, parts[i]);
        assert_int_equal(w_age_chunks_end(c, &err), HZ_OK);
        assert_int_equal(out.len, v.file.len - payload);
        assert_memory_equal(out.data, v.file.data + payload, out.len);
        w_age_chunks_wipe(c);
        free(c);
        buf_free(&out);
    }
    buf_free(&plain);
    age_vector_free(&v);
}

static void published_payloads(void **state)
{
    (void)state;
    static const char *const names[] = { "x25519",
                                         "stream_empty_payload",
                                         "stream_last_chunk_full",
                                         "stream_two_chunks",
                                         "stream_last_chunk_full_second",
                                         "stream_three_chunks",
                                         "stream_257_chunks",
                                         "stream_257_chunks_full",
                                         "stream_258_chunks" };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        assert_same_payload(names[i]);
}

static void make_keys(unsigned char secrets[2][AGE_KEY], struct buf texts[2], const char *recipients[2])
{
    for (int i = 0; i < 2; i++) {
        unsigned char public[AGE_KEY];
        memset(secrets[i], 10 + i, AGE_KEY);
        age_public(secrets[i], public);
        texts[i] = (struct buf)BUF_INIT(256);
        age_bech32(&texts[i], "age", public, AGE_KEY);
        recipients[i] = (const char *)texts[i].data;
    }
}

static unsigned char byte_at(size_t i)
{
    return (unsigned char)(i * 7 + (i >> 8) + (i >> 16));
}

static void whole_files(void **state)
{
    (void)state;
    static const size_t sizes[] = { 0, 1, 65535, 65536, 65537, 131071, 131072, 131073, 1000000 };
    unsigned char secrets[2][AGE_KEY], stranger[AGE_KEY] = { 99 };
    struct buf texts[2];
    const char *recipients[2];
    make_keys(secrets, texts, recipients);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        struct w_age_stream *s = NULL;
        struct buf file = BUF_INIT(ROOM), plain = BUF_INIT(ROOM);
        assert_int_equal(w_age_stream_begin(&s, recipients, 2, into_buf, &file, &err), HZ_OK);
        for (size_t at = 0; at < sizes[i]; at += 1000) {
            unsigned char piece[1000];
            for (size_t k = 0; k < sizeof piece; k++)
                piece[k] = byte_at(at + k);
            assert_int_equal(w_age_stream_put(s, piece, sizes[i] - at < 1000 ? sizes[i] - at : 1000, &err), HZ_OK);
        }
        assert_int_equal(w_age_stream_end(s, &err), HZ_OK);
        w_age_stream_free(s);
        size_t chunks = sizes[i] == 0 ? 1 : (sizes[i] + 65535) / 65536;
        assert_int_equal(file.len, 22 + 2 * 98 + 48 + 16 + sizes[i] + 16 * chunks);
        for (int k = 0; k < 2; k++) {
            buf_reset(&plain);
            assert_true(age_open(&file, secrets[k], &plain));
            assert_int_equal(plain.len, sizes[i]);
            for (size_t at = 0; at < plain.len; at++)
                if (plain.data[at] != byte_at(at))
                    fail_msg("byte %zu of %zu differs", at, sizes[i]);
        }
        assert_false(age_open(&file, stranger, &plain));
        buf_free(&file);
        buf_free(&plain);
    }
    buf_free(&texts[0]);
    buf_free(&texts[1]);
}

/* Of two files for the same people nothing but the first line is the same. */
static void keys_are_made_anew(void **state)
{
    (void)state;
    unsigned char secrets[2][AGE_KEY], keys[2][AGE_FILE_KEY];
    struct buf texts[2], files[2] = { BUF_INIT(ROOM), BUF_INIT(ROOM) };
    const char *recipients[2];
    size_t payload = 0;
    make_keys(secrets, texts, recipients);
    for (int i = 0; i < 2; i++) {
        struct w_age_stream *s = NULL;
        assert_int_equal(w_age_stream_begin(&s, recipients, 2, into_buf, &files[i], &err), HZ_OK);
        assert_int_equal(w_age_stream_end(s, &err), HZ_OK);
        w_age_stream_free(s);
        assert_true(age_open_header(&files[i], secrets[0], keys[i], &payload));
    }
    assert_memory_not_equal(keys[0], keys[1], AGE_FILE_KEY);
    assert_memory_not_equal(files[0].data + payload, files[1].data + payload, 16);
    for (int i = 0; i < 2; i++) {
        buf_free(&texts[i]);
        buf_free(&files[i]);
    }
}

static void wrong_recipients(void **state)
{
    (void)state;
    struct w_age_stream *s = NULL;
    struct buf file = BUF_INIT(ROOM);
    const char *many[W_AGE_RECIPIENT_MAX + 1];
    const char *const second[] = { "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p", "age1" };
    for (size_t i = 0; i < W_AGE_RECIPIENT_MAX + 1; i++)
        many[i] = second[0];
    assert_int_equal(w_age_stream_begin(&s, many, 0, into_buf, &file, &err), HZ_E_USAGE);
    assert_int_equal(w_age_stream_begin(&s, many, W_AGE_RECIPIENT_MAX + 1, into_buf, &file, &err), HZ_E_USAGE);
    assert_int_equal(w_age_stream_begin(&s, second, 2, into_buf, &file, &err), HZ_E_USAGE);
    assert_int_equal(file.len, 0);
    assert_null(s);
    assert_int_equal(w_age_stream_begin(&s, many, W_AGE_RECIPIENT_MAX, into_buf, &file, &err), HZ_OK);
    w_age_stream_free(s);
    w_age_stream_free(NULL);
    buf_free(&file);
}

static void a_sink_that_is_full(void **state)
{
    (void)state;
    static const unsigned char piece[65536];
    const char *const recipient[] = { "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p" };
    const size_t header = 22 + 98 + 48, limits[] = { 0, header - 1, header, header + 15, header + 16, header + 70000 };
    for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++) {
        struct w_age_stream *s = NULL;
        struct buf file = BUF_INIT(limits[i]);
        int rc = w_age_stream_begin(&s, recipient, 1, into_buf, &file, &err);
        assert_int_equal(rc, limits[i] < header + 16 ? HZ_E_LIMIT : HZ_OK);
        for (int k = 0; rc == HZ_OK && k < 3; k++)
            rc = w_age_stream_put(s, piece, sizeof piece, &err);
        assert_int_equal(rc, HZ_E_LIMIT);
        w_age_stream_free(s);
        buf_free(&file);
    }
}

/* Behind the packers: what is digested and counted is what is written. */
static void a_stream_of_a_bundle(void **state)
{
    (void)state;
    static const char *const left[] = { "out.bin", NULL };
    static const enum w_compress hows[] = { W_COMPRESS_NONE, W_COMPRESS_GZIP, W_COMPRESS_ZSTD };
    unsigned char secrets[2][AGE_KEY];
    struct buf texts[2];
    const char *recipients[2];
    make_keys(secrets, texts, recipients);
    for (size_t i = 0; i < 3; i++) {
        struct scratch t;
        struct w_stream *s = NULL;
        struct buf file = BUF_INIT(ROOM), plain = BUF_INIT(ROOM);
        char sha256[W_DIGEST_HEX], expected[W_DIGEST_HEX];
        uint64_t written = 0;
        int fd = -1;
        scratch_open(&t);
        assert_int_equal(io_create_new(t.directory, "out.bin", 0600, &fd, &err), HZ_OK);
        const struct w_stream_config config = {
            .fd = fd, .compress = hows[i], .threads = 2, .recipients = recipients, .recipient_count = 2
        };
        assert_int_equal(w_stream_open(&s, &config, &err), HZ_OK);
        assert_int_equal(w_stream_zeros(s, 5000000, &err), HZ_OK);
        assert_int_equal(w_stream_end(s, sha256, &written, &err), HZ_OK);
        w_stream_close(s);
        assert_int_equal(io_rewind(fd, &err), HZ_OK);
        assert_int_equal(io_read_all(fd, &file, &err), HZ_OK);
        assert_non_null(buf_text(&file));
        assert_int_equal(written, file.len);
        assert_int_equal(w_digest_hex_of(file.data, file.len, expected, &err), HZ_OK);
        assert_string_equal(sha256, expected);
        assert_true(age_open(&file, secrets[1], &plain));
        if (hows[i] == W_COMPRESS_NONE)
            assert_int_equal(plain.len, 5000000);
        else
            assert_memory_equal(plain.data, hows[i] == W_COMPRESS_GZIP ? "\x1f\x8b" : "\x28\xb5", 2);
        io_close(&fd);
        scratch_close(&t, left);
        buf_free(&file);
        buf_free(&plain);
    }
    buf_free(&texts[0]);
    buf_free(&texts[1]);
}

TEST_MAIN(cmocka_unit_test(published_payloads), cmocka_unit_test(whole_files), cmocka_unit_test(keys_are_made_anew),
          cmocka_unit_test(wrong_recipients), cmocka_unit_test(a_sink_that_is_full),
          cmocka_unit_test(a_stream_of_a_bundle))
