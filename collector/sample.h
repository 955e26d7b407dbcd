/* How large a file may be when it is packed: from some of its bytes. */
#ifndef HZ_COLLECTOR_SAMPLE_H
#define HZ_COLLECTOR_SAMPLE_H

#include <stdint.h>

#include "base/error.h"
#include "collector/watch.h"
#include "formats/write/compress.h"

/* Reads at most 1 MiB of the file, evenly spread. *packed: a guess, rather too large; UINT64_MAX where nothing can be
 * read. watch: may be NULL. Fails only for our own shortage. */
int sample_packed(int fd, struct watch *watch, uint64_t size, enum w_compress how, uint64_t *packed,
                  struct hz_error *err);

#endif
