/* A sample bundle in memory, read through the reader, and taken apart into its members. */
#ifndef HZ_TESTS_READ_SAMPLE_H
#define HZ_TESTS_READ_SAMPLE_H

#include "formats/read/bundle.h"
#include "formats/read/sshsig.h"

#define SAMPLE_MEMBERS 64 /* of the samples that come with the specification */

struct sample_member {
    char path[1002]; /* behind NAME/ */
    size_t begin;    /* of its header; it ends where the next begins */
    size_t content, size;
};

struct sample {
    struct buf bytes;
    struct sample_member *members; /* owned */
    size_t count;
    size_t end; /* where the end marker begins */
};

/* formats/spec/vectors/<name>, below HOZEN_SOURCE. Only for small bundles without pax headers. */
void sample_load(struct sample *s, const char *name);
/* The same for a bundle that is in s->bytes already. */
void sample_index(struct sample *s);
/* The bytes of formats/spec/vectors/<name>, whatever they are. */
void sample_bytes(struct buf *out, const char *name);
void sample_free(struct sample *s);
struct sample_member *sample_find(struct sample *s, const char *path);

struct sample_run {
    struct r_bundle_result result;
    struct hz_error err;
    int code;
    size_t signatures, valid; /* inside; verified with their own keys */
};

/* Reads bytes as a bundle; a pipe-like source gives at most `chunk` bytes at a time (0: as asked). */
void sample_read(struct sample_run *run, const void *bytes, size_t len, size_t chunk);
/* The same with so many threads; sample_read asks SAMPLE_WORKERS of the environment, 0 when it is not there. */
void sample_read_by(struct sample_run *run, const void *bytes, size_t len, size_t chunk, unsigned workers);
void sample_run_free(struct sample_run *run);
/* Nothing found, the end reached, and at least one signature, all of them valid. */
bool sample_is_whole(const struct sample_run *run);
const struct r_finding *sample_finding(const struct sample_run *run, enum r_code code);

/* Key and signature of a sample that has one, read with these keys or NULL, and the digest that it is over. */
void sample_signature(const char *name, struct r_keys *keys, struct r_sshsig *sig, unsigned char digest[R_SHA512_SIZE]);

/* A tar of some members, given by their places in s, in that order, with a right end. */
void sample_assemble(const struct sample *s, const size_t *order, size_t count, struct buf *out);
/* Appends a member with a right header. */
void sample_put_member(struct buf *out, const char *name, const void *content, size_t len, uint64_t mtime);
void sample_put_end(struct buf *out);
uint64_t sample_mtime(const struct sample *s);

#endif
