#include "custody/archive_fill.h"

#include <string.h>

#include "base/io_open.h"
#include "base/lang.h"
#include "custody/archive_held.h"
#include "custody/archive_parity.h"
#include "custody/checkpoint.h"
#include "custody/export.h"
#include "custody/export_file.h"
#include "custody/sidecar.h"
#include "formats/write/verifytxt.h"

const char *archive_fill_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash != NULL ? slash + 1 : path;
}

bool archive_fill_makes(const char *name)
{
    return strcmp(name, "custody") == 0 || strcmp(name, "VERIFY.en.txt") == 0 || strcmp(name, "VERIFY.ja.txt") == 0;
}

static int copy_files(int folder, const struct sidecars *files, struct hz_error *err)
{
    int rc = HZ_OK;

    for (size_t i = 0; rc == HZ_OK && i < files->count; i++) {
        HZ_CLEANUP(io_close) int from = -1;
        HZ_CLEANUP(io_close) int to = -1;
        rc = io_open_input(files->path[i], &from, err);
        if (rc == HZ_OK)
            rc = io_create_new(folder, archive_fill_name(files->path[i]), 0644, &to, err);
        if (rc == HZ_OK)
            rc = archive_pour(from, to, 0, UINT64_MAX, err);
    }
    return rc;
}

static int copy_beside(int folder, const char *bundle, struct hz_error *err)
{
    HZ_CLEANUP(sidecar_free) struct sidecars signatures = { 0 }, tokens = { 0 };
    int rc = sidecar_find(&signatures, bundle, err);

    if (rc == HZ_OK)
        rc = sidecar_tokens(&tokens, bundle, err);
    if (rc == HZ_OK)
        rc = copy_files(folder, &signatures, err);
    if (rc == HZ_OK)
        rc = copy_files(folder, &tokens, err);
    return rc;
}

static int put_record(int folder, const struct archive_fill *what, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf name = BUF_INIT(4096);

    if (what->record == NULL || what->record->len == 0)
        return HZ_OK;
    buf_printf(&name, "%s%s", what->file, ARCHIVE_ATTACH_SUFFIX);
    if (buf_text(&name) == NULL)
        return buf_check(&name, err);
    return export_file_whole(folder, (const char *)name.data, what->record->data, what->record->len, NULL, err);
}

static int put_texts(int folder, struct hz_error *err)
{
    size_t len;
    const void *text = w_verifytxt_en(&len);
    int rc = export_file_whole(folder, "VERIFY.en.txt", text, len, NULL, err);

    text = w_verifytxt_ja(&len);
    return rc == HZ_OK ? export_file_whole(folder, "VERIFY.ja.txt", text, len, NULL, err) : rc;
}

static int put_export(const struct archive_stage *s, const struct archive_fill *what, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf folder = BUF_INIT(16384);
    struct export_order order = { .store = what->store, .actor = what->actor, .item = what->item };
    struct head head;
    uint64_t entries;
    int rc = append_head(what->store, &head, err);

    buf_printf(&folder, "%s/custody", s->path);
    order.folder = buf_text(&folder);
    order.size = head.size;
    if (rc == HZ_OK && order.folder == NULL)
        rc = buf_check(&folder, err);
    if (rc == HZ_OK && what->actor->person.checkpoint_signer) /* an earlier command may have ended before it did */
        rc = checkpoint_sign(what->store, &head, what->actor, err);
    return rc == HZ_OK ? export_write(&order, &head, &entries, err) : rc;
}

/* Over the bundle where it lies: in the copy, or still where it came from. */
static int put_parity(const struct archive_stage *s, const struct archive_fill *what, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf path = BUF_INIT(16384);

    if (s->elsewhere)
        return archive_parity_make(s->path, what->file, what->beside, what->parity, err);
    buf_printf(&path, "%s/%s", s->path, what->file);
    return buf_text(&path) != NULL
               ? archive_parity_make(s->path, what->file, (const char *)path.data, what->parity, err)
               : buf_check(&path, err);
}

int archive_fill(const struct archive_stage *s, const struct archive_fill *what, struct hz_error *err)
{
    int rc = what->beside != NULL ? copy_beside(s->tree.fd, what->beside, err) : HZ_OK;

    if (rc == HZ_OK)
        rc = put_record(s->tree.fd, what, err);
    if (rc == HZ_OK && what->bundle)
        rc = put_texts(s->tree.fd, err);
    if (rc == HZ_OK)
        rc = put_export(s, what, err);
    if (rc == HZ_OK && what->parity > 0)
        rc = put_parity(s, what, err);
    return rc;
}
