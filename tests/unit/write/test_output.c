#include "formats/write/output.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>

#include "base/io_direct.h"
#include "tests/unit/write/scratch.h"

#define SIZE (5 * W_OUTPUT_PART + 12345)

static struct hz_error err;
static const char *const left[] = { "out.bin", NULL };
static unsigned char bytes[SIZE];

static void make_bytes(void)
{
    for (size_t i = 0; i < SIZE; i++)
        bytes[i] = (unsigned char)(i * 2654435761U >> 24);
}

static void put_all(struct w_output *o, size_t step)
{
    for (size_t at = 0, n; at < SIZE; at += n) {
        n = SIZE - at < step ? SIZE - at : step;
        assert_int_equal(w_output_put(o, bytes + at, n, &err), HZ_OK);
    }
}

static void assert_holds(int fd, size_t from)
{
    HZ_CLEANUP(buf_free) struct buf all = BUF_INIT((size_t)64 << 20);
    assert_int_equal(io_seek(fd, from, &err), HZ_OK);
    assert_int_equal(io_read_all(fd, &all, &err), HZ_OK);
    assert_int_equal(all.len, SIZE);
    assert_memory_equal(all.data, bytes, SIZE);
}

/* In parts of any size, behind what is there: 1 makes every place unaligned, so that the kernel refuses. */
static void round_trip(size_t step, size_t before)
{
    struct scratch t;
    struct w_output o;
    int fd = -1;
    scratch_open(&t);
    assert_int_equal(io_create_new(t.directory, "out.bin", 0600, &fd, &err), HZ_OK);
    assert_int_equal(io_write(fd, bytes, before, &err), HZ_OK);
    assert_int_equal(w_output_open(&o, fd, &err), HZ_OK);
    put_all(&o, step);
    assert_int_equal(w_output_end(&o, &err), HZ_OK);
    assert_int_equal(w_output_waiting(&o), 0);
    w_output_close(&o);
    assert_int_equal(fcntl(fd, F_GETFL) & O_DIRECT, 0);
    assert_holds(fd, before);
    io_close(&fd);
    scratch_close(&t, left);
}

static void what_is_put_is_written(void **state)
{
    (void)state;
    make_bytes();
    round_trip(700001, 0);
    round_trip(4096, 0);
    round_trip(SIZE, 0);
    round_trip(700001, 1);
}

/* The file systems that tests usually run on; elsewhere there is nothing to see. */
static bool is_direct_here(int fd)
{
    bool direct = io_direct_begin(fd);
    io_direct_end(fd);
    return direct;
}

static void past_the_cache_where_that_can_be(void **state)
{
    (void)state;
    struct scratch t;
    struct w_output o;
    int fd = -1;
    scratch_open(&t);
    assert_int_equal(io_create_new(t.directory, "out.bin", 0600, &fd, &err), HZ_OK);
    bool direct = is_direct_here(fd);
    assert_int_equal(w_output_open(&o, fd, &err), HZ_OK);
    assert_int_equal((fcntl(fd, F_GETFL) & O_DIRECT) != 0, direct);
    assert_int_equal(w_output_put(&o, bytes, 1000, &err), HZ_OK);
    assert_int_equal(w_output_waiting(&o), direct ? 1000 : 0);
    w_output_close(&o); /* given up: what waits is not written */
    assert_int_equal(lseek(fd, 0, SEEK_END), direct ? 0 : 1000);
    io_close(&fd);
    scratch_close(&t, left);
}

static void not_to_a_pipe(void **state)
{
    (void)state;
    struct w_output o;
    int ends[2];
    unsigned char back[10];
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(w_output_open(&o, ends[1], &err), HZ_OK);
    assert_int_equal(w_output_put(&o, "0123456789", 10, &err), HZ_OK);
    assert_int_equal(read(ends[0], back, sizeof back), 10); /* at once */
    assert_int_equal(w_output_end(&o, &err), HZ_OK);
    w_output_close(&o);
    close(ends[0]);
    close(ends[1]);
}

/* The file may not grow any more: in the middle of a part, and behind the last whole one. */
static void a_failure_is_told(size_t limit)
{
    struct rlimit before, less;
    struct scratch t;
    struct w_output o;
    int fd = -1, rc = HZ_OK;
    scratch_open(&t);
    assert_int_equal(io_create_new(t.directory, "out.bin", 0600, &fd, &err), HZ_OK);
    assert_int_equal(w_output_open(&o, fd, &err), HZ_OK);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    less = (struct rlimit) { .rlim_cur = limit, .rlim_max = before.rlim_max };
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &less), 0);
    memset(&err, 0, sizeof err);
    for (size_t at = 0, n; rc == HZ_OK && at < SIZE; at += n) {
        n = SIZE - at < 100000 ? SIZE - at : 100000;
        rc = w_output_put(&o, bytes + at, n, &err);
    }
    if (rc == HZ_OK)
        rc = w_output_end(&o, &err);
    assert_int_equal(rc, HZ_E_IO);
    assert_int_equal(err.sys_errno, EFBIG);
    w_output_close(&o);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    io_close(&fd);
    scratch_close(&t, left);
}

static void failures_are_told(void **state)
{
    (void)state;
    signal(SIGXFSZ, SIG_IGN);
    a_failure_is_told(W_OUTPUT_PART + 5000);
    a_failure_is_told(5 * W_OUTPUT_PART);
    a_failure_is_told(5 * W_OUTPUT_PART + 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_put_is_written),
        cmocka_unit_test(past_the_cache_where_that_can_be),
        cmocka_unit_test(not_to_a_pipe),
        cmocka_unit_test(failures_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
