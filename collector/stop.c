#include "collector/stop.h"

#include "base/lang.h"
#include "base/stamp.h"
#include "collector/run.h"

#define SECOND INT64_C(1000000000)
#define LOOK_AGAIN (SECOND / 50) /* between two looks for signals, each of which is a system call */

static int64_t now_ns(void)
{
    struct stamp now = stamp_boottime();
    return now.seconds * SECOND + now.nanoseconds;
}

void stop_begin(struct stop *s, int64_t timeout_ns, struct interrupt *interrupt)
{
    int64_t now = now_ns();
    atomic_init(&s->reason, STOP_NONE);
    atomic_init(&s->asked, now - LOOK_AGAIN);
    s->deadline = timeout_ns == 0 || timeout_ns > INT64_MAX - now ? INT64_MAX : now + timeout_ns;
    s->interrupt = interrupt;
}

void stop_set(struct stop *s, enum stop_reason why)
{
    int none = STOP_NONE;
    atomic_compare_exchange_strong(&s->reason, &none, (int)why);
}

/* One asker at a time, and not each time. */
static bool signal_came(struct stop *s, int64_t now)
{
    int64_t asked = atomic_load_explicit(&s->asked, memory_order_relaxed);
    return s->interrupt != NULL && now - asked >= LOOK_AGAIN &&
           atomic_compare_exchange_strong(&s->asked, &asked, now) && interrupt_poll(s->interrupt);
}

enum stop_reason stop_poll(struct stop *s)
{
    enum stop_reason why = (enum stop_reason)atomic_load_explicit(&s->reason, memory_order_relaxed);
    if (why != STOP_NONE)
        return why;
    int64_t now = now_ns();
    if (signal_came(s, now))
        stop_set(s, STOP_SIGNAL);
    else if (now >= s->deadline)
        stop_set(s, STOP_TIMEOUT);
    return (enum stop_reason)atomic_load(&s->reason);
}

enum stop_reason stop_now(struct run *run)
{
    return stop_poll(&run->stop);
}

enum w_absent_status stop_status(enum stop_reason why)
{
    return why == STOP_SIGNAL || why == STOP_TIMEOUT || why == STOP_SILENT ? W_TIMEOUT : W_OVER_BUDGET;
}

const char *stop_rest(enum stop_reason why)
{
    static const char *const texts[] = {
        [STOP_NONE] = "",
        [STOP_SIGNAL] = N_("the rest of its entries: interrupted by a signal"),
        [STOP_TIMEOUT] = N_("the rest of its entries: the time given with --timeout was over"),
        [STOP_SILENT] = N_("the rest of its entries: file systems did not answer too many times"),
        [STOP_SIZE] = N_("the rest of its entries: the size given with --max-size was reached"),
        [STOP_ROWS] = N_("the rest of its entries: records no longer fit in memory"),
        [STOP_NO_SPACE] = N_("the rest of its entries: the medium is full, but for what the end of the bundle needs"),
    };
    return texts[why];
}

const char *stop_text(enum stop_reason why)
{
    static const char *const texts[] = {
        [STOP_NONE] = "",
        [STOP_SIGNAL] = N_("interrupted by a signal"),
        [STOP_TIMEOUT] = N_("the time given with --timeout was over"),
        [STOP_SILENT] = N_("file systems did not answer too many times"),
        [STOP_SIZE] = N_("the size given with --max-size was reached"),
        [STOP_ROWS] = N_("records no longer fit in memory"),
        [STOP_NO_SPACE] = N_("the medium is full, but for what the end of the bundle needs"),
    };
    return texts[why];
}
