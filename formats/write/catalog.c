#include "formats/write/catalog.h"

#include <stdio.h>
#include <string.h>

#include "base/json_out.h"
#include "base/lang.h"
#include "base/text.h"
#include "formats/write/fields.h"

#define SEGMENTS_MAX 999999 /* six digits */

static const char *status_name(enum w_file_status status)
{
    static const char *const names[] = {
        [W_COLLECTED] = "collected", [W_CHANGED] = "changed", [W_GREW] = "grew",
        [W_SHRUNK] = "shrunk",       [W_LIMITED] = "limited",
    };
    return names[status];
}

int w_catalog_line(struct buf *out, const struct w_catalog_row *row, struct hz_error *err)
{
    const struct w_file *f = row->file;
    struct json_out j;
    json_init(&j, out);
    json_object(&j);
    w_fields_stat_head(&j, &f->stat, f->acquired_at, f->method);
    w_fields_bytes(&j, "origin", "origin_b64", f->origin);
    json_member_string(&j, "path", f->path);
    if (row->status == W_SHRUNK || row->status == W_LIMITED) {
        json_member_string(&j, "real_sha256", row->real_sha256);
        json_member_decimal(&j, "real_size", row->real_size);
    }
    int rc = w_fields_salt_from(&j, row->random, err);
    json_member_string(&j, "sha256", row->sha256);
    if (row->sha256_at != NULL && out->len > W_DIGEST_HEX)
        *row->sha256_at = out->len - W_DIGEST_HEX; /* the quotation mark behind them counts as its NUL */
    json_member_decimal(&j, "size", row->size);
    json_member_string(&j, "source", f->source);
    json_member_string(&j, "status", status_name(row->status));
    if (rc == HZ_OK)
        rc = w_fields_stat_tail(&j, &f->stat, err);
    json_object_end(&j);
    return rc == HZ_OK ? json_check(&j, err) : rc;
}

int w_catalog_open(struct w_catalog *c, int spool_directory, struct w_store *store, struct hz_error *err)
{
    memset(c, 0, sizeof *c);
    w_spool_open(&c->spool, spool_directory, store);
    buf_init(&c->line, W_CATALOG_LINE);
    return w_merkle_open(&c->tree, err);
}

void w_catalog_close(struct w_catalog *c)
{
    w_spool_close(&c->spool);
    w_merkle_close(&c->tree);
    buf_free(&c->line);
}

int w_catalog_put(struct w_catalog *c, struct w_members *m, const void *line, size_t len,
                  const unsigned char leaf[W_DIGEST_SIZE], struct hz_error *err)
{
    int rc = w_merkle_add(&c->tree, leaf, err);
    if (rc == HZ_OK)
        rc = w_spool_put(&c->spool, line, len, err);
    if (rc == HZ_OK && ++c->in_segment == W_CATALOG_SEGMENT)
        rc = w_catalog_flush(c, m, err);
    return rc;
}

int w_catalog_add(struct w_catalog *c, struct w_members *m, const struct w_catalog_row *row, struct hz_error *err)
{
    unsigned char leaf[W_DIGEST_SIZE];
    buf_reset(&c->line);
    int rc = w_catalog_line(&c->line, row, err);
    if (rc == HZ_OK)
        rc = w_merkle_leaf(c->tree.digest, c->line.data, c->line.len, leaf, err);
    if (rc != HZ_OK)
        return rc;
    buf_putc(&c->line, '\n');
    rc = buf_check(&c->line, err);
    return rc == HZ_OK ? w_catalog_put(c, m, c->line.data, c->line.len, leaf, err) : rc;
}

int w_catalog_flush(struct w_catalog *c, struct w_members *m, struct hz_error *err)
{
    char name[40];
    if (c->in_segment == 0)
        return HZ_OK;
    if (c->segments == SEGMENTS_MAX)
        return hz_error_set(err, HZ_E_LIMIT, "%s", _("too many files for one bundle"));
    snprintf(name, sizeof name, "meta/catalog-%06u.jsonl", c->segments + 1);
    int rc = w_members_tag_spool(m, name, &c->spool, err);
    if (rc != HZ_OK)
        return rc;
    c->segments++;
    c->in_segment = 0;
    return HZ_OK;
}

int w_catalog_root(struct w_catalog *c, struct buf *out, struct hz_error *err)
{
    unsigned char root[W_DIGEST_SIZE];
    char hex[W_DIGEST_HEX];
    int rc = w_merkle_root(&c->tree, root, err);
    if (rc != HZ_OK)
        return rc;
    text_hex(hex, root, sizeof root);
    buf_printf(out, "%llu\n%s\n", (unsigned long long)c->tree.count, hex);
    return buf_check(out, err);
}
