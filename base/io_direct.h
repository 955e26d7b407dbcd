/* Writing or reading a large file past the page cache: the kernel copies nothing, and what the host has in memory stays
 * there. */
#ifndef HZ_BASE_IO_DIRECT_H
#define HZ_BASE_IO_DIRECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

#define IO_DIRECT_ALIGN ((size_t)4096) /* of addresses, lengths and places in the file */

/* From now on io_direct_write and io_direct_read_at on fd go past the cache. false, and nothing is changed: not a file
 * on ext2, ext3, ext4 or XFS, which are known to do that well, or open(2) with O_DIRECT is not for it. */
bool io_direct_begin(int fd);
/* Writes to fd go through the cache again; what was written stays as it is. */
void io_direct_end(int fd);
/* Aligned bytes to an aligned place. What the kernel refuses to write that way (EINVAL), and all that comes after it,
 * goes through the cache. */
int io_direct_write(int fd, const void *bytes, size_t len, struct hz_error *err);
/* As io_read_at: aligned bytes from an aligned place. What the kernel refuses to read that way (EINVAL), and what comes
 * after a piece that ends unaligned, goes through the cache. */
int io_direct_read_at(int fd, uint64_t offset, void *bytes, size_t len, size_t *got, struct hz_error *err);

#endif
