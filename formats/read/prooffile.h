/* A signed checkpoint in one file, with the proof that it continues an earlier one: hozen-proof/1
 * (formats/spec/ledger.md section 5). */
#ifndef HZ_FORMATS_READ_PROOFFILE_H
#define HZ_FORMATS_READ_PROOFFILE_H

#include "formats/read/travel.h"

#define R_PROOFFILE_MAX ((size_t)128 << 10)

struct r_prooffile {
    struct r_ledger_text text;
    struct r_travel_head head;
    struct r_travel_since since;
};

/* HZ_OK, HZ_E_FORMAT or HZ_E_NOMEM. Signatures and proof are only taken out: r_ledger_verify, r_travel_continues. */
int r_prooffile_parse(struct r_prooffile *out, const void *bytes, size_t len, struct hz_error *err);
void r_prooffile_free(struct r_prooffile *p); /* legal on a zeroed struct */

#endif
