/* The files of an exported folder, held against SHA256SUMS (formats/spec/ledger.md section 9). All but entries.jsonl
 * are read into memory. */
#ifndef HZ_VERIFY_EXPORT_FOLDER_H
#define HZ_VERIFY_EXPORT_FOLDER_H

#include "base/buf.h"
#include "base/error.h"
#include "formats/read/entry.h"
#include "formats/read/hash.h"
#include "verify/exported.h"

enum export_part {
    EXPORT_SUMS,
    EXPORT_VERIFY_EN,
    EXPORT_VERIFY_JA,
    EXPORT_SIGNERS,
    EXPORT_CHECKPOINT,
    EXPORT_PROOFS,
    EXPORT_ABOUT,
    EXPORT_PARTS
};

struct export_signature { /* NAME.<keyid>.sshsig */
    char keyid[R_SHA256_HEX];
    struct buf armour;
};

struct export_folder {
    int entries; /* owned; entries.jsonl, -1: not there */
    bool there[EXPORT_PARTS];
    struct buf part[EXPORT_PARTS];
    struct export_signature checkpoint[R_ENTRY_SIGNATURES], about[1];
    size_t checkpoint_count, about_count;
    unsigned char entries_digest[R_SHA256_SIZE]; /* as SHA256SUMS has it */
};

/* Reads the folder; findings for what is missing, does not belong there or is not as SHA256SUMS has it. HZ_E_FORMAT:
 * not an export at all; else a failure to read. Free it in any case. */
int export_folder_load(struct export_folder *f, const char *path, struct exported *x, struct hz_error *err);
void export_folder_free(struct export_folder *f); /* legal on a zeroed struct only after export_folder_load */

#endif
