/* The two sides of the reader, and what a hostile child can do to its parent: nothing but make it give up. */
#include "tests/unit/verify/served.h"

#include "base/jail.h"

struct seen {
    size_t files, ends, rows, objects, absent;
    uint64_t promised, bytes;
};

static int on_file(void *context, const char *path, uint64_t size, struct hz_error *err)
{
    struct seen *s = context;

    (void)err;
    assert_memory_equal(path, "data/", 5);
    s->files++;
    s->promised += size;
    return HZ_OK;
}

static int on_data(void *context, const void *bytes, size_t len, struct hz_error *err)
{
    (void)bytes;
    (void)err;
    ((struct seen *)context)->bytes += len;
    return HZ_OK;
}

static int on_file_end(void *context, struct hz_error *err)
{
    (void)err;
    ((struct seen *)context)->ends++;
    return HZ_OK;
}

static int on_row(void *context, const struct reader_row *row, struct hz_error *err)
{
    struct seen *s = context;

    (void)err;
    s->rows++;
    s->objects += row->kind == READER_OBJECT;
    s->absent += row->kind == READER_ABSENT;
    return HZ_OK;
}

static struct reader_listener listener(struct seen *s)
{
    return (struct reader_listener) {
        .context = s, .file = on_file, .data = on_data, .file_end = on_file_end, .row = on_row
    };
}

static void check_seen(const struct seen *s, const struct account *a)
{
    assert_int_equal(s->files, 4);
    assert_int_equal(s->ends, 4);
    assert_int_equal(s->bytes, 118);
    assert_int_equal(s->promised, s->bytes);
    assert_true(s->rows == 6 && s->objects == 1 && s->absent == 1);
    assert_string_equal(a->result.name, "SAMPLE-1");
    assert_true(a->result.complete && a->result.ended && a->result.has_content_id && a->result.file_bytes == 30720);
    assert_int_equal(a->signature_count, 1);
    assert_true(a->acquisition.known && a->acquisition.complete && a->acquisition.key_count == 1);
    assert_string_equal(a->acquisition.operator_name, "Sato Hanako");
    assert_int_equal(a->result.absences[1], 1);
    assert_int_equal(a->result.findings.count, 0);
}

static void test_both_sides(void **state)
{
    HZ_CLEANUP(buf_free) struct buf messages = BUF_INIT(SERVED_ROOM);
    struct seen s = { 0 };
    struct reader_listener ears = listener(&s);
    struct account a;

    (void)state;
    served_messages("good/p256.tar", true, true, &messages);
    account_init(&a);
    assert_int_equal(served_listen(messages.data, messages.len, &ears, &a, NULL), HZ_OK);
    check_seen(&s, &a);
    account_free(&a);
}

/* The record goes out as it came in: the parent takes nothing from the child but one value of canonical JSON */
static void test_record_is_json(void **state)
{
    static const char mark[] = "{\"case\":\"INC-2016-001\"";
    HZ_CLEANUP(buf_free) struct buf messages = BUF_INIT(SERVED_ROOM);
    const struct reader_listener ears = { .context = NULL };
    unsigned char *record;
    struct account a;

    (void)state;
    served_messages("good/p256.tar", true, true, &messages);
    record = memmem(messages.data, messages.len, mark, sizeof mark - 1);
    assert_non_null(record);
    record[1] = ' ';
    account_init(&a);
    assert_int_equal(served_listen(messages.data, messages.len, &ears, &a, NULL), HZ_E_FORMAT);
    assert_false(a.acquisition.known);
    account_free(&a);
    record[1] = '"';
    account_init(&a);
    assert_int_equal(served_listen(messages.data, messages.len, &ears, &a, NULL), HZ_OK);
    assert_memory_equal(a.acquisition.record.data, mark, sizeof mark - 1);
    assert_int_equal(a.acquisition.record.data[a.acquisition.record.len - 1], '}');
    account_free(&a);
}

static void test_in_jail(void **state)
{
    struct seen s = { 0 };
    struct reader_listener ears = listener(&s);
    struct account a;
    char path[4096];
    int fd;

    (void)state;
    served_path(path, sizeof path, "good/p256.tar");
    assert_int_equal(io_open_input(path, &fd, NULL), HZ_OK);
    account_init(&a);
    assert_int_equal(reader_run(fd, &ears, &a, NULL), HZ_OK);
    check_seen(&s, &a);
    assert_true(a.jail & JAIL_NO_NEW_PRIVS);
    account_free(&a);
    io_close(&fd);
}

static void test_findings_arrive(void **state)
{
    struct account a;

    (void)state;
    served_account("bad/content-altered.tar", &a);
    assert_int_equal(a.result.findings.count, 1);
    assert_int_equal(a.result.findings.list[0].code, R_PAYLOAD_ALTERED);
    assert_string_equal(a.result.findings.list[0].path, "data/files/etc/passwd");
    assert_string_equal(a.result.findings.list[0].original, "/etc/passwd");
    account_free(&a);
}

static int refuse(void *context, const struct reader_row *row, struct hz_error *err)
{
    (void)context;
    (void)row;
    return hz_error_set(err, HZ_E_IO, "disk full");
}

/* What the listener says is what the caller hears, not that the child found its pipe closed */
static void test_listener_fails(void **state)
{
    const struct reader_listener ears = { .row = refuse };
    struct hz_error err = { .code = HZ_OK };
    struct account a;
    char path[4096];
    int fd;

    (void)state;
    served_path(path, sizeof path, "good/p256.tar");
    assert_int_equal(io_open_input(path, &fd, NULL), HZ_OK);
    account_init(&a);
    assert_int_equal(reader_run(fd, &ears, &a, &err), HZ_E_IO);
    assert_string_equal(err.text, "disk full");
    account_free(&a);
    io_close(&fd);
}

/* A descriptor that cannot be read: the child says so */
static void test_child_fails(void **state)
{
    const struct reader_listener ears = { .context = NULL };
    struct hz_error err = { .code = HZ_OK };
    struct account a;
    int fd;

    (void)state;
    assert_int_equal(io_open_directory("/tmp", &fd, NULL), HZ_OK);
    account_init(&a);
    assert_int_equal(reader_run(fd, &ears, &a, &err), HZ_E_IO);
    assert_true(err.text[0]);
    account_free(&a);
    io_close(&fd);
}

/* Cut anywhere the stream is an error, also at the end of a message */
static void test_cut(void **state)
{
    HZ_CLEANUP(buf_free) struct buf messages = BUF_INIT(SERVED_ROOM);
    size_t len;

    (void)state;
    served_messages("bad/content-altered.tar", true, true, &messages);
    for (len = 0; len < messages.len; len++) {
        struct seen s = { 0 };
        struct reader_listener ears = listener(&s);
        struct account a;

        account_init(&a);
        assert_int_not_equal(served_listen(messages.data, len, &ears, &a, NULL), HZ_OK);
        account_free(&a);
    }
}

/* Every byte changed, and messages repeated: the parent gives up or goes on, within its bounds (the sanitizers look) */
static void test_hostile_child(void **state)
{
    HZ_CLEANUP(buf_free) struct buf messages = BUF_INIT(SERVED_ROOM);
    static const unsigned char changes[] = { 0x01, 0x80, 0xff };
    size_t at, i, refused = 0;

    (void)state;
    served_messages("bad/content-altered.tar", true, true, &messages);
    for (at = 0; at < messages.len; at++)
        for (i = 0; i < sizeof changes; i++) {
            struct reader_listener ears = { .context = NULL };
            struct account a;

            messages.data[at] ^= changes[i];
            account_init(&a);
            refused += served_listen(messages.data, messages.len, &ears, &a, NULL) != HZ_OK;
            assert_in_range(a.signature_count, 0, R_BUNDLE_SIGNATURES);
            account_free(&a);
            messages.data[at] ^= changes[i];
        }
    assert_in_range(refused, 1, messages.len * sizeof changes);
}

/* --- messages in an order, or of a size, that no honest child sends
 * ---------------------------------------------------- */

static void put_letter(struct wire_out *w, char letter)
{
    switch (letter) {
    case 'j':
        wire_begin(w, WIRE_JAIL);
        wire_u32(w, 0);
        break;
    case 'f':
        wire_begin(w, WIRE_FILE);
        wire_string(w, "data/files/x");
        wire_u64(w, 3);
        break;
    case 'd':
        wire_begin(w, WIRE_DATA);
        wire_bytes(w, "ab", 2);
        break;
    default:
        wire_begin(w, WIRE_FILE_END);
        break;
    }
    assert_int_equal(wire_end(w, NULL), HZ_OK);
}

static int say(const char *script)
{
    const struct reader_listener ears = { .context = NULL };
    struct wire_out w;
    struct account a;
    int spool = served_spool(), code;

    wire_open(&w, spool);
    for (; *script; script++)
        put_letter(&w, *script);
    assert_int_equal(wire_flush(&w, NULL), HZ_OK);
    wire_close(&w);
    assert_int_equal(io_rewind(spool, NULL), HZ_OK);
    account_init(&a);
    code = reader_listen(spool, &ears, &a, NULL);
    account_free(&a);
    io_close(&spool);
    return code;
}

static void test_order(void **state)
{
    (void)state;
    assert_int_equal(say("jfd"), HZ_E_IO); /* in order, but it ends there */
    assert_int_equal(say("f"), HZ_E_FORMAT);
    assert_int_equal(say("jj"), HZ_E_FORMAT);
    assert_int_equal(say("jd"), HZ_E_FORMAT);
    assert_int_equal(say("je"), HZ_E_FORMAT);
    assert_int_equal(say("jff"), HZ_E_FORMAT);
    assert_int_equal(say("jfdd"), HZ_E_FORMAT); /* four bytes of three */
    assert_int_equal(say("jfde"), HZ_E_FORMAT); /* two of three */
}

/* Nothing may follow the result, not even a message that could stand before it */
static void test_after_the_result(void **state)
{
    HZ_CLEANUP(buf_free) struct buf messages = BUF_INIT(SERVED_ROOM);
    const struct reader_listener ears = { .context = NULL };
    struct wire_out w;
    struct account a;
    int i, spool = served_spool();

    (void)state;
    served_messages("good/p256.tar", false, false, &messages);
    wire_open(&w, spool);
    wire_begin(&w, WIRE_NOTICE);
    wire_u32(&w, R_NOTE_UNKNOWN_SOURCE);
    wire_u32(&w, R_WHY_UNKNOWN_SOURCE);
    for (i = 0; i < 3; i++)
        wire_u64(&w, 0);
    for (i = 0; i < 4; i++)
        wire_string(&w, NULL);
    assert_int_equal(wire_end(&w, NULL), HZ_OK);
    buf_put(&messages, w.pending.data, w.pending.len);
    wire_close(&w);
    io_close(&spool);
    account_init(&a);
    assert_int_equal(served_listen(messages.data, messages.len, &ears, &a, NULL), HZ_E_FORMAT);
    account_free(&a);
}

TEST_MAIN(cmocka_unit_test(test_both_sides), cmocka_unit_test(test_record_is_json), cmocka_unit_test(test_in_jail),
          cmocka_unit_test(test_findings_arrive), cmocka_unit_test(test_listener_fails),
          cmocka_unit_test(test_child_fails), cmocka_unit_test(test_cut), cmocka_unit_test(test_hostile_child),
          cmocka_unit_test(test_after_the_result), cmocka_unit_test(test_order))
