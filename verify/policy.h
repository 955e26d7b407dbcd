/* What the user brings along: the list of signers, revoked keys, signatures beside the bundle. */
#ifndef HZ_VERIFY_POLICY_H
#define HZ_VERIFY_POLICY_H

#include "verify/verdict.h"

struct policy {
    struct verdict_policy use; /* points into the rest */
    struct r_signers signers;
    struct r_revoked revoked;
    struct verdict_sidecar sidecars[VERDICT_SIDECARS];
};

/* Paths may be NULL. bundle "-" or NULL: nothing is looked for beside it. Files beside it that are named
 * <bundle>.<64 hex>.sshsig count as signatures. HZ_E_LIMIT: more than VERDICT_SIDECARS. */
int policy_load(struct policy *p, const char *signers, const char *revoked, const char *bundle,
                const char *const *signatures, size_t signature_count, struct hz_error *err);
void policy_free(struct policy *p); /* legal on a zeroed struct */

#endif
