/* custody accept: under which name the item is taken into the receiver's own ledger. */
#ifndef HZ_CUSTODY_CMD_ACCEPT_NAME_H
#define HZ_CUSTODY_CMD_ACCEPT_NAME_H

#include "custody/cmd_answer.h"

/* Sets a->local: --as, else the name that it has in the offer. HZ_E_DENIED: the ledger has another item of that name,
 * or has this one under another; HZ_E_USAGE: --as, and the ledger is that of the offer. */
int cmd_accept_name(struct cmd_answer *a, struct hz_error *err);

#endif
