/* Aliases of units: sshd.service, which on some hosts is ssh.service. The journal knows the unit's own name only. */
#ifndef HZ_COLLECTOR_JOURNAL_ALIAS_H
#define HZ_COLLECTOR_JOURNAL_ALIAS_H

#include "base/buf.h"
#include "base/error.h"

/* Appends the name of the unit that `unit` (".service" where it has no type) stands for by a symbolic link among the
 * host's unit files (systemd.unit(5), "aliases"), NUL-terminated; nothing where it does not. */
int journal_alias(int root, const char *unit, struct buf *out, struct hz_error *err);

#endif
