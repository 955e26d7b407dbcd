/* hozen-verify, run beside ourselves: there is one checker, and it parses hostile bytes so that we do not. */
#ifndef HZ_CUSTODY_VERIFIER_H
#define HZ_CUSTODY_VERIFIER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "formats/read/hash.h"
#include "formats/read/json.h"
#include "formats/read/statement.h"
#include "formats/write/statement.h"

#define VERIFIER_SIGNERS R_STATEMENT_LIST

struct verifier_signer {
    char *key;                    /* owned; fingerprint */
    bool collector;               /* inside the bundle, not beside it */
    char signature[R_SHA256_HEX]; /* digest of the signature's bytes; empty: not said */
};

/* What it answered. Owned texts; NULL: it did not say. */
struct verifier {
    char *item, *verdict, *integrity, *authenticity, *content_id, *tagmanifest_sha512;
    char *case_id, *operator_name, *host, *started, *finished, *files, *bytes;
    char *findings[R_STATEMENT_LIST]; /* codes, ascending, each once */
    size_t finding_count;
    struct verifier_signer signers[VERIFIER_SIGNERS]; /* whose valid signatures it saw; by key, each once */
    size_t signer_count;
    char file_sha256[R_SHA256_HEX]; /* our own digest, which is that of hozen-verify too */

    const char *finding_list[R_STATEMENT_LIST], *signer_list[VERIFIER_SIGNERS]; /* for verifier_evidence */
};

/* Verifies the bundle at `path` through one descriptor, with the signature files and time stamps that lie beside it;
 * HOZEN_TIMESTAMP_ROOTS in the environment names the certificates for these. signers: file of whom is trusted; NULL:
 * nobody. HZ_OK whatever the verdict; an error when there is none: the file cannot be read (HZ_E_NOTFOUND, HZ_E_IO),
 * hozen-verify is not there or fails (HZ_E_IO), the two digests of the file differ (HZ_E_CHANGED). Free it with
 * verifier_free. */
int verifier_run(struct verifier *out, const char *path, const char *signers, struct hz_error *err);
void verifier_free(struct verifier *v); /* legal on a zeroed struct */

/* The same for a file that is no bundle, of which there is nothing to know but its digest (ledger.md, recheck):
 * integrity is "intact" where that is the recorded one, else "altered". hozen-verify is not asked. */
int verifier_by_digest(struct verifier *out, const char *path, const char *recorded, struct hz_error *err);

/* The same where the digest is known already, and the file cannot be looked at any further. */
int verifier_of_digest(struct verifier *out, const char sha256[R_SHA256_HEX], const char *recorded,
                       struct hz_error *err);

/* Holds what was found of a file against the digest of the copy that it is to be: of another file it is no good.
 * verdict "failed", integrity "altered", and VERIFIER_MISMATCH among the findings, where they differ. */
#define VERIFIER_MISMATCH "digest-mismatch"
int verifier_hold(struct verifier *v, const char *recorded, struct hz_error *err);

/* SHA-256 of a whole file, with the other library than hozen-verify's. */
int verifier_hash(int fd, char out[R_SHA256_HEX], struct hz_error *err);

/* As the evidence of a statement; it points into v. */
struct w_evidence verifier_evidence(struct verifier *v);
/* true when a valid signature inside the bundle is by this key. */
bool verifier_signed_by(const struct verifier *v, const char *fingerprint);

/* A string of an answer as text for a record: one line that statements allow; *out owned, freed before. What is none (a
 * hostile bundle may call its operator anything) leaves *out alone: unknown. false: the JSON is wrong. */
bool verifier_read_text(struct r_json *j, char **out);
/* For the parts: reads the answer. HZ_E_FORMAT when it is not one. */
int verifier_read(struct verifier *out, const void *json, size_t len, struct hz_error *err);

#endif
