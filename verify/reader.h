/* The reader in its jail, and its parent's side of the pipe. */
#ifndef HZ_VERIFY_READER_H
#define HZ_VERIFY_READER_H

#include "verify/account.h"
#include "verify/fact.h"
#include "verify/wire.h"

/* One line of the catalog, of objects or of absent. Texts are the bundle's own account: UTF-8, hostile, may be empty.
 */
enum reader_row_kind { READER_FILE, READER_OBJECT, READER_ABSENT };
struct reader_row {
    enum reader_row_kind kind;
    struct wire_bytes path;   /* files: "data/..." */
    struct wire_bytes origin; /* host path as text; raw when it is not UTF-8 in origin_raw */
    struct wire_bytes origin_raw;
    struct wire_bytes source;
    struct wire_bytes word;     /* status of a file or an absence, type of an object */
    struct wire_bytes more;     /* target of a symlink, reason of an absence */
    struct wire_bytes more_raw; /* of a target that is not UTF-8 */
    bool has_origin;
    uint64_t size, real_size; /* real_size: what was read of it on the host; size but where it was cut */
    struct wire_bytes method; /* of a file */
    struct r_stat stat;
    unsigned char sha256[R_SHA256_SIZE]; /* of a file, as the catalog has it */
};

/* Why a file is limited, or a database was copied without a lock, as the actions say it. UTF-8, hostile, may be empty.
 */
struct reader_why {
    bool unlocked;            /* else limited */
    struct wire_bytes source; /* of the collection */
    struct wire_bytes target; /* host path as text */
    struct wire_bytes reason;
};

bool reader_row_limited(const struct reader_row *row);
bool reader_row_cut(
    const struct reader_row *row); /* limited or shrunk: real_size is less where zeros stand for the rest */
bool reader_row_unlocked(const struct reader_row *row);

/* What the caller wants to hear while the bundle is read; each may be NULL. Nothing is verified yet at that time. A
 * code other than HZ_OK ends it all. */
struct reader_listener {
    void *context;
    int (*file)(void *context, const char *path, uint64_t size, struct hz_error *err);
    int (*data)(void *context, const void *bytes, size_t len, struct hz_error *err);
    int (*file_end)(void *context, struct hz_error *err);
    int (*row)(void *context, const struct reader_row *row, struct hz_error *err);
    int (*why)(void *context, const struct reader_why *why, struct hz_error *err); /* behind all rows */
    /* A row of a listing; name is UTF-8, value a canonical JSON object: the bundle's own account, within the bounds of
     * verify/fact.h. Then the listing's end. whole: every row could be read; left: how many were too long. */
    int (*fact)(void *context, enum fact_kind kind, struct wire_bytes name, struct wire_bytes value,
                struct hz_error *err);
    int (*listing)(void *context, size_t listing, bool whole, uint64_t left, struct hz_error *err);
    /* Asked in the jailed child, about a copy of the context: true for a file that need not be read. One that is left
     * is not told, and its content not checked; the account's result counts them. */
    bool (*leave)(void *context, const char *path);
    /* The file of which a disclosure is made, NULL: none; its parts as r_bundle_sink tells them. */
    const char *disclose;
    int (*part)(void *context, const char *name, uint64_t mtime, const void *bytes, size_t len, struct hz_error *err);
};

/* Reads a bundle from a descriptor in a jailed child. HZ_OK with the account, whatever the findings; an error when
 * nothing can be told. account: account_init before, account_free after, also on error. */
int reader_run(int fd, const struct reader_listener *listener, struct account *account, struct hz_error *err);

/* The child's side, for tests too: reads fd and sends everything to write_end. Returns the child's exit status. */
struct reader_job {
    int fd;
    bool want_data, want_rows, want_facts, want_whys;
    bool (*leave)(void *context, const char *path); /* the listener's */
    void *leave_context;
    const char *disclose; /* the listener's */
    bool jail;
    unsigned workers; /* threads that decode and hash (formats/read/pool.h) */
};
int reader_serve(const struct reader_job *job, int write_end);
/* The parent's side: takes messages from fd until RESULT or ERROR. */
int reader_listen(int fd, const struct reader_listener *listener, struct account *account, struct hz_error *err);

/* For reader.c alone: one message about a disclosure, and one text of at most ACCOUNT_TEXT_MAX bytes. false: it makes
 * no sense, or memory is out. */
bool reader_take_disclosed(struct wire_in *in, struct account_disclosed *out);
bool reader_take_text(struct wire_in *in, char **out);

#endif
