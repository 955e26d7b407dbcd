#include "verify/rows_cut.h"

#include "base/lang.h"

void rows_cut_text(struct buf *out, bool limited, uint64_t size, uint64_t real_size)
{
    if (limited && real_size == size)
        buf_puts(out, _("limited: not taken to its end"));
    else
        buf_printf(out,
                   limited ? _("limited: %llu bytes were read, the other %llu are zeros")
                           : _("shrunk: %llu bytes were read, the other %llu are zeros"),
                   (unsigned long long)real_size, (unsigned long long)(size - real_size));
}
