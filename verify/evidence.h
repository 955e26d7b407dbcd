/* The evidence record beside a bundle (formats/spec/evidence.md): what it covers, and since when it proves that. */
#ifndef HZ_VERIFY_EVIDENCE_H
#define HZ_VERIFY_EVIDENCE_H

#include "formats/read/ers.h"
#include "verify/timestamps.h"

struct evidence_file {
    char *name;       /* owned; "<bundle>.er"; NULL: there is none */
    struct buf bytes; /* empty: too large to be one */
    int bundle;       /* the bundle itself, open, where a record may ask for another digest of it; not owned */
};

struct evidence {
    const char *file; /* the policy's; NULL: there is none, or it was not judged */
    struct r_ers said;
    struct r_ers_object objects[R_ERS_OBJECTS]; /* the bundle, signatures beside it, time stamps */
    const char *names[R_ERS_OBJECTS];           /* the policy's; NULL for the bundle */
    size_t count;
};

struct verdict_policy;

/* Judges the record that the policy brings, in a jailed child, where every byte of the bundle was read. HZ_E_NOMEM,
 * HZ_E_CRYPTO or HZ_E_IO when that cannot be done. */
int evidence_make(struct evidence *out, const struct account *account, const struct verdict_policy *policy,
                  struct hz_error *err);
/* Does it prove that a signature was there, and when? signature: of the signature's file; NULL: it is inside. */
bool evidence_proves(const struct evidence *e, const struct buf *signature, struct r_timestamp *out);
/* Notices about the record, and about time stamps beside the bundle that have aged and are not carried on by it. */
void evidence_notice(const struct evidence *e, const struct timestamps *tokens, struct account *account,
                     const struct verdict_policy *policy);

#endif
