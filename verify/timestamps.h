/* Time stamps over the signatures of a bundle, and those inside it that tell when it cannot have been made yet
 * (formats/spec/timestamp.md sections 3 and 4). */
#ifndef HZ_VERIFY_TIMESTAMPS_H
#define HZ_VERIFY_TIMESTAMPS_H

#include "formats/read/timestamp.h"
#include "verify/account.h"

#define TIMESTAMPS_FILES 64

struct timestamps_file {
    char *name;       /* owned; shown in reports */
    struct buf bytes; /* empty: too large to be one */
};

struct timestamps_policy {
    const struct r_timestamp_roots *roots; /* NULL: none were given */
    const struct timestamps_file *files;
    size_t count;
};

struct timestamps_row {
    const char *file; /* the policy's; "meta/acquisition.json" for a lower bound */
    bool lower;       /* inside the bundle, which was finished after it */
    struct r_timestamp token;
    const char *covers;             /* a sidecar's name, the policy's; NULL: see inside */
    char inside[R_SHA256_HEX + 20]; /* "signatures/<keyid>.sshsig"; empty: none */
};

struct timestamps {
    struct timestamps_row row[TIMESTAMPS_FILES + R_ACQUISITION_BOUNDS];
    size_t count;
};

struct verdict_sidecar;

/* Judges the tokens that the policy brings and those inside the bundle (told: its records can be believed), each in a
 * jailed child. HZ_E_NOMEM, HZ_E_CRYPTO or HZ_E_IO when that cannot be done. */
int timestamps_make(struct timestamps *out, const struct account *account, bool told,
                    const struct timestamps_policy *policy, const struct verdict_sidecar *sidecars,
                    size_t sidecar_count, struct hz_error *err);
/* The earliest proven token over this signature. false: there is none. */
bool timestamps_earliest(const struct timestamps *t, const struct buf *signature, struct r_timestamp *out);
/* Notices about tokens that are not proven, and about a clock that they contradict. with_roots: they were given. */
void timestamps_notice(const struct timestamps *t, struct account *account, bool with_roots);
/* What a row is about; NULL: nothing that is known here. */
const char *timestamps_covers(const struct timestamps_row *row);
/* "finished" is later than a proven time of a signature over it. name: of the signature. */
void timestamps_ahead(struct account *account, const struct r_timestamp *token, const char *name);

#endif
