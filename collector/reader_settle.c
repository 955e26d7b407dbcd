/* Digests of all that a slot has got, at a time: several pieces side by side are quicker than one by one. */
#include <string.h>

#include "base/text.h"
#include "collector/reader.h"

static int digest_contents(struct reader *r, struct slot *s, struct hz_error *err)
{
    unsigned char digests[SLOT_ITEMS][W_DIGEST_SIZE];
    size_t count = 0;
    for (size_t i = s->settled; i < s->read; i++)
        if (s->items[i].pending) {
            const struct slot_item *item = &s->items[i];
            r->jobs[count] = (struct w_digests_job) { s->bytes + item->content_at, (size_t)item->size, digests[count] };
            count++;
        }
    int rc = w_digests_run(r->many, r->jobs, count, err);
    count = 0;
    for (size_t i = s->settled; rc == HZ_OK && i < s->read; i++)
        if (s->items[i].pending) {
            struct slot_item *item = &s->items[i];
            text_hex(item->sha256, digests[count++], W_DIGEST_SIZE);
            memcpy(s->lines.data + item->sha256_at, item->sha256, W_DIGEST_HEX - 1);
            item->pending = false;
        }
    return rc;
}

/* A leaf is the digest of a zero, which stands before the row, and the row without its newline. */
static int digest_rows(struct reader *r, struct slot *s, struct hz_error *err)
{
    size_t count = 0;
    for (size_t i = s->settled; i < s->read; i++) {
        struct slot_item *item = &s->items[i];
        if (item->line_len > 0)
            r->jobs[count++] = (struct w_digests_job) { s->lines.data + item->line_at - 1, item->line_len, item->leaf };
    }
    return w_digests_run(r->many, r->jobs, count, err);
}

int reader_settle(struct reader *r, struct slot *s, struct hz_error *err)
{
    int rc = digest_contents(r, s, err);
    if (rc == HZ_OK)
        rc = digest_rows(r, s, err);
    if (rc == HZ_OK)
        s->settled = s->read;
    return rc;
}
