#include "collector/network/net_conntrack.h"
#include "collector/network/net_room.h"
#include "collector/network/net_rows.h"
#include "collector/network/net_socket.h"
#include "tests/unit/test.h"

static struct net_claim claim_of(size_t bytes)
{
    struct net_claim c = { .room = NULL };
    struct hz_error err;
    assert_int_equal(net_room_new(&c.room, bytes, &err), HZ_OK);
    return c;
}

static void test_claims(void **state)
{
    (void)state;
    struct net_claim a = claim_of(1000), b = { .room = net_room_hold(a.room) }, free_of = { .room = NULL };
    assert_true(net_claim_take(&free_of, SIZE_MAX, 0));
    assert_true(net_claim_take(&a, 600, 1000));
    assert_false(net_claim_take(&a, 401, 1000)); /* at once: it has most of it itself */
    assert_false(net_claim_take(&a, 1, 600));    /* of this kind no more is kept */
    assert_true(net_claim_take(&b, 400, SIZE_MAX));
    assert_false(net_claim_take(&a, 1, 1000));
    net_claim_give(&b, 400);
    assert_true(net_claim_take(&a, 400, 1000));
    assert_int_equal(a.bytes, 1000);
    net_claim_give(&a, 1001); /* more than it has is none of it */
    assert_int_equal(a.bytes, 1000);
    net_claim_give(&a, 1000);
    assert_true(net_claim_take(&b, 1000, 1000));
    net_room_let_go(a.room);
    net_claim_give(&b, 1000);
    net_room_let_go(b.room);
    net_room_let_go(NULL);
}

static void test_sockets(void **state)
{
    (void)state;
    struct net_claim c = claim_of(2 * sizeof(struct net_socket) + 1);
    struct net_sockets l = { .claim = &c };
    struct net_socket *s = NULL;
    struct hz_error err;
    for (int i = 0; i < 4; i++) {
        assert_int_equal(net_sockets_add(&l, &s, &err), HZ_OK);
        assert_int_equal(s != NULL, i < 2);
    }
    assert_int_equal(l.count, 2);
    assert_int_equal(l.dropped, 2);
    net_sockets_cut(&l, 1);
    assert_int_equal(c.bytes, sizeof(struct net_socket));
    assert_int_equal(net_sockets_add(&l, &s, &err), HZ_OK);
    assert_non_null(s);
    net_sockets_free(&l);
    assert_int_equal(l.dropped, 2); /* is told after all is written */
    net_room_let_go(c.room);
}

static void test_rows(void **state)
{
    (void)state;
    struct net_claim c = claim_of(100);
    struct net_rows rows;
    struct hz_error err;
    size_t len;
    net_rows_init(&rows, &c);
    for (int i = 0; i < 3; i++) {
        struct net_line line;
        net_line_begin(&line, &rows, "k", 1);
        json_member_int(&line.json, "n", i);
        buf_puts(&line.text, "n\n");
        assert_int_equal(net_line_end(&line, &err), HZ_OK);
    }
    assert_int_equal(rows.count, 2); /* 1 + 8 + 2 bytes and what says where they are */
    assert_int_equal(rows.dropped, 1);
    assert_memory_equal(net_row_json(&rows, 1, &len), "{\"n\":1}\n", 8);
    net_rows_empty(&rows);
    assert_int_equal(c.bytes, 0);
    assert_int_equal(rows.dropped, 0);
    net_rows_free(&rows);
    net_room_let_go(c.room);
}

static void test_connections(void **state)
{
    (void)state;
    struct net_claim c = claim_of(3 * sizeof(struct net_connection));
    struct net_connections l = { .claim = &c };
    struct hz_error err;
    for (uint16_t i = 0; i < 5; i++) {
        const struct net_connection one = { .original = { .source_port = (uint16_t)(9 - i) } };
        assert_int_equal(net_connections_add(&l, &one, &err), HZ_OK);
    }
    assert_int_equal(l.count, 3);
    assert_int_equal(l.dropped, 2);
    net_connections_sort(&l);
    assert_int_equal(l.list[0].original.source_port, 7);
    assert_int_equal(l.list[2].original.source_port, 9);
    net_connections_cut(&l, 0);
    assert_int_equal(c.bytes, 0);
    net_connections_free(&l);
    net_room_let_go(c.room);
}

TEST_MAIN(cmocka_unit_test(test_claims), cmocka_unit_test(test_sockets), cmocka_unit_test(test_rows),
          cmocka_unit_test(test_connections))
