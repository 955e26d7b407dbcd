/* The verdict about an exported folder: files and signatures here, entries in a jailed child. */
#ifndef HZ_VERIFY_EXPORT_RUN_H
#define HZ_VERIFY_EXPORT_RUN_H

#include "base/error.h"
#include "formats/read/checkpoint.h"
#include "formats/read/export.h"
#include "formats/read/ledger.h"
#include "formats/read/signers.h"
#include "formats/read/trust.h"
#include "verify/export_time.h"
#include "verify/exported.h"

struct export_order { /* paths; all but the folder may be NULL */
    const char *folder, *signers, *revoked, *timestamp_roots;
    const char *const *timestamps;
    size_t timestamp_count;
};

struct export_signer {    /* one whose signature over the checkpoint holds */
    bool may;             /* by the entries */
    bool trusted, proven; /* proven: a time stamp says when it was there already */
    struct stamp time;
    enum r_trust_answer answer;
    const char *principal; /* the list's; NULL: nobody's */
};

struct export_view {
    struct exported x;
    bool has_about, has_checkpoint, listed, signature_invalid; /* listed: a list of signers was given */
    struct r_export about;
    struct r_checkpoint checkpoint;
    struct r_ledger_signers keys;
    struct export_signer signers[R_ENTRY_SIGNATURES];
    struct r_signers list;
    struct r_revoked revoked;
    struct export_time time;
    const char *verdict, *integrity, *authenticity; /* words of the JSON */
};

/* HZ_OK with a verdict, whatever it is. Free it in any case. *out is the caller's, NULL when memory is out. */
int export_run(struct export_view **out, const struct export_order *order, struct hz_error *err);
void export_view_free(struct export_view *v); /* NULL is legal */

#endif
