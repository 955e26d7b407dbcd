/* The evidence record of a bundle, taken out of the archive: the best of those that lie beside its copies. */
#include <string.h>

#include "base/io_open.h"
#include "base/lang.h"
#include "cli/out.h"
#include "custody/archive_fill.h"
#include "custody/archive_record.h"
#include "custody/cmd_archive.h"
#include "custody/export_file.h"

/* What keeps one from being taken is said; only want of memory ends the search. */
static int offer(const struct cmd_archive_beside *b, struct archive_record *of, const struct archive_copy *c,
                 struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf bytes = BUF_INIT(W_ERS_MAX);
    enum archive_record_use use = ARCHIVE_RECORD_GOOD;
    bool recorded = false;
    struct cmd_archive_reached *reached;
    struct hz_error why = { 0 };
    int rc = cmd_archive_target(b->targets, b->args, c, &reached, err);

    if (rc != HZ_OK || !reached->there)
        return rc;
    rc = archive_attach_read(&reached->target, c, &bytes, &why);
    if (rc == HZ_OK && archive_record_offer(of, &bytes, NULL, &use, &recorded, err) != HZ_OK)
        return err->code;
    if (rc == HZ_OK && (use == ARCHIVE_RECORD_FULL || use == ARCHIVE_RECORD_WIDE) &&
        of->found.len == 0) { /* it is whole for others, perhaps */
        of->recorded = recorded;
        buf_put(&of->found, bytes.data, bytes.len);
        return buf_check(&of->found, err);
    }
    if (rc == HZ_OK && use == ARCHIVE_RECORD_VOID)
        cli_message(b->args->command->program, _("%s, %s: the evidence record beside it does not hold"), c->item,
                    c->copy);
    else if (rc != HZ_OK && rc != HZ_E_NOTFOUND)
        cli_message(b->args->command->program, "%s", why.text);
    return HZ_OK;
}

int cmd_archive_record_before(const struct cmd_archive_beside *b, const struct archive_copy *c, size_t i,
                              const char **from, struct hz_error *err)
{
    for (size_t k = 0; k < b->held->count; k++) {
        HZ_CLEANUP(buf_free) struct buf bytes = BUF_INIT(W_ERS_MAX);
        HZ_CLEANUP(buf_free) struct buf named = BUF_INIT(W_ERS_MAX);
        const struct archive_copy *other = &b->held->list[k];
        struct cmd_archive_reached *reached;
        struct hz_error ignored = { 0 };
        if (other->file == NULL || strcmp(other->item, c->item) != 0)
            continue;
        if (cmd_archive_target(b->targets, b->args, other, &reached, err) != HZ_OK)
            return err->code;
        if (!reached->there || archive_attach_read(&reached->target, other, &bytes, &ignored) != HZ_OK ||
            archive_record_named(&bytes, c->beside[i].sha256, &named) != HZ_OK)
            continue;
        *from = other->copy;
        if (b->restored != NULL)
            *b->restored = true;
        return export_file_whole(b->folder, c->beside[i].file, named.data, named.len, NULL, err);
    }
    return HZ_OK;
}

int cmd_archive_bring_record(const struct cmd_archive_beside *b, const struct archive_copy *c, struct hz_error *err)
{
    HZ_CLEANUP(archive_record_free) struct archive_records all = { 0 };
    HZ_CLEANUP(buf_free) struct buf name = BUF_INIT(4096);
    int rc = archive_record_group(&all, b->held, err);

    for (size_t i = 0; rc == HZ_OK && i < all.count; i++) {
        struct archive_record *one = &all.list[i];
        if (strcmp(one->copies->sha256, c->sha256) != 0)
            continue;
        for (size_t k = 0; rc == HZ_OK && k < one->copy_count; k++)
            rc = offer(b, one, &one->copies[k], err);
        if (rc != HZ_OK || one->found.len == 0 || (one->named && !one->recorded))
            continue;
        buf_printf(&name, "%s%s", archive_fill_name(c->file), ARCHIVE_ATTACH_SUFFIX);
        if (buf_text(&name) == NULL)
            return buf_check(&name, err);
        if (io_is_regular(b->folder, (const char *)name.data)) /* from this copy */
            return HZ_OK;
        return export_file_whole(b->folder, (const char *)name.data, one->found.data, one->found.len, NULL, err);
    }
    return rc;
}
