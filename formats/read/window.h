/* The payload files that wait for their catalog segment: 4,096 in a bundle that holds, up to 8,192 in one where a
 * segment is missing. */
#ifndef HZ_FORMATS_READ_WINDOW_H
#define HZ_FORMATS_READ_WINDOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "formats/read/hash.h"

#define R_WINDOW_FILES ((size_t)8192)

struct r_window_file {
    size_t name_at, name_len; /* in names */
    uint64_t size, offset;    /* offset of the header in the bundle */
    unsigned char digest[R_SHA256_SIZE];
    unsigned char digest512[R_SHA512_SIZE]; /* where SHA-512 is wanted */
    bool listed;
    bool left; /* not read: there is no digest */
};

struct r_window {
    struct r_window_file *files; /* owned */
    size_t count, next;          /* next: where the next catalog line is expected */
    struct buf names;
    uint64_t overflow; /* files that found no room */
    bool hasty;        /* only the place that is expected is looked at */
};

int r_window_open(struct r_window *w, struct hz_error *err);
void r_window_close(struct r_window *w);
void r_window_clear(struct r_window *w);
/* Adds a file, or counts it in overflow. Its digests are there already, or will be: where r_window_next said before.
 * HZ_OK or HZ_E_NOMEM. */
int r_window_add(struct r_window *w, const char *path, size_t len, uint64_t size, uint64_t offset, bool left,
                 struct hz_error *err);
/* Where the digests of the next file belong; NULL when there is no room for it. */
struct r_window_file *r_window_next(struct r_window *w);
/* The file of this path, *at its place; NULL when there is none. */
struct r_window_file *r_window_find(struct r_window *w, const char *path, size_t len, size_t *at);
/* Copies the path of a file, NUL-terminated. */
void r_window_path(const struct r_window *w, const struct r_window_file *f, char *out, size_t size);

#endif
