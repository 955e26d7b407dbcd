/* What the user brings along: the list of signers, revoked keys, signatures beside the bundle. */
#ifndef HZ_VERIFY_POLICY_H
#define HZ_VERIFY_POLICY_H

#include "verify/verdict.h"

struct policy {
    struct verdict_policy use; /* points into the rest */
    struct r_signers signers;
    struct r_revoked revoked;
    struct verdict_sidecar sidecars[VERDICT_SIDECARS];
    struct timestamps_file timestamps[TIMESTAMPS_FILES];
    struct r_timestamp_roots *timestamp_roots;
};

struct policy_order { /* what the user named; all may be NULL or 0 */
    const char *signers, *revoked, *timestamp_roots;
    const char *bundle;
    const char *const *signatures;
    const char *const *timestamps;
    size_t signature_count, timestamp_count;
    unsigned required; /* as of struct verdict_policy */
};

/* bundle "-" or NULL: nothing is looked for beside it. Files beside it that are named <bundle>.<64 hex>.sshsig count as
 * signatures, and those named like a token over one (formats/spec/timestamp.md section 1) as time stamps; <bundle>.er
 * is its evidence record. HZ_E_LIMIT: more than VERDICT_SIDECARS or TIMESTAMPS_FILES. */
int policy_load(struct policy *p, const struct policy_order *order, struct hz_error *err);
void policy_free(struct policy *p); /* legal on a zeroed struct */

#endif
