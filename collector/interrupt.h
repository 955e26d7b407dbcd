/* SIGINT, SIGTERM and SIGHUP. The first asks for a valid, partial bundle; a second SIGINT or SIGTERM ends the program
 * at once, with exit code 3, whatever it is waiting for, and leaves what was written under its .partial name. The same
 * one within half a second is no second one, and SIGHUP never is: what ends a session or a service sends several. */
#ifndef HZ_COLLECTOR_INTERRUPT_H
#define HZ_COLLECTOR_INTERRUPT_H

#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>

struct interrupt {
    sigset_t note, before;
    atomic_bool happened; /* as far as interrupt_poll has seen */
};

/* From here on the first signal is answered on stderr at once and waits to be asked for. Those that are ignored (nohup)
 * stay ignored. */
void interrupt_begin(struct interrupt *i);
/* Before interrupt_begin: signals are answered with JSON lines, for programs; or with words, as they are without this.
 */
void interrupt_json(bool json);
/* true from the first signal on. Any thread that was started after interrupt_begin, one at a time. */
bool interrupt_poll(struct interrupt *i);
/* One more signal is let pass, while the bundle gets its name and the result is printed; then they end the program
 * again, as they do by default. One that nobody asked for any more is forgotten: the bundle was finished in spite of
 * it. */
void interrupt_end(struct interrupt *i);

#endif
