/* Words for files that are not as they were on the host. */
#ifndef HZ_VERIFY_ROWS_CUT_H
#define HZ_VERIFY_ROWS_CUT_H

#include "verify/reader.h"

/* How much of a limited or shrunk file is its own. */
void rows_cut_text(struct buf *out, bool limited, uint64_t size, uint64_t real_size);

#endif
