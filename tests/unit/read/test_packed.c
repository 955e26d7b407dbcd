/* Compressed bundles: frames are judged the same however their bytes arrive, and helping threads change nothing of what
 * is found. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "formats/read/frame.h"
#include "tests/unit/read/sample.h"
#include "tests/unit/test.h"

/* --- threads and pipes: the same findings ------------------------------------------------------------------------- */

static void same_text(const char *a, const char *b)
{
    assert_true((a == NULL) == (b == NULL));
    if (a)
        assert_string_equal(a, b);
}

static void same_list(const struct r_findings *a, const struct r_findings *b)
{
    size_t i;

    assert_int_equal(a->count, b->count);
    for (i = 0; i < a->count; i++) {
        const struct r_finding *x = &a->list[i], *y = &b->list[i];

        assert_true(x->code == y->code && x->why == y->why && x->offset == y->offset && x->a == y->a && x->b == y->b);
        same_text(x->path, y->path);
        same_text(x->original, y->original);
        same_text(x->after, y->after);
        same_text(x->text, y->text);
    }
}

static void same_run(const struct sample_run *a, const struct sample_run *b)
{
    const struct r_bundle_result *x = &a->result, *y = &b->result;

    assert_int_equal(a->code, b->code);
    same_list(&x->findings, &y->findings);
    same_list(&x->notices, &y->notices);
    assert_string_equal(x->name, y->name);
    assert_true(x->complete == y->complete && x->ended == y->ended && x->has_content_id == y->has_content_id);
    assert_true(x->files == y->files && x->bytes == y->bytes && a->signatures == b->signatures);
    assert_memory_equal(x->content_id, y->content_id, R_SHA256_SIZE);
    assert_memory_equal(x->file_sha256, y->file_sha256, R_SHA256_SIZE);
    if (x->complete)
        assert_int_equal(x->file_bytes, y->file_bytes);
}

static void read_each_way(const char *name)
{
    HZ_CLEANUP(buf_free) struct buf file = BUF_INIT((size_t)64 * 1024 * 1024);
    struct sample_run first, other;

    sample_bytes(&file, name);
    sample_read_by(&first, file.data, file.len, 0, 0);
    sample_read_by(&other, file.data, file.len, 0, 3);
    same_run(&first, &other);
    sample_run_free(&other);
    sample_read_by(&other, file.data, file.len, 7, 1);
    same_run(&first, &other);
    sample_run_free(&other);
    sample_run_free(&first);
}

static void each_way(const char *folder)
{
    const char *source = getenv("HOZEN_SOURCE");
    const struct dirent *entry;
    char path[4096];
    size_t files = 0;
    DIR *list;

    snprintf(path, sizeof path, "%s/formats/spec/vectors/%s", source ? source : ".", folder);
    list = opendir(path);
    assert_non_null(list);
    while ((entry = readdir(list))) {
        char name[512];

        if (entry->d_name[0] == '.')
            continue;
        snprintf(name, sizeof name, "%s/%s", folder, entry->d_name);
        read_each_way(name);
        files++;
    }
    closedir(list);
    assert_in_range(files, 20, 10000);
}

static void test_each_way(void **state)
{
    (void)state;
    each_way("good");
    each_way("bad");
}

/* --- the scanner alone -------------------------------------------------------------------------------------------- */

/* A frame of 5 bytes of content, single segment: one raw block */
#define HEAD 0x28, 0xb5, 0x2f, 0xfd, 0x24, 5
#define BLOCK(size, type, last) (unsigned char)((size) << 3 | (type) << 1 | (last)), 0, 0

static enum r_frame_answer scan(const unsigned char *bytes, size_t len, size_t *size)
{
    enum r_frame_answer answer = R_FRAME_MORE, at_once;
    struct r_frame slow, fast;
    size_t n;

    r_frame_begin(&slow);
    for (n = 0; n <= len && answer == R_FRAME_MORE; n++) {
        unsigned char *exact = malloc(n + 1); /* so that a sanitizer sees a look beyond what is there */

        assert_non_null(exact);
        memcpy(exact + 1, bytes, n);
        answer = r_frame_scan(&slow, exact + 1, n);
        free(exact);
    }
    r_frame_begin(&fast);
    at_once = r_frame_scan(&fast, bytes, len);
    assert_int_equal(answer, at_once);
    assert_true(answer != R_FRAME_WHOLE || slow.size == fast.size);
    *size = fast.size;
    return at_once;
}

static void test_frames(void **state)
{
    static const struct {
        unsigned char bytes[32];
        size_t len;
        enum r_frame_answer answer;
    } cases[] = {
        { { HEAD, BLOCK(5, 0, 1), 1, 2, 3, 4, 5, 9, 9, 9, 9, 0xff }, 19, R_FRAME_WHOLE },
        { { HEAD, BLOCK(5, 1, 1), 1, 9, 9, 9, 9 }, 14, R_FRAME_WHOLE },
        { { HEAD, BLOCK(5, 0, 0), 1, 2, 3, 4, 5, BLOCK(0, 0, 1), 9, 9, 9, 9 }, 21, R_FRAME_WHOLE },
        { { HEAD, BLOCK(5, 0, 1), 1, 2, 3, 4, 5, 9, 9, 9 }, 17, R_FRAME_MORE },
        { { HEAD, BLOCK(0, 0, 0) }, 9, R_FRAME_WRONG },                           /* empty, and not the last */
        { { HEAD, BLOCK(0, 1, 1) }, 9, R_FRAME_WRONG },                           /* a run of nothing */
        { { HEAD, BLOCK(0, 2, 1) }, 9, R_FRAME_WRONG },                           /* compressed nothing */
        { { HEAD, BLOCK(5, 3, 1) }, 9, R_FRAME_WRONG },                           /* reserved */
        { { HEAD, BLOCK(6, 0, 1) }, 9, R_FRAME_WRONG },                           /* larger than the window */
        { { 0x28, 0xb5, 0x2f, 0xfe }, 4, R_FRAME_WRONG },                         /* another magic */
        { { 0x28, 0xb5, 0x2f, 0xfd, 0x20, 5 }, 6, R_FRAME_WRONG },                /* no checksum */
        { { 0x28, 0xb5, 0x2f, 0xfd, 0x25 }, 5, R_FRAME_WRONG },                   /* a dictionary */
        { { 0x28, 0xb5, 0x2f, 0xfd, 0x2c }, 5, R_FRAME_WRONG },                   /* reserved bit */
        { { 0x28, 0xb5, 0x2f, 0xfd, 0x34 }, 5, R_FRAME_WRONG },                   /* unused bit */
        { { 0x28, 0xb5, 0x2f, 0xfd, 0x04, 0 }, 6, R_FRAME_WRONG },                /* no content size */
        { { 0x28, 0xb5, 0x2f, 0xfd, 0x24, 0 }, 6, R_FRAME_WRONG },                /* nothing inside */
        { { 0x28, 0xb5, 0x2f, 0xfd, 0xa4, 1, 0, 0x20, 0 }, 9, R_FRAME_LIMIT },    /* 2 MiB and a byte */
        { { 0x28, 0xb5, 0x2f, 0xfd, 0xa4, 0, 0, 0x20, 0 }, 9, R_FRAME_MORE },     /* 2 MiB */
        { { 0x28, 0xb5, 0x2f, 0xfd, 0x84, 0x69 }, 6, R_FRAME_LIMIT },             /* a window of 9 MiB */
        { { 0x28, 0xb5, 0x2f, 0xfd, 0x84, 0x68, 0, 0, 1, 0 }, 10, R_FRAME_MORE }, /* of 8 MiB */
        { { 0x28, 0xb5, 0x2f, 0xfd, 0xe4, 1, 0, 0, 0, 0, 0, 0, 0x80 }, 13, R_FRAME_LIMIT },
    };
    size_t i, size;

    (void)state;
    for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        enum r_frame_answer answer = scan(cases[i].bytes, cases[i].len, &size);

        if (answer != cases[i].answer)
            fail_msg("case %zu: answer %d", i, (int)answer);
    }
    assert_int_equal(scan(cases[0].bytes, cases[0].len, &size), R_FRAME_WHOLE);
    assert_int_equal(size, 18); /* what follows is not its own */
}

/* A frame of blocks of one byte each is longer than any frame may be long before it ends */
static void test_too_long(void **state)
{
    static const unsigned char head[] = { 0x28, 0xb5, 0x2f, 0xfd, 0x64, 0x90, 0x01 }; /* 656 bytes: at most 722 */
    unsigned char bytes[1024];
    size_t n = sizeof head, size;

    (void)state;
    memcpy(bytes, head, n);
    for (; n + 4 <= sizeof bytes; n += 4)
        memcpy(bytes + n, "\x08\0\0x", 4);
    assert_int_equal(scan(bytes, 719, &size), R_FRAME_MORE);
    assert_int_equal(scan(bytes, sizeof bytes, &size), R_FRAME_WRONG);
}

TEST_MAIN(cmocka_unit_test(test_frames), cmocka_unit_test(test_too_long), cmocka_unit_test(test_each_way))
