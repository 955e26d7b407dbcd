/* The one place where bytes are read and written. EINTR is retried, short transfers are completed. */
#ifndef HZ_BASE_IO_RW_H
#define HZ_BASE_IO_RW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/error.h"

/* Reads until len bytes or the end; *got says how many. */
int io_read(int fd, void *bytes, size_t len, size_t *got, struct hz_error *err);
/* What one call gives, at least a byte before the end: for files whose reading may fail behind what is there already.
 */
int io_read_some(int fd, void *bytes, size_t len, size_t *got, struct hz_error *err);
int io_read_at(int fd, uint64_t offset, void *bytes, size_t len, size_t *got, struct hz_error *err);
/* Only what is in the page cache already: *got bytes from offset, 0 when that is none. false: cannot be told of this
 * file. */
bool io_read_cached(int fd, uint64_t offset, void *bytes, size_t len, size_t *got);
/* Has the kernel begin to read len bytes from the start of a file into the page cache. */
void io_read_ahead(int fd, size_t len);
int io_write(int fd, const void *bytes, size_t len, struct hz_error *err);
/* Would at most PIPE_BUF bytes be written without waiting, now or within so many milliseconds? Also where writing
 * fails. For handlers of signals, too. */
bool io_write_ready(int fd, int milliseconds);
int io_write_at(int fd, uint64_t offset, const void *bytes, size_t len, struct hz_error *err);
/* Asks the kernel to begin writing these bytes to the medium, waits for nothing (sync_file_range(2)). false: not a file
 * that can. */
bool io_write_back(int fd, uint64_t offset, uint64_t len);
/* Appends everything up to the end; more than out->limit is HZ_E_LIMIT. */
int io_read_all(int fd, struct buf *out, struct hz_error *err);
/* A whole small file of ours. The path stands in the error. */
int io_read_file(const char *path, struct buf *out, struct hz_error *err);
int io_rewind(int fd, struct hz_error *err);
/* Where the next read begins. io_tell: HZ_E_UNSUPPORTED for a pipe or the like. */
int io_tell(int fd, uint64_t *offset, struct hz_error *err);
int io_seek(int fd, uint64_t offset, struct hz_error *err);
/* Where a file that is read at offsets has bytes next, not a hole; the same offset where its file system does not tell.
 * HZ_E_NOTFOUND: nothing but a hole, or the end, from there on. */
int io_next_data(int fd, uint64_t offset, uint64_t *at, struct hz_error *err);
/* Bytes that an ordinary user may still write on the file system of fd; UINT64_MAX where it does not say. */
int io_free_space(int fd, uint64_t *out, struct hz_error *err);
int io_sync(int fd, struct hz_error *err); /* fsync; a failure is final */
/* The same for everything on the file system of fd (syncfs): for a tree of many files that were written just now. */
int io_sync_all(int fd, struct hz_error *err);

#endif
