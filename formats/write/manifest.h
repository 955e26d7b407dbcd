/* The lines of the payload manifests, held apart: digests in binary, which nothing packs, and paths, each without the
 * beginning that it shares with the one before. In memory a line takes about 36 bytes so, a third of what it is as
 * text.
 */
#ifndef HZ_FORMATS_WRITE_MANIFEST_H
#define HZ_FORMATS_WRITE_MANIFEST_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "formats/write/members.h"
#include "formats/write/name.h"
#include "formats/write/spool.h"

struct w_manifest {
    struct w_spool paths; /* a byte that says how much is shared, the rest, LF */
    struct w_spool digests;
    char previous[W_NAME_PATH_MAX + 1];
    uint64_t count, path_bytes;
    bool sha512;
};

void w_manifest_open(struct w_manifest *m, int directory, struct w_store *store, bool sha512);
void w_manifest_close(struct w_manifest *m);
/* A path of payload, at most W_NAME_PATH_MAX bytes. Digests in lower-case hexadecimal (HZ_E_FORMAT); sha512 is not
 * looked at unless it was asked for. */
int w_manifest_put(struct w_manifest *m, const char *path, const char *sha256, const char *sha512,
                   struct hz_error *err);
/* Bytes that all manifests together will have. */
uint64_t w_manifest_bytes(const struct w_manifest *m);
/* Writes manifest-sha256.txt and, where it was asked for, manifest-sha512.txt. */
int w_manifest_write(struct w_manifest *m, struct w_members *members, struct hz_error *err);

#endif
