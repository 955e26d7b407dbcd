/* Published test vectors: read where they lie, outside the project. */
#ifndef HZ_TESTS_WRITE_VECTORS_H
#define HZ_TESTS_WRITE_VECTORS_H

#include <stdio.h>

#include "base/buf.h"
#include "base/io_rw.h"
#include "tests/unit/test.h"

/* Reads HOZEN_VECTORS/name; skips the running test, with the reason, when it is not there. */
static inline void vectors_read(struct buf *out, const char *name)
{
    struct hz_error err;
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", HOZEN_VECTORS, name);
    if (io_read_file(path, out, &err) != HZ_OK) {
        print_message("skipped: %s; set HOZEN_VECTORS to the folder of the published test vectors\n", err.text);
        buf_free(out);
        skip();
    }
    assert_non_null(buf_text(out));
}

#endif
