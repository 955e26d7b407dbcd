/* The header of a systemd journal file, as far as it tells which time the file covers.
 * Source: systemd.io/JOURNAL_FILE_FORMAT, "Header". */
#ifndef HZ_COLLECTOR_JOURNAL_HEADER_H
#define HZ_COLLECTOR_JOURNAL_HEADER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/stamp.h"

#define JOURNAL_HEADER_SIZE 208 /* of the oldest version; later ones are longer and begin alike */

struct journal_header {
    bool online; /* somebody writes into it, or did not close it */
    uint64_t entries;
    struct stamp head, tail; /* realtime of the first and the last entry */
};

/* HZ_E_FORMAT when these are not the first bytes of a journal file of `size` bytes that holds entries and agrees with
 * itself. What they say is the host's word, never a fact. */
int journal_header_parse(const unsigned char *bytes, size_t len, uint64_t size, struct journal_header *out);

#endif
