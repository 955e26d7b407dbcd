/* What this program opened and wrote so far, for the record of its own footprint. Counted where files are opened and
 * bytes written (base/io_*.c), once and for the whole process: the one state besides the language that is global. */
#ifndef HZ_BASE_IO_COUNT_H
#define HZ_BASE_IO_COUNT_H

#include <stdint.h>
#include <sys/types.h>

struct io_count {
    uint64_t opened;  /* descriptors of files, directories and links that were opened */
    uint64_t created; /* files that were made: outputs, and unlinked ones beside them */
    uint64_t written; /* bytes, to outputs, unlinked files, terminals and pipes */
};

struct io_count io_count_now(void);
/* For base/io_*.c. io_count_opened gives its argument back. */
int io_count_opened(int fd);
int io_count_created(int fd);
void io_count_written(ssize_t bytes);

#endif
