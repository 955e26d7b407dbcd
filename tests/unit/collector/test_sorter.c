#include "collector/sorter.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/io_open.h"
#include "tests/unit/base/folder.h"

#ifdef HOZEN_SANITIZED
#define MANY 150000
#else
#define MANY 1000000
#endif

struct given {
    char raw[24], mapped[24];
};

/* Names whose order is neither that of their numbers nor that of their raw bytes. */
static struct name name_of(uint32_t number, struct given *g)
{
    uint32_t mixed = number * UINT32_C(2654435761);
    snprintf(g->raw, sizeof g->raw, "%c%08x", (number & 1) != 0 ? 'N' : 'n', mixed);
    snprintf(g->mapped, sizeof g->mapped, "%c%08x%s", (number & 2) != 0 ? 'N' : 'n', mixed,
             number % 3 == 0 ? "=2B" : "");
    return (struct name) { g->raw, g->mapped, strlen(g->raw), strlen(g->mapped), number % 5 == 0, number % 7 == 0 };
}

static int by_name(const void *a, const void *b)
{
    struct given x, y;
    const struct name m = name_of(*(const uint32_t *)a, &x), n = name_of(*(const uint32_t *)b, &y);
    return name_order(&m, &n);
}

static void add(struct sorter *s, uint32_t number)
{
    struct hz_error err;
    struct given g;
    const struct name name = name_of(number, &g);
    assert_int_equal(sorter_add(s, &name, &err), HZ_OK);
    assert_true(sorter_store_memory(s->store) <= SORTER_MEMORY);
}

static void expect(struct sorter *s, uint32_t number)
{
    struct hz_error err;
    struct given g;
    struct name got;
    const struct name want = name_of(number, &g);
    bool more = false;
    assert_int_equal(sorter_next(s, &got, &more, &err), HZ_OK);
    assert_true(more);
    assert_string_equal(got.raw, want.raw);
    assert_string_equal(got.mapped, want.mapped);
    assert_true(got.raw_len == want.raw_len && got.mapped_len == want.mapped_len);
    assert_true(got.member == want.member && got.regular == want.regular);
    assert_true(sorter_store_memory(s->store) <= SORTER_MEMORY);
}

static void expect_end(struct sorter *s)
{
    struct hz_error err;
    struct name got;
    bool more = true;
    assert_int_equal(sorter_next(s, &got, &more, &err), HZ_OK);
    assert_false(more);
}

static uint32_t *numbers(uint32_t count)
{
    uint32_t *n = malloc(count * sizeof *n);
    assert_non_null(n);
    for (uint32_t i = 0; i < count; i++)
        n[i] = i;
    qsort(n, count, sizeof *n, by_name);
    return n;
}

static void fill(struct sorter *s, struct sorter_store *store, uint32_t count)
{
    struct hz_error err;
    sorter_init(s, store);
    for (uint32_t i = 0; i < count; i++)
        add(s, i);
    assert_int_equal(sorter_end(s, &err), HZ_OK);
}

static void sorts(uint32_t count, int directory, bool spills)
{
    struct sorter_store store;
    struct sorter s;
    uint32_t *want = numbers(count);
    sorter_store_open(&store, directory, SORTER_MEMORY);
    fill(&s, &store, count);
    assert_true((s.runs.count > 0) == spills);
    for (int round = 0; round < 2; round++) {
        for (uint32_t i = 0; i < count; i++)
            expect(&s, want[i]);
        expect_end(&s);
        sorter_rewind(&s);
    }
    sorter_free(&s);
    assert_int_equal(sorter_store_memory(&store), 0);
    assert_int_equal(store.runs.packed, 0);
    assert_int_equal(store.runs.end, 0);
    sorter_store_close(&store);
    free(want);
}

static void any_number_of_names(void **state)
{
    (void)state;
    struct hz_error err;
    int here = -1;
    assert_int_equal(io_open_directory(".", &here, &err), HZ_OK);
    sorts(0, here, false);
    sorts(1, here, false);
    sorts(1000, here, false);
    sorts(MANY, here, true);
    sorts(MANY / 3 + 150000, -1, true);
    io_close(&here);
}

/* As directories on the way of a walk: the older ones go out, and go on where they were. */
static void many_lists_at_once(int directory, uint32_t count)
{
    enum { LISTS = 12 };
    struct sorter_store store;
    static struct sorter s[LISTS];
    uint32_t *want = numbers(count), first = 0;
    sorter_store_open(&store, directory, SORTER_MEMORY);
    for (uint32_t k = 0; k < LISTS; k++) {
        fill(&s[k], &store, count);
        for (uint32_t i = 0; i < k * 100; i++)
            expect(&s[k], want[i]);
    }
    for (uint32_t k = LISTS; k-- > 1;) {
        for (uint32_t i = k * 100; i < count; i++) {
            expect(&s[k], want[i]);
            if (i % 10000 == 0)
                expect(&s[0], want[first++]);
        }
        expect_end(&s[k]);
        sorter_free(&s[k]);
    }
    while (first < count)
        expect(&s[0], want[first++]);
    expect_end(&s[0]);
    sorter_free(&s[0]);
    assert_int_equal(sorter_store_memory(&store), 0);
    assert_int_equal(store.runs.end, 0);
    sorter_store_close(&store);
    free(want);
}

static void lists_go_out_and_come_back(void **state)
{
    (void)state;
    struct hz_error err;
    int here = -1;
    assert_int_equal(io_open_directory(".", &here, &err), HZ_OK);
    many_lists_at_once(here, 100001);
    many_lists_at_once(-1, 50001);
    io_close(&here);
}

static void where_there_is_no_room_the_first_are_kept(void **state)
{
    (void)state;
    struct hz_error err;
    struct sorter_store store;
    struct sorter s;
    struct name got;
    struct given g;
    bool more = true;
    uint32_t added = 0, read = 0;
    sorter_store_open(&store, -1, SORTER_MEMORY);
    store.runs.packed_max = 3000000;
    sorter_init(&s, &store);
    for (;; added++) {
        const struct name name = name_of(added, &g);
        int rc = sorter_add(&s, &name, &err);
        if (rc != HZ_OK) {
            assert_int_equal(rc, HZ_E_LIMIT);
            break;
        }
    }
    assert_int_equal(sorter_end(&s, &err), HZ_E_LIMIT);
    char last[24] = "";
    while (sorter_next(&s, &got, &more, &err) == HZ_OK && more) {
        assert_true(strcasecmp(last, got.mapped) < 0);
        snprintf(last, sizeof last, "%s", got.mapped);
        read++;
    }
    assert_false(more);
    assert_true(read > 0 && read < added);
    sorter_free(&s);
    sorter_store_close(&store);
}

TEST_MAIN(FOLDER_TEST(any_number_of_names), FOLDER_TEST(lists_go_out_and_come_back),
          cmocka_unit_test(where_there_is_no_room_the_first_are_kept))
