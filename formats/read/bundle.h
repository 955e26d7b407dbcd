/* The strict reader of a bundle: one pass, from anything that gives bytes in order, in bounded memory (formats/spec/
 * bundle.md). It says what is there and what is wrong; whom to trust is for others to say (trust.h).
 *
 *     struct r_bundle_result result;
 *     r_bundle_result_init(&result);
 *     code = r_bundle_read(pool, read, context, &sink, &result, &err);
 *     ... result.findings, result.content_id ...
 *     r_bundle_result_free(&result);
 */
#ifndef HZ_FORMATS_READ_BUNDLE_H
#define HZ_FORMATS_READ_BUNDLE_H

#include "formats/read/acquisition.h"
#include "formats/read/catalog.h"
#include "formats/read/disclosed.h"
#include "formats/read/finding.h"
#include "formats/read/input.h"
#include "formats/read/name.h"
#include "formats/read/records.h"

#define R_BUNDLE_SIGNATURES 16
#define R_BUNDLE_SIGNATURE_MAX ((size_t)8 * 1024)

/* What is told while reading. Each may be NULL; a code other than HZ_OK ends the reading with that error. What comes
 * before the end is not yet checked against the signature. */
struct r_bundle_sink {
    void *context;
    /* A payload file, "data/...", before its bytes, its bytes, and their end. */
    int (*file)(void *context, const char *path, uint64_t size, struct hz_error *err);
    int (*data)(void *context, const void *bytes, size_t len, struct hz_error *err);
    int (*file_end)(void *context, struct hz_error *err);
    /* A payload file that need not be read: true. Its bytes are then not compared with anything; everything else is. */
    bool (*leave)(void *context, const char *path);
    r_feed_seek *seek; /* on the context of read; NULL: what need not be read is read all the same */
    /* Lines of the catalog, of objects, absent and actions, each well-formed by itself. */
    int (*entry)(void *context, const struct r_entry *entry, struct hz_error *err);
    int (*record)(void *context, const struct r_record *record, struct hz_error *err);
    int (*acquisition)(void *context, const struct r_acquisition *acquisition, struct hz_error *err);
    /* A file of signatures/ whose name is keyid (64 hex digits), at most R_BUNDLE_SIGNATURE_MAX bytes. */
    int (*signature)(void *context, const char *keyid, const void *bytes, size_t len, uint64_t offset,
                     struct hz_error *err);
    /* The file is a disclosure: told at its end. */
    int (*disclosed)(void *context, const struct r_disclosed *disclosed, struct hz_error *err);
    /* A payload file of a bundle, "data/...", of which a disclosure is to be made; NULL: none. Its parts, but for
     * disclosure.txt, the file itself and the signatures, are told in their order, where they are there: the name as in
     * the tar, the time of its headers, at most R_CATALOG_LINE_MAX + 1 bytes. */
    const char *disclose;
    int (*part)(void *context, const char *name, uint64_t mtime, const void *bytes, size_t len, struct hz_error *err);
};

/* Files of one status whose bytes are not all of the host's. */
struct r_bundle_cut {
    uint64_t files, filled; /* filled: so many of them end in zeros that stand for what was not read */
    uint64_t zeros;         /* bytes, in all of these */
};

struct r_bundle_result {
    char name[R_NAME_ITEM_MAX + 1];             /* empty when not known */
    bool disclosure;                            /* not a bundle: one file of it, with its proof */
    bool complete;                              /* every byte of the file was read; file_sha256 holds */
    bool ended;                                 /* the end marker was reached: all signatures were seen */
    bool has_content_id;                        /* a tagmanifest was there: the two digests of it hold */
    unsigned char content_id[R_SHA256_SIZE];    /* SHA-256 of the tagmanifest */
    unsigned char signed_digest[R_SHA512_SIZE]; /* SHA-512 of the same: what a signature signs */
    unsigned char file_sha256[R_SHA256_SIZE];
    uint64_t file_bytes, files, bytes;          /* bytes read; payload files and their bytes */
    uint64_t left;                              /* files that were left unread; then complete is false */
    uint64_t absences[R_RECORDS_ABSENCE_COUNT]; /* lines of absent by status */
    struct r_bundle_cut limited, shrunk;        /* by the catalog */
    uint64_t unlocked_files;                    /* by the catalog; */
    uint64_t unlocked_databases;                /* and of how many databases, by the actions */
    struct r_findings findings;                 /* sorted by place */
    struct r_findings notices;
};

void r_bundle_result_init(struct r_bundle_result *result);
void r_bundle_result_free(struct r_bundle_result *result);

/* pool: threads that help (formats/read/pool.h); what is found does not depend on them. read is called by one thread at
 * a time, which need not be the caller's.
 * HZ_OK when it could be told what is there, whatever the findings say. An error (reading failed, out of memory, the
 * sink said stop) means that nothing can be told; result must still be freed. */
int r_bundle_read(struct r_pool *pool, r_feed_read *read, void *read_context, const struct r_bundle_sink *sink,
                  struct r_bundle_result *result, struct hz_error *err);

#endif
