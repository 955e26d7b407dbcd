/* Facts and entries from a jailed reader that lies: refused, and nobody is told. */
#include "tests/unit/verify/served.h"

#include "verify/wire.h"

struct told {
    unsigned facts, listings, rows;
};

static int on_fact(void *context, enum fact_kind kind, struct wire_bytes name, struct wire_bytes value,
                   struct hz_error *err)
{
    (void)err;
    assert_in_range(kind, FACT_ACCOUNTS, FACT_KINDS - 1);
    assert_in_range(name.len, 1, FACT_NAME_MAX);
    assert_in_range(value.len, 2, FACT_VALUE_MAX);
    ((struct told *)context)->facts++;
    return HZ_OK;
}

static int on_listing(void *context, size_t listing, bool whole, uint64_t left, struct hz_error *err)
{
    (void)err;
    (void)whole;
    (void)left;
    assert_in_range(listing, 0, FACT_LISTINGS - 1);
    ((struct told *)context)->listings++;
    return HZ_OK;
}

static int on_row(void *context, const struct reader_row *row, struct hz_error *err)
{
    (void)err;
    assert_int_equal(strlen(row->stat.mode), 4);
    ((struct told *)context)->rows++;
    return HZ_OK;
}

static void open_wire(struct wire_out *w)
{
    wire_open(w, served_spool());
    wire_begin(w, WIRE_JAIL);
    wire_u32(w, 0);
    assert_int_equal(wire_end(w, NULL), HZ_OK);
}

/* What the parent says of what was put in; *told: what it told */
static int listen_to(struct wire_out *w, struct told *told)
{
    const struct reader_listener ears = { .context = told, .fact = on_fact, .listing = on_listing, .row = on_row };
    struct account a;
    int code;

    assert_int_equal(wire_end(w, NULL), HZ_OK);
    assert_int_equal(wire_flush(w, NULL), HZ_OK);
    assert_int_equal(io_rewind(w->fd, NULL), HZ_OK);
    account_init(&a);
    code = reader_listen(w->fd, &ears, &a, NULL);
    account_free(&a);
    io_close(&w->fd);
    wire_close(w);
    return code;
}

static int say_fact(uint32_t kind, const char *name, size_t name_len, const char *value, size_t value_len,
                    struct told *told)
{
    struct wire_out w;

    open_wire(&w);
    wire_begin(&w, WIRE_FACT);
    wire_u32(&w, kind);
    wire_bytes(&w, name, name_len);
    wire_bytes(&w, value, value_len);
    return listen_to(&w, told);
}

/* A stream without a result is an error all the same: what counts is which, and whether it was told */
static void fact(uint32_t kind, const char *name, const char *value, bool good)
{
    struct told told = { 0 };

    assert_int_equal(say_fact(kind, name, strlen(name), value, strlen(value), &told), good ? HZ_E_IO : HZ_E_FORMAT);
    assert_int_equal(told.facts, good);
}

static void test_facts(void **state)
{
    char *large = malloc(FACT_VALUE_MAX + 1);
    struct told told = { 0 };

    (void)state;
    fact(FACT_ACCOUNTS, "root", "{}", true);
    fact(FACT_PACKAGES, "\xe8\xa8\xbc", "{\"a\":[1,{\"b\":true}]}", true);
    fact(FACT_FILES, "root", "{}", false);
    fact(FACT_KINDS, "root", "{}", false);
    fact(UINT32_MAX, "root", "{}", false);
    fact(FACT_ACCOUNTS, "", "{}", false);
    fact(FACT_ACCOUNTS, "\xff", "{}", false);
    fact(FACT_ACCOUNTS, "root", "", false);
    fact(FACT_ACCOUNTS, "root", "[]", false);
    fact(FACT_ACCOUNTS, "root", "{} ", false);
    fact(FACT_ACCOUNTS, "root", "{}{}", false);
    fact(FACT_ACCOUNTS, "root", "{\"b\":1,\"a\":1}", false);
    fact(FACT_ACCOUNTS, "root", "{\"a\":\"\x1b\"}", false);
    assert_non_null(large);
    memset(large, 'a', FACT_VALUE_MAX + 1);
    assert_int_equal(say_fact(FACT_ACCOUNTS, large, FACT_NAME_MAX, "{}", 2, &told), HZ_E_IO);
    assert_int_equal(say_fact(FACT_ACCOUNTS, large, FACT_NAME_MAX + 1, "{}", 2, &told), HZ_E_FORMAT);
    memcpy(large, "{\"a\":\"", 6);
    memcpy(large + FACT_VALUE_MAX - 2, "\"}", 2);
    assert_int_equal(say_fact(FACT_ACCOUNTS, "a", 1, large, FACT_VALUE_MAX, &told), HZ_E_IO);
    memcpy(large + FACT_VALUE_MAX - 2, "a\"}", 3);
    assert_int_equal(say_fact(FACT_ACCOUNTS, "a", 1, large, FACT_VALUE_MAX + 1, &told), HZ_E_FORMAT);
    assert_int_equal(told.facts, 2);
    free(large);
}

static void listing(uint32_t which, uint32_t whole, bool good)
{
    struct told told = { 0 };
    struct wire_out w;

    open_wire(&w);
    wire_begin(&w, WIRE_LISTING);
    wire_u32(&w, which);
    wire_u32(&w, whole);
    wire_u64(&w, 0);
    assert_int_equal(listen_to(&w, &told), good ? HZ_E_IO : HZ_E_FORMAT);
    assert_int_equal(told.listings, good);
}

static void test_listings(void **state)
{
    (void)state;
    listing(0, 0, true);
    listing(FACT_LISTINGS - 1, 1, true);
    listing(FACT_LISTINGS, 1, false);
    listing(UINT32_MAX, 1, false);
    listing(0, 2, false);
}

static void row(const char mode[R_STAT_MODE], bool good)
{
    const struct stamp time = { 0 };
    unsigned char digest[R_SHA256_SIZE] = { 0 };
    struct told told = { 0 };
    struct wire_out w;

    open_wire(&w);
    wire_begin(&w, WIRE_ROW);
    wire_u32(&w, READER_OBJECT);
    wire_bytes(&w, "", 0);
    wire_u32(&w, true);
    wire_bytes(&w, "/d", 2);
    wire_bytes(&w, "", 0);
    wire_bytes(&w, "files", 5);
    wire_bytes(&w, "directory", 9);
    for (int i = 0; i < 3; i++)
        wire_bytes(&w, "", 0); /* more, the same raw, method */
    wire_u32(&w, true);
    wire_fixed(&w, mode, R_STAT_MODE);
    wire_u32(&w, 0);
    wire_u32(&w, 0);
    for (int i = 0; i < 3; i++)
        wire_stamp(&w, time);
    wire_u32(&w, false);
    wire_stamp(&w, time);
    wire_u64(&w, 0);
    wire_u64(&w, 0);
    wire_fixed(&w, digest, sizeof digest);
    assert_int_equal(listen_to(&w, &told), good ? HZ_E_IO : HZ_E_FORMAT);
    assert_int_equal(told.rows, good);
}

static void test_modes(void **state)
{
    (void)state;
    row("0755", true);
    row("0788", false);
    row("07\0\0", false);
    row((const char[R_STAT_MODE]) { '0', '7', '5', '5', '5' }, false);
    row("\x1b[m0", false);
}

TEST_MAIN(cmocka_unit_test(test_facts), cmocka_unit_test(test_listings), cmocka_unit_test(test_modes))
