/* A folder of its own for a test, and files in it. */
#ifndef HZ_TESTS_WRITE_SCRATCH_H
#define HZ_TESTS_WRITE_SCRATCH_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/io_commit.h"
#include "base/io_open.h"
#include "base/io_rw.h"
#include "tests/unit/test.h"

struct scratch {
    char path[64];
    int directory;
};

static inline void scratch_open(struct scratch *s)
{
    struct hz_error err;
    strcpy(s->path, "/tmp/hozen-write.XXXXXX");
    assert_non_null(mkdtemp(s->path));
    assert_int_equal(io_open_directory(s->path, &s->directory, &err), HZ_OK);
}

/* `names` lists what the test left there, NULL at the end. */
static inline void scratch_close(struct scratch *s, const char *const *names)
{
    for (; *names != NULL; names++)
        assert_int_equal(unlinkat(s->directory, *names, 0), 0);
    io_close(&s->directory);
    assert_int_equal(rmdir(s->path), 0); /* fails when something unexpected lies there */
}

#endif
