/* One file of a database on its way into the bundle: opened, copied to a spool, and afterwards judged. */
#ifndef HZ_COLLECTOR_DB_COPY_H
#define HZ_COLLECTOR_DB_COPY_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/stamp.h"
#include "collector/meta.h"
#include "formats/write/record.h"

struct db_file {
    int look;  /* O_PATH */
    int fd;    /* for reading; -1: it is not there, or cannot be opened (failed) */
    int spool; /* -1: nothing copied yet */
    int failed;
    bool exposed;          /* opened without O_NOATIME */
    struct statx before;   /* when `size` was settled */
    uint64_t size, copied; /* promised; there */
    int read_errno;        /* not 0: reading failed behind what was copied */
    struct stamp begun;
    /* by db_copy_end */
    enum w_file_status status;
    struct meta meta; /* owned */
};

/* Called while a file is copied, after each piece: returns HZ_OK, or what ends the copying. */
struct db_pace {
    int (*step)(void *context, size_t len, struct hz_error *err);
    void *context;
    int directory; /* for spools; -1: in memory */
};

void db_copy_init(struct db_file *f);
void db_copy_close(struct db_file *f); /* legal at any time */
/* The regular file at an absolute path. HZ_OK also when there is none (f->fd -1, f->failed 0) or when it cannot be
 * opened (f->failed: errno; ENOTSUP: no regular file). Other errors are our own shortage. */
int db_copy_open(struct db_file *f, int root, const char *path, size_t len, struct hz_error *err);
/* Promises as much as the file has now. HZ_E_IO when it cannot be told. */
int db_copy_measure(struct db_file *f, struct hz_error *err);
/* f->size bytes, or as many as there are, into a new spool. HZ_E_LIMIT: the spool cannot hold them. */
int db_copy_bytes(struct db_file *f, const struct db_pace *pace, struct hz_error *err);
/* As it was when it was measured, as far as the file system tells? */
bool db_copy_same(const struct db_file *f);
/* Nothing more is asked of the file itself: how its copy turned out, what the file system says about it. Its spool
 * stays. HZ_E_NOMEM. */
int db_copy_end(struct db_file *f, struct hz_error *err);

#endif
