#include "formats/write/sources.h"

#include <stdio.h>

#include "tests/unit/test.h"

static struct hz_error err;

static void files_ascend(void **state)
{
    (void)state;
    static const struct {
        const char *source, *path;
        int rc;
    } steps[] = {
        { "blind", "data/blind/blind.txt", HZ_OK },
        { "files", "data/files/a", HZ_OK },
        { "files", "data/files/a", HZ_E_FORMAT },   /* twice */
        { "files", "data/files/A", HZ_E_FORMAT },   /* differs in case only */
        { "files", "data/files/a/b", HZ_E_FORMAT }, /* below a file */
        { "files", "data/files/A/b", HZ_E_FORMAT }, /* the same where case does not count */
        { "files", "data/files/0", HZ_E_FORMAT },   /* backwards */
        { "files", "data/files/B", HZ_OK },
        { "files", "data/files/c/x", HZ_OK },
        { "files", "data/files/c.d", HZ_OK },
        { "files", "data/files/c/y", HZ_E_FORMAT }, /* "c" is lower than "c.d" */
        { "files", "data/other/z", HZ_E_FORMAT },   /* not of this source */
        { "fil", "data/files/z", HZ_E_FORMAT },
        { "files", "data/files/z ", HZ_E_FORMAT }, /* grammar */
        { "Files", "data/Files/z", HZ_E_FORMAT },
        { "alpha", "data/alpha/a", HZ_OK },       /* sources need not ascend */
        { "files", "data/files/z", HZ_E_FORMAT }, /* has ended */
        { "blind", "data/blind/x", HZ_E_FORMAT },
    };
    struct w_sources s = { 0 };
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        int rc = w_sources_next(&s, steps[i].source, steps[i].path, &err);
        if (rc != steps[i].rc)
            fail_msg("step %zu: %s gives %d", i, steps[i].path, rc);
    }
}

static void at_most_64(void **state)
{
    (void)state;
    struct w_sources s = { 0 };
    struct w_sources_row *row = NULL;
    char name[16];
    for (unsigned i = 0; i < 64; i++) {
        snprintf(name, sizeof name, "s%u", i);
        assert_int_equal(w_sources_row(&s, name, &row, &err), HZ_OK);
    }
    assert_int_equal(w_sources_row(&s, "s63", &row, &err), HZ_OK);
    assert_string_equal(row->name, "s63");
    assert_int_equal(w_sources_row(&s, "s64", &row, &err), HZ_E_LIMIT);
    assert_int_equal(w_sources_row(&s, NULL, &row, &err), HZ_E_FORMAT);
}

static void summary_must_agree(void **state)
{
    (void)state;
    struct w_sources s = { 0 };
    struct w_sources_row *row = NULL;
    static const char *const order[] = { "blind", "system", "files" };
    for (size_t i = 0; i < 3; i++) {
        char path[32];
        snprintf(path, sizeof path, "data/%s/a", order[i]);
        assert_int_equal(w_sources_next(&s, order[i], path, &err), HZ_OK);
        assert_int_equal(w_sources_row(&s, order[i], &row, &err), HZ_OK);
        w_sources_count(&s, row, (struct w_counts) { .collected = 1, .absent = i });
    }
    assert_int_equal(w_sources_row(&s, "late", &row, &err), HZ_OK);
    w_sources_count(&s, row, (struct w_counts) { .recorded = 4 });
    struct w_source_summary good[] = { { "late", true, { 0, 4, 0 } },
                                       { "system", true, { 1, 0, 1 } },
                                       { "unasked", true, { 0, 0, 0 } },
                                       { "files", false, { 1, 0, 2 } } };
    assert_int_equal(w_sources_check(&s, good, 4, &err), HZ_OK);
    assert_int_equal(s.whole.collected, 3);
    assert_int_equal(s.whole.recorded, 4);
    assert_int_equal(s.whole.absent, 3);
    assert_int_equal(w_sources_check(&s, good, 3, &err), HZ_E_FORMAT); /* one is missing */
    for (size_t i = 0; i < 4; i++) {                                   /* each count wrong by one */
        for (int field = 0; field < 3; field++) {
            struct w_source_summary bad[4];
            memcpy(bad, good, sizeof bad);
            *(field == 0   ? &bad[i].counts.collected
              : field == 1 ? &bad[i].counts.recorded
                           : &bad[i].counts.absent) += 1;
            assert_int_equal(w_sources_check(&s, bad, 4, &err), HZ_E_FORMAT);
        }
    }
    struct w_source_summary swapped[] = { good[0], good[3], good[2], good[1] },
                            twice[] = { good[0], good[1], good[2], good[3], good[0] };
    struct w_source_summary blind[] = { { "blind", true, { 1, 0, 0 } }, good[0], good[1], good[2], good[3] };
    assert_int_equal(w_sources_check(&s, swapped, 4, &err), HZ_E_FORMAT);
    assert_int_equal(w_sources_check(&s, twice, 5, &err), HZ_E_FORMAT);
    assert_int_equal(w_sources_check(&s, blind, 5, &err), HZ_E_FORMAT);
}

TEST_MAIN(cmocka_unit_test(files_ascend), cmocka_unit_test(at_most_64), cmocka_unit_test(summary_must_agree))
