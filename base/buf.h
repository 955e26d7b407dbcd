/* A growable byte buffer with a hard upper bound and a sticky failure.
 *
 * Appending to a failed buffer does nothing, so a run of appends is checked once, at its end, with buf_check(). */
#ifndef HZ_BASE_BUF_H
#define HZ_BASE_BUF_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct buf {
    unsigned char *data; /* owned; may be NULL while len is 0 */
    size_t len;
    size_t capacity;
    size_t limit;        /* len never exceeds this */
    enum hz_code failed; /* HZ_OK, HZ_E_NOMEM or HZ_E_LIMIT */
};

#define BUF_INIT(max)                                                                                                  \
    {                                                                                                                  \
        NULL, 0, 0, (max), HZ_OK                                                                                       \
    }
#define HZ_CLEANUP(function) __attribute__((cleanup(function)))

void buf_init(struct buf *b, size_t limit);
void buf_free(struct buf *b);  /* frees the bytes; b may be used again; NULL is legal */
void buf_reset(struct buf *b); /* empties, keeps the memory, clears the failure */
/* Each returns HZ_OK or the sticky failure. */
int buf_put(struct buf *b, const void *bytes, size_t len);
int buf_puts(struct buf *b, const char *text);
int buf_putc(struct buf *b, char c);
int buf_decimal(struct buf *b, uint64_t value);
int buf_printf(struct buf *b, const char *format, ...) HZ_PRINTF(2, 3);
/* Appends len zero bytes and gives a pointer to them, NULL when failed. Valid until the next append. */
unsigned char *buf_grow(struct buf *b, size_t len);
/* Room for len bytes behind the others, which the caller writes and then counts in b->len itself. NULL when failed. */
char *buf_room(struct buf *b, size_t len);
/* Makes data a C string: a NUL stands behind len (not counted). NULL when failed. */
const char *buf_text(struct buf *b);
/* HZ_OK, or sets err ("more than N bytes" / "out of memory"). */
int buf_check(const struct buf *b, struct hz_error *err);

#endif
