/* The entries of an exported folder, checked line by line against its checkpoint. Meant for a jailed child: what it
 * needs is in memory or open. */
#ifndef HZ_VERIFY_EXPORT_CHECK_H
#define HZ_VERIFY_EXPORT_CHECK_H

#include "base/buf.h"
#include "base/error.h"
#include "formats/read/export.h"
#include "formats/read/signers.h"
#include "verify/exported.h"

struct export_job {
    int entries;                             /* entries.jsonl */
    const unsigned char *digest;             /* of it, as SHA256SUMS has it */
    const struct buf *proofs;                /* proofs.jsonl; for an item */
    const struct r_export *about;            /* export.json */
    const char *signers[R_ENTRY_SIGNATURES]; /* fingerprints: who signed the checkpoint */
    size_t signer_count;
    const struct r_signers *listed; /* allowed_signers */
};

/* Fills entries, findings, unknown, may. HZ_E_IO or HZ_E_NOMEM when it could not be carried out. */
int export_check(const struct export_job *job, struct exported *x, struct hz_error *err);

#endif
