/* The tar inside a bundle file, in pieces of some size, in order: read ahead, decompressed where the file is compressed
 * (formats/spec/bundle.md section 2), with the digest of the file itself. */
#ifndef HZ_FORMATS_READ_FEED_H
#define HZ_FORMATS_READ_FEED_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "formats/read/finding.h"
#include "formats/read/frame.h"
#include "formats/read/gunzip.h"
#include "formats/read/hash.h"
#include "formats/read/pool.h"

#define R_FEED_PIECES 8
#define R_FEED_PACKED 4
#define R_FEED_FRAMES 512 /* in one piece, when they are small */

/* Gives up to len bytes, *got 0 at the end. HZ_OK or an error that ends the reading. */
typedef int r_feed_read(void *context, void *bytes, size_t len, size_t *got, struct hz_error *err);

/* Where the next read begins, from the beginning of the file. HZ_OK or an error that ends the reading. */
typedef int r_feed_seek(void *context, uint64_t offset, struct hz_error *err);

enum r_feed_kind { R_FEED_UNKNOWN, R_FEED_PLAIN, R_FEED_ZSTD, R_FEED_GZIP };

/* What ended the tar before its time. */
struct r_fault {
    bool there;
    enum r_code code;
    enum r_why why;
    uint64_t offset; /* in the file */
};

/* Memory for a compressed frame and what was read behind it. */
struct r_packed {
    unsigned char *bytes; /* owned; had when first needed */
    size_t len;
    bool busy; /* being decoded */
};

/* Where a frame of a piece ends. */
struct r_part {
    size_t content, packed; /* from the beginning of the piece, and of its first frame */
};

struct r_piece {
    struct r_job job; /* first: the job is the piece */
    struct r_feed *feed;
    unsigned char *bytes; /* owned; had when first needed */
    size_t len;           /* 0: the tar ends here, for the reason in fault if that is there */
    uint64_t offset;      /* in the file: of the first frame, or of the end */
    struct r_fault fault; /* the tar ends behind the bytes */
    struct r_packed *packed;
    struct r_part parts[R_FEED_FRAMES]; /* one for each frame */
    size_t part_count;
    bool ready;
    unsigned holds; /* the parser's, and one for each job that looks at the bytes */
};

struct r_feed {
    struct r_job job; /* reading ahead */
    struct r_pool *pool;
    r_feed_read *read;
    void *context;
    enum r_feed_kind kind;
    struct r_piece pieces[R_FEED_PIECES];
    struct r_packed packed[R_FEED_PACKED];
    uint64_t filled, given; /* pieces */
    size_t at_packed;       /* the one in which reading goes on */
    size_t rest;            /* bytes at its end that belong to what follows */
    struct r_gunzip *gunzip;
    enum r_gunzip_answer gzip; /* the latest */
    bool file_ended, go_on, stop, reading;
    bool leapt;         /* parts of the file were not read */
    uint64_t offset;    /* bytes of the file read so far */
    struct r_hash file; /* over them */
    int failed;         /* reading failed: the code, and what was said */
    struct hz_error error;
};

/* pool stays the caller's. */
int r_feed_open(struct r_feed *f, struct r_pool *pool, r_feed_read *read, void *context, struct hz_error *err);
void r_feed_close(struct r_feed *f);
/* The next piece, held for the caller; after one without bytes it is not asked again. The file is not read beyond what
 * the first piece needs before the second is asked for. */
int r_feed_next(struct r_feed *f, struct r_piece **piece, struct hz_error *err);
/* Between two pieces, in a pool without threads: leaves out whole frames of at most max bytes of the tar in all, by
 * their headers alone. *skipped: how many; 0 where this file does not allow it, or something is odd. */
int r_feed_skip(struct r_feed *f, r_feed_seek *seek, uint64_t max, uint64_t *skipped, struct hz_error *err);
/* One hold less. */
void r_feed_release(struct r_piece *piece);
/* With the lock of the pool held. */
void r_feed_release_locked(struct r_piece *piece);
/* Reads to the end of the file, decoding nothing, and writes its digest. No piece may be asked for afterwards. */
int r_feed_drain(struct r_feed *f, unsigned char sha256[R_SHA256_SIZE], struct hz_error *err);
/* true when the frames of a file say where the tar ends, so that bytes behind can be told from it. */
bool r_feed_is_framed(const struct r_feed *f);

#endif
