#include "collector/interrupt.h"

#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/error.h"
#include "base/io_rw.h"
#include "base/lang.h"

static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
#define SIGNAL_COUNT (sizeof signals / sizeof signals[0])
/* What the first signal leaves behind for interrupt_poll: pending and blocked, so that nothing is interrupted by it. */
#define NOTE SIGURG
/* formats/spec/schema/interrupt-line.schema.json */
#define LINE(state) "{\"schema\":\"hozen-interrupt/1\",\"state\":\"" state "\"}\n"

#define ONE_EVENT_MS 500

static volatile sig_atomic_t in_json;
static volatile sig_atomic_t first_number; /* what the first signal was, and when: set before a second is answered */
static struct timespec first_time;

void interrupt_json(bool json)
{
    in_json = json;
}

/* One write, so that no other line gets into it. A reader that takes nothing holds up no signal. */
static void tell(const char *text, const char *line)
{
    struct hz_error ignored;
    if (!io_write_ready(STDERR_FILENO, 0))
        return;
    if (in_json) {
        (void)io_write(STDERR_FILENO, line, strlen(line), &ignored);
        return;
    }
    (void)io_write(STDERR_FILENO, "\nhozen-collect: ", 16, &ignored);
    (void)io_write(STDERR_FILENO, text, strlen(text), &ignored);
    (void)io_write(STDERR_FILENO, "\n", 1, &ignored);
}

/* These five run as handlers or within one: only what signal-safety(7) allows. */

/* Does it say once more what the first one said? That a terminal is gone is told by the kernel and by the shell, the
 * end of a service as SIGTERM and SIGHUP; timeout(1) sends its signal to the program and then to its whole group. */
static bool said_again(int number)
{
    struct timespec now;
    if (number == SIGHUP)
        return true;
    if (number != first_number || clock_gettime(CLOCK_MONOTONIC, &now) != 0)
        return false;
    return (now.tv_sec - first_time.tv_sec) * 1000 + (now.tv_nsec - first_time.tv_nsec) / 1000000 < ONE_EVENT_MS;
}

static void second(int number)
{
    if (said_again(number))
        return;
    tell(_("interrupted again: abandoned; what was written so far is not a bundle"), LINE("abandoned"));
    _exit(HZ_EXIT_FAILED);
}

/* Of the signals that `from` answers now. */
static void hand_over(void (*from)(int), const struct sigaction *to)
{
    struct sigaction now;
    for (size_t s = 0; s < SIGNAL_COUNT; s++)
        if (sigaction(signals[s], NULL, &now) == 0 && now.sa_handler == from)
            sigaction(signals[s], to, NULL);
}

static void first(int number)
{
    const struct sigaction end = { .sa_handler = second, .sa_flags = SA_RESTART };
    first_number = number;
    clock_gettime(CLOCK_MONOTONIC, &first_time);
    hand_over(first, &end);
    kill(getpid(), NOTE); /* to the process, not to the thread that this handler interrupted */
    tell(_("interrupted: sealing what was taken so far; interrupt again to abandon it"), LINE("sealing"));
}

/* One signal is let pass, so that a bundle that is sealed by now gets its summary; another ends the program. */
static void late(int number)
{
    const struct sigaction end = { .sa_handler = SIG_DFL };
    if (number == SIGHUP)
        return;
    hand_over(late, &end);
}

void interrupt_begin(struct interrupt *i)
{
    struct sigaction now, begin = { .sa_handler = first, .sa_flags = SA_RESTART };
    i->happened = false;
    sigemptyset(&i->note);
    sigaddset(&i->note, NOTE);
    sigprocmask(SIG_BLOCK, &i->note, &i->before);
    for (size_t s = 0; s < SIGNAL_COUNT; s++)
        sigaddset(&begin.sa_mask, signals[s]);
    for (size_t s = 0; s < SIGNAL_COUNT; s++)
        if (sigaction(signals[s], NULL, &now) == 0 && now.sa_handler != SIG_IGN)
            sigaction(signals[s], &begin, NULL);
}

bool interrupt_poll(struct interrupt *i)
{
    const struct timespec now = { 0, 0 };
    if (!i->happened && sigtimedwait(&i->note, NULL, &now) == NOTE)
        i->happened = true;
    return i->happened;
}

void interrupt_end(struct interrupt *i)
{
    const struct sigaction end = { .sa_handler = late, .sa_flags = SA_RESTART };
    hand_over(first, &end);
    hand_over(second, &end);
    interrupt_poll(i);
    sigprocmask(SIG_SETMASK, &i->before, NULL);
}
