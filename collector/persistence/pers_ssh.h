/* Where sshd looks for the keys of a user: AuthorizedKeysFile of sshd_config(5). */
#ifndef HZ_COLLECTOR_PERSISTENCE_PERS_SSH_H
#define HZ_COLLECTOR_PERSISTENCE_PERS_SSH_H

#include "collector/persistence/pers_homes.h"
#include "collector/persistence/pers_rows.h"

/* Patterns that rows of sshd_config name, as far as they depend on a home folder: the others were followed. */
int pers_ssh_places(const struct pers_rows *rows, struct pers_paths *patterns, struct hz_error *err);
/* The same for one user: %h, %u and %% replaced; paths that are not absolute are below the home folder. A pattern with
 * another token, or with %u where nobody is known, names nothing. */
int pers_ssh_expand(const struct pers_paths *patterns, const struct pers_home *home, struct pers_paths *out,
                    struct hz_error *err);

#endif
