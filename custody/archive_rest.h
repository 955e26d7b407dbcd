/* What lies in a copy besides the bundle and what was taken along beside it: texts, export, recovery data. */
#ifndef HZ_CUSTODY_ARCHIVE_REST_H
#define HZ_CUSTODY_ARCHIVE_REST_H

#include <stddef.h>

#include "base/error.h"
#include "custody/archive.h"
#include "formats/read/statement.h"
#include "formats/write/statement.h"

#define ARCHIVE_REST_FOLDER "custody" /* the export; the only folder in a copy */

struct archive_rest {
    char *names[R_STATEMENT_BESIDE]; /* owned: paths in the copy */
    char digests[R_STATEMENT_BESIDE][W_DIGEST_HEX];
    struct w_beside list[R_STATEMENT_BESIDE]; /* of these; ascending by file */
    size_t count;
};

/* Of a stage that is filled. bundle: the name of the file itself. HZ_E_LIMIT: more than R_STATEMENT_BESIDE. */
int archive_rest_find(struct archive_rest *out, const struct archive_stage *s, const char *bundle,
                      const struct archive_sidecar *beside, size_t beside_count, struct hz_error *err);
void archive_rest_free(struct archive_rest *r); /* legal on a zeroed struct */

#endif
