#include "custody/interrupt.h"

#include <string.h>

#include "base/lang.h"

static const int numbers[INTERRUPT_SIGNALS] = { SIGINT, SIGTERM, SIGHUP };
static volatile sig_atomic_t asked, count; /* the last of them, and how many */
static int passed;

static void on_signal(int number)
{
    asked = number;
    count++;
}

void interrupt_begin(struct interrupt *i)
{
    struct sigaction ours;

    memset(&ours, 0, sizeof ours);
    ours.sa_handler = on_signal;
    sigemptyset(&ours.sa_mask);
    for (size_t n = 0; n < INTERRUPT_SIGNALS; n++)
        sigaddset(&ours.sa_mask, numbers[n]); /* one that comes within another waits for it */
    asked = 0;
    passed = count;
    for (size_t n = 0; n < INTERRUPT_SIGNALS; n++) {
        sigaction(numbers[n], NULL, &i->before[n]);
        if (i->before[n].sa_handler != SIG_IGN)
            sigaction(numbers[n], &ours, NULL);
    }
}

int interrupt_passed(void)
{
    if (passed == count)
        return 0;
    passed++;
    return asked;
}

bool interrupt_asked(void)
{
    return asked != 0;
}

int interrupt_end(const struct interrupt *i, int rc, struct hz_error *err)
{
    for (size_t n = 0; n < INTERRUPT_SIGNALS; n++)
        sigaction(numbers[n], &i->before[n], NULL);
    if (asked == 0)
        return rc;
    asked = 0;
    return hz_error_set(err, HZ_E_TIMEOUT, _("interrupted by a signal; nothing was recorded"));
}
