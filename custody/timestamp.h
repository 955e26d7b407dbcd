/* Time stamps for files of ours: what is to be stamped, what comes back, where it is kept (formats/spec/timestamp.md).
 */
#ifndef HZ_CUSTODY_TIMESTAMP_H
#define HZ_CUSTODY_TIMESTAMP_H

#include <stddef.h>

#include "base/buf.h"
#include "base/error.h"
#include "custody/sidecar.h"
#include "formats/read/timestamp.h"

struct timestamp_target {
    char *base; /* owned: tokens become base.tsr, base.2.tsr, ...; the file itself, unless it lies inside a bundle */
    bool wide;  /* a SHA-512, else SHA-256 */
    unsigned char digest[R_SHA512_SIZE];
};

struct timestamp_targets {
    size_t count;
    struct timestamp_target list[SIDECAR_MAX];
};

/* What a token about `path` would be over: a checkpoint or a signature itself; of a bundle the signatures beside it,
 * and where there are none those inside that hold. HZ_E_FORMAT: it is none of these, or nobody signed it. */
int timestamp_find(struct timestamp_targets *out, const char *path, struct hz_error *err);
void timestamp_free(struct timestamp_targets *t); /* legal on a zeroed struct */

/* Names the certificates where no option does. */
#define TIMESTAMP_ROOTS_VARIABLE "HOZEN_TIMESTAMP_ROOTS"
/* Certificates of a PEM file; path NULL: *out is NULL. */
int timestamp_roots(const char *path, struct r_timestamp_roots **out, struct hz_error *err);

/* Judges an answer about a target. HZ_E_INVALID with the reason: it is invalid, of another query (nonce NULL: not
 * looked at), or roots are given and do not prove it. */
int timestamp_judge(const struct timestamp_target *target, const struct buf *answer, const unsigned char *nonce,
                    const struct r_timestamp_roots *roots, struct r_timestamp *out, struct hz_error *err);
/* Asks an authority: query, answer, judgement. */
int timestamp_ask(const struct timestamp_target *target, const char *url, const struct r_timestamp_roots *roots,
                  struct buf *answer, struct r_timestamp *out, struct hz_error *err);
/* HZ_E_DENIED when this machine's clock is behind a proven token: an entry that is recorded earlier than the token in
 * it would contradict itself for ever. */
int timestamp_clock(const struct r_timestamp *token, struct hz_error *err);
/* Writes the answer beside what it is about, under the first free name. *file is the caller's. HZ_E_LIMIT: all taken.
 */
int timestamp_keep(const struct timestamp_target *target, const struct buf *answer, char **file, struct hz_error *err);

#endif
