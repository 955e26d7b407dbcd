/* A stream that threads of its user's work for. */
#include "formats/write/stream.h"

#include <pthread.h>

#include "tests/unit/write/sink.h"

#define HELPERS 2

struct crew { /* threads of the caller's that work for the stream */
    struct w_stream *stream;
    enum w_compress how;
    pthread_mutex_t lock;
    pthread_cond_t woken;
    bool over;
    unsigned told;
    atomic_uint jobs;
    pthread_t thread[HELPERS];
};

static void tell(void *context)
{
    struct crew *c = context;
    pthread_mutex_lock(&c->lock);
    c->told++;
    pthread_cond_broadcast(&c->woken);
    pthread_mutex_unlock(&c->lock);
}

static void *help(void *argument)
{
    struct crew *c = argument;
    struct w_frame *frame = NULL;
    bool over = false;
    assert_int_equal(w_frame_new(&frame, c->how, NULL), HZ_OK);
    while (!over) {
        pthread_mutex_lock(&c->lock);
        while (!c->over && w_stream_pending(c->stream) == W_JOB_NONE)
            pthread_cond_wait(&c->woken, &c->lock);
        over = c->over;
        pthread_mutex_unlock(&c->lock);
        atomic_fetch_add(&c->jobs, !over && w_stream_work(c->stream, frame));
    }
    w_frame_free(frame);
    return NULL;
}

static void crew_begin(struct crew *c, struct w_stream *stream, enum w_compress how)
{
    const struct w_call call = { tell, c };
    memset(c, 0, sizeof *c);
    c->stream = stream;
    c->how = how;
    pthread_mutex_init(&c->lock, NULL);
    pthread_cond_init(&c->woken, NULL);
    for (size_t i = 0; i < HELPERS; i++)
        assert_int_equal(pthread_create(&c->thread[i], NULL, help, c), 0);
    w_stream_call(stream, &call);
}

static void crew_end(struct crew *c)
{
    const struct w_call nobody = { NULL, NULL };
    pthread_mutex_lock(&c->lock);
    c->over = true;
    pthread_cond_broadcast(&c->woken);
    pthread_mutex_unlock(&c->lock);
    for (size_t i = 0; i < HELPERS; i++)
        pthread_join(c->thread[i], NULL);
    w_stream_call(c->stream, &nobody);
    pthread_cond_destroy(&c->woken);
    pthread_mutex_destroy(&c->lock);
}

static void others_work(void **state)
{
    (void)state;
    static const unsigned threads[] = { 0, 2, 4 };
    for (enum w_compress how = W_COMPRESS_NONE; how <= W_COMPRESS_ZSTD; how++) {
        for (size_t i = 0; i < sizeof threads / sizeof threads[0]; i++) {
            HZ_CLEANUP(buf_free) struct buf all = BUF_INIT((size_t)64 << 20), out = BUF_INIT((size_t)64 << 20);
            struct crew crew;
            struct sink s;
            uint64_t at = 0;
            make_lent(&at);
            sink_open(&s, how, threads[i], HELPERS);
            crew_begin(&crew, s.stream, how);
            assert_int_equal(give(s.stream, &all), HZ_OK);
            end_and_unpack(&s, how, &out);
            crew_end(&crew);
            assert_memory_equal(out.data, all.data, all.len);
            assert_given_back();
            assert_true(crew.told > 20);
            assert_true(atomic_load(&crew.jobs) > 10);
            sink_close(&s);
        }
    }
}

static void tell_nobody(void *context)
{
    ++*(unsigned *)context;
}

/* The helpers hang, or have ended. */
static void what_others_leave_lying(void **state)
{
    (void)state;
    for (enum w_compress how = W_COMPRESS_NONE; how <= W_COMPRESS_ZSTD; how++) {
        for (unsigned ended = 0; ended < 2; ended++) {
            HZ_CLEANUP(buf_free) struct buf all = BUF_INIT((size_t)64 << 20), out = BUF_INIT((size_t)64 << 20);
            unsigned told = 0;
            const struct w_call call = { tell_nobody, &told }, nobody = { NULL, NULL };
            struct sink s;
            uint64_t at = 0;
            make_lent(&at);
            sink_open(&s, how, 2, HELPERS);
            w_stream_call(s.stream, &call);
            if (ended)
                w_stream_call(s.stream, &nobody);
            assert_int_equal(give(s.stream, &all), HZ_OK);
            end_and_unpack(&s, how, &out);
            assert_memory_equal(out.data, all.data, all.len);
            assert_given_back();
            assert_int_equal(told > 20, !ended);
            sink_close(&s);
        }
    }
}

TEST_MAIN(cmocka_unit_test(others_work), cmocka_unit_test(what_others_leave_lying))
