#include "collector/interrupt.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/error.h"
#include "base/io_rw.h"
#include "base/lang.h"

static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
#define SIGNAL_COUNT (sizeof signals / sizeof signals[0])

void interrupt_begin(struct interrupt *i)
{
    struct sigaction now;
    i->happened = false;
    sigemptyset(&i->watched);
    for (size_t s = 0; s < SIGNAL_COUNT; s++)
        if (sigaction(signals[s], NULL, &now) == 0 && now.sa_handler != SIG_IGN)
            sigaddset(&i->watched, signals[s]);
    sigprocmask(SIG_BLOCK, &i->watched, &i->before);
}

/* Runs in the handler: only what signal-safety(7) allows. */
static void give_up(int number)
{
    static const char text[] = "\nhozen-collect: interrupted again: the .partial file is not a bundle\n";
    struct hz_error ignored;
    (void)number;
    (void)io_write(STDERR_FILENO, text, sizeof text - 1, &ignored);
    _exit(HZ_EXIT_FAILED);
}

static void arm_second(const struct interrupt *i)
{
    struct sigaction end = { .sa_handler = give_up };
    for (size_t s = 0; s < SIGNAL_COUNT; s++)
        if (sigismember(&i->watched, signals[s]) == 1)
            sigaction(signals[s], &end, NULL);
    sigprocmask(SIG_UNBLOCK, &i->watched, NULL);
}

bool interrupt_poll(struct interrupt *i)
{
    const struct timespec now = { 0, 0 };
    if (i->happened || sigtimedwait(&i->watched, NULL, &now) < 0)
        return i->happened;
    i->happened = true;
    fprintf(stderr, "\nhozen-collect: %s\n",
            _("interrupted: sealing what was taken so far; interrupt again to abandon it"));
    arm_second(i);
    return true;
}

void interrupt_end(struct interrupt *i)
{
    for (size_t s = 0; s < SIGNAL_COUNT; s++)
        if (i->happened && sigismember(&i->watched, signals[s]) == 1)
            sigaction(signals[s], &(struct sigaction) { .sa_handler = SIG_DFL }, NULL);
    sigprocmask(SIG_SETMASK, &i->before, NULL);
}
