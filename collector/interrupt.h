/* SIGINT, SIGTERM and SIGHUP. The first asks for a valid, partial bundle; the second ends the program at once, with
 * exit code 3, and leaves what was written under its .partial name. */
#ifndef HZ_COLLECTOR_INTERRUPT_H
#define HZ_COLLECTOR_INTERRUPT_H

#include <signal.h>
#include <stdbool.h>

struct interrupt {
    sigset_t watched, before;
    bool happened;
};

/* From here on the signals wait to be asked for. Those that are ignored (nohup) stay ignored. */
void interrupt_begin(struct interrupt *i);
/* true from the first signal on; says so on stderr, once. */
bool interrupt_poll(struct interrupt *i);
void interrupt_end(struct interrupt *i); /* as before interrupt_begin */

#endif
