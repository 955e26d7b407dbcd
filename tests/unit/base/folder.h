/* A fresh folder for a test, entered, and removed behind it. */
#ifndef HZ_TESTS_FOLDER_H
#define HZ_TESTS_FOLDER_H

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/unit/test.h"

static inline int folder_enter(void **state)
{
    char *path = strdup("/tmp/hozen-test-XXXXXX");
    if (path == NULL || mkdtemp(path) == NULL || chdir(path) != 0) {
        free(path);
        return -1;
    }
    *state = path;
    return 0;
}

static inline int folder_remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)st, (void)type, (void)at;
    return remove(path);
}

static inline int folder_leave(void **state)
{
    char *path = *state;
    int rc = chdir("/") != 0 || nftw(path, folder_remove_one, 16, FTW_DEPTH | FTW_PHYS) != 0;
    free(path);
    return rc ? -1 : 0;
}

static inline void folder_write(const char *name, const char *text)
{
    FILE *f = fopen(name, "w");
    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
}

static inline void folder_expect(const char *name, const char *text)
{
    char got[4096] = "";
    FILE *f = fopen(name, "r");
    assert_non_null(f);
    size_t len = fread(got, 1, sizeof got - 1, f);
    got[len] = '\0';
    fclose(f);
    assert_string_equal(got, text);
}

#define FOLDER_TEST(f) cmocka_unit_test_setup_teardown(f, folder_enter, folder_leave)

#endif
