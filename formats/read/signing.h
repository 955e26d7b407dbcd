/* A statement that not everybody has signed yet, read strictly (formats/spec/ledger.md section 5). Signatures are only
 * taken out here; formats/read/ledger checks them. */
#ifndef HZ_FORMATS_READ_SIGNING_H
#define HZ_FORMATS_READ_SIGNING_H

#include "base/buf.h"
#include "base/error.h"
#include "formats/read/entry.h"
#include "formats/read/ledger_text.h"

#define R_SIGNING_MAX ((size_t)1 << 20)

struct r_signing {
    struct r_ledger_text text;
    struct buf statement_bytes;
    struct r_signatures signatures;
};

/* HZ_OK, HZ_E_FORMAT or HZ_E_NOMEM. The statement inside is not parsed. */
int r_signing_parse(struct r_signing *out, const void *bytes, size_t len, struct hz_error *err);
void r_signing_free(struct r_signing *s); /* legal on a zeroed struct */

#endif
