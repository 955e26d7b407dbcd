/* A thread that packs gets no memory: zstd makes its tables when it packs for the first time. */
#include "formats/write/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/unit/test.h"

extern void *__libc_malloc(size_t size);

static atomic_bool refuse;
static atomic_uint refused;

void *malloc(size_t size)
{
    if (atomic_load(&refuse) && gettid() != getpid()) {
        atomic_fetch_add(&refused, 1);
        errno = ENOMEM;
        return NULL;
    }
    return __libc_malloc(size);
}

static struct hz_error err;
static unsigned char bytes[4 << 20];
static atomic_uint done;

static void count_done(struct w_loan *loan)
{
    (void)loan;
    atomic_fetch_add(&done, 1);
}

static void a_packer_without_memory(void **state)
{
    (void)state;
    struct w_stream *stream = NULL;
    struct w_loan loan;
    char hex[W_DIGEST_HEX];
    uint64_t written = 0;
    int rc = HZ_OK, fd = open("/dev/null", O_WRONLY | O_CLOEXEC);
    const struct w_stream_config config = { .fd = fd, .compress = W_COMPRESS_ZSTD, .threads = 2 };
    assert_true(fd >= 0);
    w_loan_init(&loan, count_done);
    assert_int_equal(w_stream_open(&stream, &config, &err), HZ_OK);
    atomic_store(&refuse, true);
    for (int i = 0; i < 20 && rc == HZ_OK; i++)
        rc = w_stream_lend(stream, bytes, sizeof bytes, &loan, &err);
    assert_int_equal(rc, HZ_E_NOMEM);
    assert_int_equal(w_stream_end(stream, hex, &written, &err), HZ_E_NOMEM);
    atomic_store(&refuse, false);
    assert_true(atomic_load(&refused) > 0);
    w_stream_close(stream);
    assert_int_equal(atomic_load(&done), 0);
    w_loan_release(&loan);
    assert_int_equal(atomic_load(&done), 1);
    close(fd);
}

TEST_MAIN(cmocka_unit_test(a_packer_without_memory))
