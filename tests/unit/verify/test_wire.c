#include "verify/wire.h"

#include "tests/unit/verify/served.h"

/* One message of two integers, a text, an absent text, bytes and a time */
static void put_message(struct wire_out *w)
{
    wire_begin(w, WIRE_FINDING);
    wire_u32(w, 7);
    wire_u64(w, UINT64_MAX);
    wire_string(w, "text");
    wire_string(w, NULL);
    wire_string(w, "");
    wire_bytes(w, "b\0b", 3);
    wire_stamp(w, (struct stamp) { -5, 999999999 });
    assert_int_equal(wire_end(w, NULL), HZ_OK);
}

static void check_message(struct wire_in *in)
{
    struct wire_bytes bytes;
    struct stamp time;

    assert_int_equal(in->type, WIRE_FINDING);
    assert_int_equal(wire_get_u32(in), 7);
    assert_true(wire_get_u64(in) == UINT64_MAX);
    assert_string_equal(wire_get_string(in), "text");
    assert_null(wire_get_string(in));
    assert_false(in->bad);
    assert_string_equal(wire_get_string(in), "");
    bytes = wire_get_bytes(in);
    assert_int_equal(bytes.len, 3);
    assert_memory_equal(bytes.at, "b\0b", 3);
    assert_false(wire_done(in));
    time = wire_get_stamp(in);
    assert_true(time.seconds == -5 && time.nanoseconds == 999999999);
    assert_true(wire_done(in));
    assert_int_equal(wire_get_u32(in), 0);
    assert_false(wire_done(in));
}

static void test_round_trip(void **state)
{
    HZ_CLEANUP(buf_free) struct buf payload = BUF_INIT(WIRE_PAYLOAD_MAX);
    struct wire_out w;
    struct wire_in in;
    bool ended;
    int fd = served_spool();

    (void)state;
    wire_open(&w, fd);
    put_message(&w);
    put_message(&w);
    assert_int_equal(wire_flush(&w, NULL), HZ_OK);
    wire_close(&w);
    assert_int_equal(io_rewind(fd, NULL), HZ_OK);
    assert_int_equal(wire_receive(fd, &payload, &in, &ended, NULL), HZ_OK);
    assert_false(ended);
    check_message(&in);
    assert_int_equal(wire_receive(fd, &payload, &in, &ended, NULL), HZ_OK);
    check_message(&in);
    assert_int_equal(wire_receive(fd, &payload, &in, &ended, NULL), HZ_OK);
    assert_true(ended);
    io_close(&fd);
}

static int receive(const void *bytes, size_t len)
{
    HZ_CLEANUP(buf_free) struct buf payload = BUF_INIT(WIRE_PAYLOAD_MAX);
    struct wire_in in;
    bool ended;
    int fd = served_spool(), code;

    assert_int_equal(io_write(fd, bytes, len, NULL), HZ_OK);
    assert_int_equal(io_rewind(fd, NULL), HZ_OK);
    code = wire_receive(fd, &payload, &in, &ended, NULL);
    io_close(&fd);
    return code;
}

static void test_hostile_headers(void **state)
{
    const uint32_t good[] = { 4, WIRE_RESULT, 1 }, type[] = { 0, WIRE_ERROR + 1 },
                   long_one[] = { UINT32_MAX, WIRE_DATA }, over[] = { WIRE_PAYLOAD_MAX + 1, WIRE_DATA };

    (void)state;
    assert_int_equal(receive(good, sizeof good), HZ_OK);
    assert_int_equal(receive(good, sizeof good - 1), HZ_E_FORMAT);
    assert_int_equal(receive(good, 8), HZ_E_FORMAT);
    assert_int_equal(receive(good, 7), HZ_E_FORMAT);
    assert_int_equal(receive(good, 1), HZ_E_FORMAT);
    assert_int_equal(receive(type, sizeof type), HZ_E_FORMAT);
    assert_int_equal(receive(long_one, sizeof long_one), HZ_E_FORMAT);
    assert_int_equal(receive(over, sizeof over), HZ_E_FORMAT);
}

static struct wire_in payload_of(const void *bytes, size_t len)
{
    return (struct wire_in) { .type = WIRE_FILE, .at = bytes, .len = len };
}

static void test_hostile_payloads(void **state)
{
    static const unsigned char no_nul[] = { 1, 0, 0, 0, 'a' }, inner_nul[] = { 3, 0, 0, 0, 'a', 0, 0 },
                               empty[] = { 0, 0, 0, 0 }, over[] = { 9, 0, 0, 0, 'a', 0 }, truth[] = { 2, 0, 0, 0 },
                               late[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xca, 0x9a, 0x3b };
    struct wire_in in;

    (void)state;
    in = payload_of(no_nul, sizeof no_nul);
    assert_true(!wire_get_string(&in) && in.bad);
    in = payload_of(inner_nul, sizeof inner_nul);
    assert_true(!wire_get_string(&in) && in.bad);
    in = payload_of(empty, sizeof empty);
    assert_true(!wire_get_string(&in) && in.bad);
    in = payload_of(over, sizeof over);
    assert_true(!wire_get_bytes(&in).len && in.bad);
    in = payload_of(truth, sizeof truth);
    assert_true(!wire_get_bool(&in) && in.bad);
    in = payload_of(late, sizeof late);
    assert_true(wire_get_stamp(&in).nanoseconds == 0 && in.bad);
}

TEST_MAIN(cmocka_unit_test(test_round_trip), cmocka_unit_test(test_hostile_headers),
          cmocka_unit_test(test_hostile_payloads))
