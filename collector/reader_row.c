/* What every kind of item needs: headers, rows, reasons. */
#include <stdlib.h>
#include <string.h>

#include "base/io_open.h"
#include "base/lang.h"
#include "collector/absence.h"
#include "collector/reader.h"
#include "formats/write/catalog.h"
#include "formats/write/merkle.h"
#include "formats/write/tarhead.h"

int reader_missing(struct slot_item *item, const struct hz_error *why, struct hz_error *err)
{
    if (why->code == HZ_E_NOMEM || absence_is_ours(why->sys_errno)) {
        if (err != NULL)
            *err = *why;
        return why->code;
    }
    item->outcome = SLOT_MISSING;
    item->absence = (struct walk_absence) { .status = absence_status(why->sys_errno),
                                            .reason = absence_reason(why->sys_errno),
                                            .sys_errno = why->sys_errno,
                                            .failure = true };
    if (item->absence.status == W_VANISHED)
        item->absence.failure = item->named;
    return HZ_OK;
}

bool reader_has_room(struct reader *r, struct slot_item *item)
{
    const struct w_stat *stat = &r->meta.stat;
    size_t bytes = r->meta.bytes.len + stat->xattr_count * META_XATTR_EACH;
    const char *refused =
        stat->xattr_count == 0 ? NULL : budget_admit_attributes(r->config->budget, bytes, &item->claim);
    if (refused == NULL)
        return true;
    item->outcome = SLOT_MISSING;
    item->absence = (struct walk_absence) { .status = W_OVER_BUDGET, .reason = refused, .failure = true };
    return false;
}

void reader_unanswered(struct slot_item *item)
{
    item->fd = -1; /* closing it could wait, too */
    item->outcome = SLOT_MISSING;
    item->absence =
        (struct walk_absence) { .status = W_TIMEOUT, .reason = N_("its file system did not answer"), .failure = true };
}

int reader_header(struct reader *r, struct slot *s, const struct slot_item *item, uint64_t size, size_t *len,
                  struct hz_error *err)
{
    buf_reset(&r->name);
    buf_reset(&r->head);
    buf_puts(&r->name, r->config->item);
    buf_putc(&r->name, '/');
    buf_puts(&r->name, item->path);
    const char *name = buf_text(&r->name);
    if (name == NULL)
        return buf_check(&r->name, err);
    int rc = w_tarhead_put(&r->head, name, size, r->config->mtime, err);
    if (rc == HZ_OK)
        rc = slot_hold(s, r->head.len, err);
    if (rc != HZ_OK)
        return rc;
    memcpy(s->bytes + s->used, r->head.data, r->head.len);
    *len = r->head.len;
    return HZ_OK;
}

/* Array, names and values in one piece of memory. */
int reader_keep(struct reader *r, struct slot *s, struct slot_item *item, struct hz_error *err)
{
    const struct w_stat *stat = &r->meta.stat;
    size_t array = stat->xattr_count * sizeof *stat->xattrs;
    item->row = *stat;
    item->row.xattrs = NULL;
    if (stat->xattr_count == 0)
        return HZ_OK;
    struct w_xattr *kept = malloc(array + r->meta.bytes.len);
    if (kept == NULL)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    unsigned char *bytes = (unsigned char *)kept + array;
    memcpy(bytes, r->meta.bytes.data, r->meta.bytes.len);
    for (size_t i = 0; i < stat->xattr_count; i++) {
        kept[i] = stat->xattrs[i];
        kept[i].name.data = bytes + ((const unsigned char *)stat->xattrs[i].name.data - r->meta.bytes.data);
        kept[i].value.data = bytes + ((const unsigned char *)stat->xattrs[i].value.data - r->meta.bytes.data);
    }
    item->row.xattrs = item->xattrs = kept;
    s->heavy += array + r->meta.bytes.len;
    return HZ_OK;
}

enum w_file_status reader_judge(struct reader *r, int fd, const struct statx *before)
{
    struct statx after;
    struct hz_error ignored;
    watch_enter(&r->watch);
    int rc = io_statx(fd, &after, &ignored);
    watch_leave(&r->watch);
    if (rc != HZ_OK)
        return W_CHANGED; /* it cannot be shown that it is as before */
    if (after.stx_size > before->stx_size)
        return W_GREW;
    return meta_same(before, &after) ? W_COLLECTED : W_CHANGED;
}

int reader_line(struct reader *r, struct slot *s, struct slot_item *item, const struct reader_row *row,
                struct hz_error *err)
{
    const struct w_file file = { .path = item->path,
                                 .source = s->source,
                                 .origin = item->origin,
                                 .method = item->method,
                                 .stat = *row->stat,
                                 .acquired_at = item->acquired_at };
    const struct w_catalog_row catalog = { .file = &file,
                                           .status = item->status,
                                           .size = item->size,
                                           .sha256 = item->sha256,
                                           .sha256_at = &item->sha256_at,
                                           .real_size = row->real_size,
                                           .real_sha256 = row->real_sha256,
                                           .random = &r->random };
    buf_putc(&s->lines, '\0'); /* of the leaf */
    item->line_at = s->lines.len;
    int rc = w_catalog_line(&s->lines, &catalog, err);
    if (rc != HZ_OK)
        return rc;
    buf_putc(&s->lines, '\n');
    item->line_len = s->lines.len - item->line_at;
    return buf_check(&s->lines, err);
}
