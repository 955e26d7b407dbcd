/* hozen archive put: what its two files share, and nobody else. */
#ifndef HZ_CUSTODY_CMD_ARCHIVE_PUT_H
#define HZ_CUSTODY_CMD_ARCHIVE_PUT_H

#include "custody/archive_rest.h"
#include "custody/cmd_archive.h"
#include "custody/sidecar.h"

struct put {
    struct cmd_archive w;
    struct archive_target target;
    struct archive_seal seal;
    struct verifier seen;
    const char *bundle, *file;
    unsigned parity;
    uint64_t size;       /* of the bundle */
    char numbers[2][24]; /* parity and size as text */
    struct w_time until; /* of the retention */
    char copy[R_LEDGER_COPY_ID];
    struct sidecars signatures, tokens; /* beside the bundle */
    struct w_beside beside[2 * SIDECAR_MAX];
    struct archive_sidecar lying[2 * SIDECAR_MAX + R_STATEMENT_BESIDE]; /* the same, and the rest, for the target */
    char digests[2 * SIDECAR_MAX][W_DIGEST_HEX];
    size_t beside_count;
    struct buf record; /* the evidence record that is taken along; empty: none */
    bool left_out;     /* the one that is there holds not, and stays where it is */
    struct archive_rest rest;
    struct buf name, path; /* "<item>.<copy>", and with the file's name behind it */
};

/* What lies beside the bundle goes along, and is recorded by its digest. */
int put_find_beside(struct put *p, struct hz_error *err);
/* The evidence record that lies beside the bundle is judged: by itself, and by the certificates of
 * HOZEN_TIMESTAMP_ROOTS. */
int put_find_record(struct put *p, struct hz_error *err);
/* What was made in the stage is recorded, too. */
int put_find_rest(struct put *p, const struct archive_stage *stage, struct hz_error *err);
/* Which version of each the store keeps. */
void put_name_versions(struct put *p);

#endif
