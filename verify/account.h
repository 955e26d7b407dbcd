/* What the reader found, as the parent holds it: everything a verdict and a report need. */
#ifndef HZ_VERIFY_ACCOUNT_H
#define HZ_VERIFY_ACCOUNT_H

#include "formats/read/bundle.h"

struct account_signature {
    char keyid[R_SHA256_HEX]; /* of its file name */
    uint64_t offset;
    struct buf text;
};

/* meta/acquisition.json in brief. Texts are UTF-8, cut to ACCOUNT_TEXT_MAX bytes; NULL: not there. */
#define ACCOUNT_TEXT_MAX 500
struct account_acquisition {
    bool known;
    char *case_id, *operator_name, *hostname; /* owned */
    struct stamp started, finished;
    bool complete;
    struct r_counts counts;
    unsigned char keys_expected[R_ACQUISITION_KEYS][R_SHA256_SIZE];
    size_t key_count;
    struct r_bound bounds[R_ACQUISITION_BOUNDS];
    size_t bound_count;
    struct buf record; /* canonical JSON, without its LF */
};

/* Of a disclosure: what it says of itself, in brief. Texts as above. */
struct account_disclosed {
    bool proven; /* the file has a catalog line that belongs to the bundle: what stands up to the digest is of it */
    char *path;
    struct buf origin;     /* host path, any bytes; empty: there is none */
    char *status, *method; /* owned; words of the format */
    uint64_t size, real_size, index, count;
    unsigned char sha256[R_SHA256_SIZE];
    bool has_started;
    struct stamp started;
    char *case_id, *operator_name, *organisation;
};

struct account {
    unsigned jail;  /* layers (base/jail.h) */
    bool cut_short; /* the reader died: the rest says nothing */
    struct r_bundle_result result;
    struct account_acquisition acquisition;
    struct account_disclosed disclosed;
    struct account_signature signatures[R_BUNDLE_SIGNATURES];
    size_t signature_count;
};

void account_init(struct account *a);
void account_free(struct account *a);

/* Is a disclosed file limited or shrunk, or a copy without the locks of its database? */
bool account_disclosed_cut(const struct account_disclosed *d);
bool account_disclosed_unlocked(const struct account_disclosed *d);

#endif
