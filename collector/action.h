/* The action log: what this program did on the host, when, with what success. */
#ifndef HZ_COLLECTOR_ACTION_H
#define HZ_COLLECTOR_ACTION_H

#include "base/error.h"
#include "formats/write/bundle.h"

struct w_moment action_now(void);

/* action: [a-z][a-z0-9-]{0,31}; source, target, detail: text or NULL. All stay the caller's until action_end. */
void action_begin(struct w_action *a, const char *action, const char *source, const char *target);
/* Writes the row. count, failures and detail may be set in between. */
int action_end(struct w_action *a, struct w_bundle *bundle, struct hz_error *err);

#endif
