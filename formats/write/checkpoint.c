#include "formats/write/checkpoint.h"

#include <inttypes.h>

#include "base/text.h"

int w_checkpoint_text(const char *ledger, uint64_t size, const unsigned char root[W_DIGEST_SIZE], struct buf *out,
                      struct hz_error *err)
{
    buf_printf(out, "hozen-ledger/%s\n%" PRIu64 "\n", ledger, size);
    text_base64(out, root, W_DIGEST_SIZE);
    buf_putc(out, '\n');
    return buf_check(out, err);
}
