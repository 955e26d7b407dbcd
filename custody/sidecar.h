/* Signature files beside a bundle: "<bundle>.<keyid>.sshsig". */
#ifndef HZ_CUSTODY_SIDECAR_H
#define HZ_CUSTODY_SIDECAR_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "custody/actor.h"
#include "custody/verifier.h"

#define SIDECAR_MAX 64

struct sidecars {
    size_t count;
    char *path[SIDECAR_MAX]; /* owned; ascending */
};

/* Those that lie in the folder of `path`. HZ_E_LIMIT when there are more than SIDECAR_MAX. */
int sidecar_find(struct sidecars *out, const char *path, struct hz_error *err);
/* The same for time stamps of signatures inside the bundle or beside it (formats/spec/timestamp.md section 1). */
int sidecar_tokens(struct sidecars *out, const char *path, struct hz_error *err);
void sidecar_free(struct sidecars *s); /* legal on a zeroed struct */

/* The actor's countersignature beside a bundle that hozen-verify has answered for. HZ_E_INVALID, and nothing is
 * written: the bundle is not intact, a signature is invalid, or none inside is by `fingerprint`. *file: the path
 * written, or that of the same key's countersignature which is there already (*there true); the caller's to free. */
int sidecar_countersign(const char *bundle, const struct verifier *v, const char *fingerprint,
                        const struct actor *actor, char **file, bool *there, struct hz_error *err);

#endif
