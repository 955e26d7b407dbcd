/* A folder of its own for each test, with an empty ledger in it. */
#ifndef HZ_TESTS_CUSTODY_FOLDER_H
#define HZ_TESTS_CUSTODY_FOLDER_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "custody/store.h"
#include "tests/unit/test.h"

struct folder {
    char path[64], file[96];
};

static inline int make_folder(void **state)
{
    struct folder *f = calloc(1, sizeof *f);

    if (f == NULL)
        return -1;
    snprintf(f->path, sizeof f->path, "/tmp/hozen-store-XXXXXX");
    if (mkdtemp(f->path) == NULL)
        return -1;
    snprintf(f->file, sizeof f->file, "%s/l.db", f->path);
    *state = f;
    return 0;
}

static inline int remove_folder(void **state)
{
    struct folder *f = *state;

    unlink(f->file);
    rmdir(f->path);
    free(f);
    return 0;
}

static inline struct store *create(const struct folder *f)
{
    struct store *s = NULL;
    struct hz_error err = { 0 };
    FILE *empty = fopen(f->file, "w");

    assert_non_null(empty);
    fclose(empty);
    if (store_create(&s, f->file, &err) != HZ_OK)
        fail_msg("%s", err.text);
    return s;
}

static inline int run(struct store *s, const char *sql)
{
    struct query q;
    int rc;

    query_open(&q, s, sql);
    rc = query_run(&q, NULL);
    query_close(&q);
    return rc;
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)

#endif
