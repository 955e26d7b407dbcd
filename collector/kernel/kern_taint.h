/* What taints a kernel, in words (Documentation/admin-guide/tainted-kernels.rst). */
#ifndef HZ_COLLECTOR_KERNEL_KERN_TAINT_H
#define HZ_COLLECTOR_KERNEL_KERN_TAINT_H

#include <stddef.h>
#include <stdint.h>

struct kern_taint {
    unsigned bit;
    char letter;
    const char *words; /* English */
};

extern const struct kern_taint kern_taints[];
extern const size_t kern_taint_count;

/* NULL: not known here. */
const struct kern_taint *kern_taint_bit(unsigned bit);
const struct kern_taint *kern_taint_letter(char letter);

#endif
