/* A record of /dev/kmsg (Documentation/ABI/testing/dev-kmsg). */
#ifndef HZ_COLLECTOR_KERNEL_KERN_RECORD_H
#define HZ_COLLECTOR_KERNEL_KERN_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct kern_record { /* texts point into what was parsed */
    unsigned level, facility;
    uint64_t sequence, microseconds;
    bool continued;     /* part of a line that goes on */
    const char *caller; /* NULL: the kernel does not tell */
    size_t caller_len;
    const char *text;
    size_t text_len;
    const char *fields; /* lines " KEY=value\n" behind it */
    size_t fields_len;
};

/* HZ_E_FORMAT */
int kern_record_parse(struct kern_record *out, const char *bytes, size_t len);

#endif
