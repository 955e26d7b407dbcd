/* Headers of tar members: what is approved has one encoding, and both sides know no other. */
#include "formats/read/tar.h"
#include "formats/write/tarhead.h"
#include "tests/fuzz/fuzz.h"

/* A header whose checksum is wrong is refused at once; the first byte of the input says whether it is made right. */
static void set_checksum(unsigned char *block)
{
    unsigned sum = 0;
    memset(block + 148, ' ', 8);
    for (size_t i = 0; i < R_TAR_BLOCK; i++)
        sum += block[i];
    snprintf((char *)block + 148, 8, "%06o", sum);
    block[155] = ' ';
}

static void approved(const unsigned char *head, size_t len, const struct r_tar_head *h)
{
    HZ_CLEANUP(buf_free) struct buf twin = BUF_INIT(R_TAR_HEAD_MAX);
    unsigned char again[R_TAR_HEAD_MAX];
    FUZZ_HOLDS(r_tar_encode(h, again) == len && memcmp(again, head, len) == 0);
    FUZZ_HOLDS(h->type == '0' && h->name[0] != '\0' && h->size < UINT64_C(1) << 62);
    for (const char *c = h->name; *c != '\0'; c++)
        if ((unsigned char)*c < 0x20 || (unsigned char)*c > 0x7e)
            return; /* the writer has no such names: payload paths are plain text */
    if (h->size >= (UINT64_C(1) << 53))
        return;
    FUZZ_HOLDS(w_tarhead_put(&twin, h->name, h->size, h->mtime, NULL) == HZ_OK);
    FUZZ_HOLDS(twin.len == len && memcmp(twin.data, head, len) == 0);
    FUZZ_HOLDS(r_tar_kind(head) == (len > R_TAR_BLOCK ? R_TAR_PAX : R_TAR_FILE));
}

/* Whatever a name and a size are: what is encoded is read back as the same. */
static void encoded(const struct r_tar_head *h)
{
    unsigned char head[R_TAR_HEAD_MAX];
    struct r_tar_head again;
    size_t differs, len = r_tar_encode(h, head);
    if (len == 0)
        return;
    FUZZ_HOLDS(len % R_TAR_BLOCK == 0 && r_tar_read(head, len, &again, &differs));
    FUZZ_HOLDS(strcmp(again.name, h->name) == 0 && again.size == h->size && again.mtime == h->mtime);
    FUZZ_HOLDS(r_tar_checksum_holds(head) && r_tar_checksum_holds(head + len - R_TAR_BLOCK) && r_tar_has_magic(head));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    unsigned char head[R_TAR_HEAD_MAX];
    struct r_tar_head h;
    size_t len, padded = 0, differs = SIZE_MAX;
    if (size < 1 + R_TAR_BLOCK)
        return 0;
    len = (size - 1) / R_TAR_BLOCK * R_TAR_BLOCK;
    len = len > R_TAR_HEAD_MAX ? R_TAR_HEAD_MAX : len;
    memcpy(head, data + 1, len);
    if (data[0] & 1)
        set_checksum(head);
    if (data[0] & 2)
        set_checksum(head + len - R_TAR_BLOCK);
    if (r_tar_pax_size(head, &padded))
        FUZZ_HOLDS(padded > 0 && padded <= R_TAR_PAX_MAX && padded % R_TAR_BLOCK == 0);
    /* the reader takes a pax header and as much as it states, and the header behind it */
    if (len != R_TAR_BLOCK && len != R_TAR_BLOCK + padded + R_TAR_BLOCK)
        len = R_TAR_BLOCK;
    if (r_tar_read(head, len, &h, &differs))
        approved(head, len, &h);
    else
        FUZZ_HOLDS(differs <= R_TAR_HEAD_MAX);
    if (r_tar_decode(head, len, &h))
        encoded(&h);
    return 0;
}
