#include "collector/processes/mem_block.h"

#include <string.h>

#include "base/io_rw.h"
#include "collector/servant.h"

/* Page by page, where a larger piece has one that cannot be read. */
static void read_pages(struct mem_block *b)
{
    struct hz_error why = { .code = HZ_OK };
    for (size_t at = 0; at < b->len; at += b->page) {
        size_t got = 0;
        if (io_read_at(b->fd, b->at + at, b->bytes + at, b->page, &got, &why) == HZ_OK && got == b->page)
            continue;
        memset(b->bytes + at, 0, b->page);
        b->sys_errno = b->missing == 0 ? why.sys_errno : b->sys_errno;
        b->missing++;
    }
}

static void work(void *context)
{
    struct mem_block *b = context;
    struct hz_error ignored;
    size_t got = 0;
    b->missing = 0;
    b->sys_errno = 0;
    if (io_read_at(b->fd, b->at, b->bytes, b->len, &got, &ignored) != HZ_OK || got != b->len)
        read_pages(b);
}

int mem_block_read(struct mem_block **b, struct run *run, struct hz_error *err)
{
    int rc = servant_do(run, work, *b, err);
    if (rc == HZ_E_TIMEOUT)
        *b = NULL;
    return rc;
}
