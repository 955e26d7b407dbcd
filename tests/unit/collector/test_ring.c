/* Slots on their way, with threads as in a collection. */
#include "collector/ring.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/random.h>
#include <unistd.h>

#include "collector/big.h"

#include "tests/unit/test.h"

#define SLOTS 500
#define READERS 3
#define WAIT INT64_C(60000000000)

static struct ring *ring;
static uint64_t turn;
static atomic_uint order; /* of turns */

static int begin(void **state)
{
    (void)state;
    struct hz_error err;
    turn = 0;
    atomic_init(&order, 0);
    return ring_open(&ring, &err);
}

static int end(void **state)
{
    (void)state;
    ring_free(ring);
    return 0;
}

static void *walk(void *argument)
{
    (void)argument;
    for (unsigned i = 0; i < SLOTS; i++) {
        struct slot *s = ring_empty(ring);
        if (s == NULL)
            return NULL;
        s->used = i;
        ring_queue(ring, s);
    }
    ring_end(ring);
    return NULL;
}

/* Each slot has a turn; they come in order though slots are read side by side. */
static void *reads(void *argument)
{
    struct slot *s;
    (void)argument;
    while (ring_work(ring, &s)) {
        if (s->alone) { /* came back for the rest */
            s->alone = false;
        } else if (ring_await_turn(ring, &turn, s->used)) {
            assert_int_equal(atomic_fetch_add(&order, 1), s->used);
            ring_next_turn(ring, &turn);
        }
        ring_worked(ring, s);
    }
    return NULL;
}

static void start(pthread_t *walker, pthread_t readers[READERS])
{
    assert_int_equal(pthread_create(walker, NULL, walk, NULL), 0);
    for (unsigned i = 0; i < READERS; i++)
        assert_int_equal(pthread_create(&readers[i], NULL, reads, NULL), 0);
}

static void stop(pthread_t walker, pthread_t readers[READERS])
{
    ring_abort(ring);
    pthread_join(walker, NULL);
    for (unsigned i = 0; i < READERS; i++)
        pthread_join(readers[i], NULL);
}

static void slots_come_in_order(void **state)
{
    (void)state;
    pthread_t walker, readers[READERS];
    struct w_loan *held = NULL;
    bool over = false;
    start(&walker, readers);
    for (unsigned i = 0; i < SLOTS; i++) {
        struct slot *s = ring_next(ring, WAIT, &over);
        assert_non_null(s);
        assert_int_equal(s->used, i);
        if (i % 7 == 0) { /* goes round once more, and is still the next */
            s->alone = true;
            ring_again(ring, s);
            assert_ptr_equal(ring_next(ring, WAIT, &over), s);
        }
        if (held != NULL)
            w_loan_release(held);
        held = &s->loan; /* the bundle is one slot behind */
        w_loan_hold(held);
        ring_stitched(ring, s);
    }
    assert_null(ring_next(ring, WAIT, &over));
    assert_true(over);
    w_loan_release(held);
    stop(walker, readers);
}

static void waiting_ends(void **state)
{
    (void)state;
    bool over = true;
    assert_null(ring_next(ring, INT64_C(1000000), &over));
    assert_false(over);
}

static void everybody_goes_home(void **state)
{
    (void)state;
    pthread_t walker, readers[READERS];
    start(&walker, readers);
    usleep(20000); /* by now the walker waits for an empty slot */
    stop(walker, readers);
    bool over;
    struct slot *s;
    while ((s = ring_next(ring, 1000000, &over)) != NULL)
        ring_stitched(ring, s);
}

#define PIECES 3

/* A stream with something to pack for good: its own thread waits for a pipe that nobody reads. */
struct stuck {
    struct w_stream *stream;
    int ends[2];
    unsigned char *bytes;
    struct w_loan loan;
};

static void ignore(struct w_loan *loan)
{
    (void)loan;
}

static void stuck_open(struct stuck *s)
{
    struct hz_error err;
    int waiting = 0, room;
    assert_int_equal(pipe(s->ends), 0);
    const struct w_stream_config config = {
        .fd = s->ends[1], .compress = W_COMPRESS_ZSTD, .threads = 1, .helpers = READERS
    };
    assert_int_equal(w_stream_open(&s->stream, &config, &err), HZ_OK);
    s->bytes = malloc(W_FRAME_CONTENT);
    assert_non_null(s->bytes);
    for (size_t at = 0; at < W_FRAME_CONTENT; at += 256)
        assert_int_equal(getrandom(s->bytes + at, 256, 0), 256);
    w_loan_init(&s->loan, ignore);
    ring_help(ring, s->stream);
    for (unsigned i = 0; i < PIECES; i++)
        assert_int_equal(w_stream_lend(s->stream, s->bytes, W_FRAME_CONTENT, &s->loan, &err), HZ_OK);
    room = fcntl(s->ends[1], F_GETPIPE_SZ);
    assert_true(room > 0);
    while (waiting < room) {
        usleep(1000);
        assert_int_equal(ioctl(s->ends[0], FIONREAD, &waiting), 0);
    }
    assert_int_equal(w_stream_pending(s->stream), W_JOB_PACK);
}

static void stuck_close(struct stuck *s)
{
    const struct w_call nobody = { NULL, NULL };
    close(s->ends[0]);
    w_stream_call(s->stream, &nobody);
    w_stream_close(s->stream);
    close(s->ends[1]);
    free(s->bytes);
}

static struct slot *queue_chunk(struct big *big, uint64_t chunk)
{
    struct slot *s = ring_empty(ring);
    struct slot_item *item = slot_add(s, SLOT_CHUNK, (struct w_bytes) { NULL, 0 }, NULL, 0);
    item->big = big;
    item->chunk = chunk;
    ring_queue(ring, s);
    return s;
}

/* A reader that would have to wait for its turn packs meanwhile. */
static void what_can_be_done_comes_first(void **state)
{
    (void)state;
    struct big big = { .refs = 10, .fd = -1, .turn = 0 };
    struct slot *got = NULL;
    struct stuck stuck;
    struct slot *early = queue_chunk(&big, 1);
    assert_true(ring_work(ring, &got)); /* there is nothing else */
    assert_ptr_equal(got, early);
    ring_again(ring, early);
    stuck_open(&stuck);
    assert_true(ring_work(ring, &got));
    assert_null(got); /* packing comes first */
    ring_next_turn(ring, &big.turn);
    assert_true(ring_work(ring, &got));
    assert_ptr_equal(got, early);
    assert_true(ring_work(ring, &got));
    assert_null(got);
    ring_abort(ring);
    assert_false(ring_work(ring, &got));
    stuck_close(&stuck);
}

static void lent_slots_are_not_reused(void **state)
{
    (void)state;
    struct slot *slots[RING_SLOTS], *got = NULL;
    bool over;
    for (unsigned i = 0; i < RING_SLOTS; i++) {
        slots[i] = ring_empty(ring);
        ring_queue(ring, slots[i]);
        assert_true(ring_work(ring, &got));
        assert_ptr_equal(got, slots[i]);
        ring_worked(ring, slots[i]);
        assert_ptr_equal(ring_next(ring, WAIT, &over), slots[i]);
        w_loan_hold(&slots[i]->loan);
        ring_stitched(ring, slots[i]);
        assert_int_equal(slots[i]->state, SLOT_LENT);
    }
    w_loan_release(&slots[3]->loan);
    assert_ptr_equal(ring_empty(ring), slots[3]);
    for (unsigned i = 0; i < RING_SLOTS; i++)
        if (i != 3)
            w_loan_release(&slots[i]->loan);
}

#define RING_TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)
TEST_MAIN(RING_TEST(slots_come_in_order), RING_TEST(waiting_ends), RING_TEST(everybody_goes_home),
          RING_TEST(lent_slots_are_not_reused), RING_TEST(what_can_be_done_comes_first))
