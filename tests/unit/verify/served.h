/* A sample bundle read by the child's side into a file, which the parent's side then reads: both sides of the pipe
 * without a process. */
#ifndef HZ_TESTS_VERIFY_SERVED_H
#define HZ_TESTS_VERIFY_SERVED_H

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>

#include "base/io_open.h"
#include "base/io_rw.h"
#include "tests/unit/test.h"
#include "verify/policy.h"
#include "verify/reader.h"

#define SERVED_ROOM ((size_t)16 * 1024 * 1024)

static inline void served_path(char *out, size_t size, const char *name)
{
    const char *source = getenv("HOZEN_SOURCE");

    snprintf(out, size, "%s/formats/spec/vectors/%s", source ? source : ".", name);
}

static inline int served_spool(void)
{
    int directory = -1, fd = -1;

    assert_int_equal(io_open_directory("/tmp", &directory, NULL), HZ_OK);
    assert_int_equal(io_create_spool(directory, &fd, NULL), HZ_OK);
    io_close(&directory);
    return fd;
}

/* All messages about formats/spec/vectors/<name>. */
static inline void served_messages(const char *name, bool data, bool rows, struct buf *out)
{
    struct reader_job job = { .fd = -1, .want_data = data, .want_rows = rows };
    int spool = served_spool();
    char path[4096];

    served_path(path, sizeof path, name);
    assert_int_equal(io_open_input(path, &job.fd, NULL), HZ_OK);
    assert_int_equal(reader_serve(&job, spool), HZ_EXIT_OK);
    assert_int_equal(io_rewind(spool, NULL), HZ_OK);
    assert_int_equal(io_read_all(spool, out, NULL), HZ_OK);
    io_close(&job.fd);
    io_close(&spool);
}

static inline int served_listen(const void *bytes, size_t len, const struct reader_listener *listener,
                                struct account *account, struct hz_error *err)
{
    int spool = served_spool(), code;

    assert_int_equal(io_write(spool, bytes, len, NULL), HZ_OK);
    assert_int_equal(io_rewind(spool, NULL), HZ_OK);
    code = reader_listen(spool, listener, account, err);
    io_close(&spool);
    return code;
}

/* The account of a sample bundle. */
static inline void served_account(const char *name, struct account *account)
{
    static const struct reader_listener nothing = { .context = NULL };
    HZ_CLEANUP(buf_free) struct buf messages = BUF_INIT(SERVED_ROOM);

    served_messages(name, false, false, &messages);
    account_init(account);
    assert_int_equal(served_listen(messages.data, messages.len, &nothing, account, NULL), HZ_OK);
}

#endif
