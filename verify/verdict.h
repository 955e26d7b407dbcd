/* Two answers that are never mixed, and what follows from them (formats/spec/bundle.md sections 7 and 9). */
#ifndef HZ_VERIFY_VERDICT_H
#define HZ_VERIFY_VERDICT_H

#include "formats/read/trust.h"
#include "verify/account.h"
#include "verify/evidence.h"
#include "verify/timestamps.h"

#define VERDICT_SIDECARS 64

enum verdict_answer { VERDICT_VERIFIED, VERDICT_FAILED, VERDICT_UNDETERMINED };
enum verdict_integrity { INTEGRITY_INTACT, INTEGRITY_ALTERED, INTEGRITY_UNDETERMINED };
enum verdict_authenticity { AUTHENTICITY_TRUSTED, AUTHENTICITY_UNTRUSTED, AUTHENTICITY_INVALID, AUTHENTICITY_ABSENT };

/* A signature kept beside the bundle. */
struct verdict_sidecar {
    char *name;               /* owned; shown in reports */
    char keyid[R_SHA256_HEX]; /* of its file name; empty when it was named by the user */
    struct buf text;
};

struct verdict_policy {
    const struct r_signers *signers; /* NULL: no list was given */
    const struct r_revoked *revoked; /* NULL: none */
    unsigned required;               /* persons on the list who must have signed; 0 is 1 */
    const struct verdict_sidecar *sidecars;
    size_t sidecar_count;
    struct timestamps_policy timestamps;
    struct evidence_file evidence;
    struct stamp now;
};

/* A signature that verifies. */
struct verdict_signer {
    char name[R_SHA256_HEX + 20]; /* "signatures/<keyid>.sshsig"; empty for a sidecar */
    const char *sidecar;          /* its name, the policy's; NULL inside */
    char fingerprint[R_PUBKEY_FINGERPRINT_SIZE];
    char keyid[R_SHA256_HEX];
    const char *principal; /* the list's; NULL: nobody's */
    bool trusted;
    bool proven;                            /* a time stamp proves when it was there already */
    unsigned char signature[R_SHA256_SIZE]; /* digest of its bytes */
    enum r_trust_answer answer;             /* when a list was given */
    uint64_t offset;
};

struct verdict {
    enum verdict_answer answer;
    enum verdict_integrity integrity;
    enum verdict_authenticity authenticity;
    struct verdict_signer signers[R_BUNDLE_SIGNATURES + VERDICT_SIDECARS];
    size_t signer_count;
    unsigned persons, required; /* how many trusted persons signed, and how many must; required 0: nobody asked */
    struct timestamps timestamps;
    struct evidence evidence;
};

/* Checks the signatures of an account and judges it. Findings and notices about signatures are added to the account's
 * lists, which are sorted by place afterwards. HZ_E_CRYPTO or HZ_E_NOMEM when a signature could not be checked. */
int verdict_make(struct account *account, const struct verdict_policy *policy, struct verdict *out,
                 struct hz_error *err);

const char *verdict_word(enum verdict_answer answer); /* "verified" */
const char *verdict_integrity_word(enum verdict_integrity integrity);
const char *verdict_authenticity_word(enum verdict_authenticity authenticity);
int verdict_exit(enum verdict_answer answer);

#endif
