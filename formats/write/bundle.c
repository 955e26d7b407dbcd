#include "formats/write/bundle.h"

#include <stdlib.h>
#include <string.h>

#include "base/lang.h"
#include "base/text.h"
#include "formats/write/bundle_state.h"
#include "formats/write/finish.h"
#include "formats/write/random.h"
#include "formats/write/records.h"
#include "formats/write/tags.h"

#define TAG_MAX ((size_t)64 << 10)

int w_bundle_enter(struct w_bundle *b, enum w_bundle_state wanted, struct hz_error *err)
{
    if (b->state != wanted)
        return hz_error_set(err, HZ_E_FORMAT, "%s", _("the bundle cannot be continued here"));
    b->state = W_BUNDLE_CLOSED; /* until w_bundle_leave() says that all went well */
    return HZ_OK;
}

int w_bundle_leave(struct w_bundle *b, enum w_bundle_state next, int rc, struct hz_error *err)
{
    if (rc != HZ_OK)
        return hz_error_context(err, "%s", b->output_name != NULL ? b->output_name : b->item);
    b->state = next;
    return HZ_OK;
}

static int put_blind(struct w_bundle *b, struct hz_error *err)
{
    char digits[66];
    int rc = w_random_hex(digits, 32, err);
    if (rc != HZ_OK)
        return rc;
    digits[64] = '\n';
    return w_bundle_produced(b, "blind", "blind.txt", "generated", digits, 65, err);
}

static int first_line(struct w_bundle *b, struct w_spool *spool, const char *schema, struct hz_error *err)
{
    buf_reset(&b->line);
    int rc = w_records_first(&b->line, schema, err);
    return rc == HZ_OK ? w_spool_put(spool, b->line.data, b->line.len, err) : rc;
}

static int put_first_members(struct w_bundle *b, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf bagit = BUF_INIT(TAG_MAX), format = BUF_INIT(TAG_MAX);
    int rc = w_tags_bagit(&bagit, err);
    if (rc == HZ_OK)
        rc = w_members_tag(&b->members, "bagit.txt", bagit.data, bagit.len, err);
    if (rc == HZ_OK)
        rc = w_tags_format(&format, b->started, b->manifest.sha512, err);
    if (rc == HZ_OK)
        rc = w_members_tag(&b->members, "meta/format.json", format.data, format.len, err);
    return rc == HZ_OK ? put_blind(b, err) : rc;
}

static int open_spools(struct w_bundle *b, const struct w_bundle_config *config, struct hz_error *err)
{
    int directory = config->spool_directory;
    b->in_memory = directory < 0 ? &b->store : NULL;
    w_spool_open(&b->objects, directory, b->in_memory);
    w_spool_open(&b->absent, directory, b->in_memory);
    w_spool_open(&b->actions, directory, b->in_memory);
    w_manifest_open(&b->manifest, directory, b->in_memory, config->sha512);
    int rc = w_catalog_open(&b->catalog, directory, b->in_memory, err);
    return rc == HZ_OK && b->in_memory != NULL ? w_store_open(&b->store, config->spool_memory, err) : rc;
}

static int open_all(struct w_bundle *b, const struct w_bundle_config *config, struct hz_error *err)
{
    const struct w_stream_config output = { config->output,  config->compress,   config->threads,
                                            config->helpers, config->recipients, config->recipient_count };
    int rc = open_spools(b, config, err);
    if (rc == HZ_OK)
        rc = w_members_open(&b->members, b->item, &output, config->started, config->sha512, err);
    if (rc == HZ_OK)
        rc = config->sha512 ? w_digest_new_both(&b->digest, err) : w_digest_new(&b->digest, err);
    if (rc == HZ_OK)
        rc = first_line(b, &b->objects, "hozen-objects/1", err);
    if (rc == HZ_OK)
        rc = first_line(b, &b->absent, "hozen-absent/1", err);
    if (rc == HZ_OK)
        rc = first_line(b, &b->actions, "hozen-actions/1", err);
    return rc == HZ_OK ? put_first_members(b, err) : rc;
}

int w_bundle_open(struct w_bundle **out, const struct w_bundle_config *config, struct hz_error *err)
{
    if (config->name == NULL || !w_name_item_valid(config->name))
        return hz_error_set(err, HZ_E_USAGE,
                            _("\"%s\" cannot name an item: use 1 to %d letters, digits, '.', '_' and '-', a letter or "
                              "digit first, no dot last"),
                            config->name != NULL ? config->name : "", W_NAME_ITEM_MAX);
    struct w_bundle *b = calloc(1, sizeof *b);
    if (b == NULL)
        return hz_error_set(err, HZ_E_NOMEM, "%s", _("out of memory"));
    memcpy(b->item, config->name, strlen(config->name) + 1);
    b->started = config->started;
    b->compress = config->compress;
    buf_init(&b->line, W_CATALOG_LINE);
    b->output_name = config->output_name;
    int rc = open_all(b, config, err);
    if (rc != HZ_OK)
        w_bundle_free(b);
    else
        *out = b;
    return rc;
}

void w_bundle_free(struct w_bundle *b)
{
    if (b == NULL)
        return;
    w_spool_close(&b->objects);
    w_spool_close(&b->absent);
    w_spool_close(&b->actions);
    w_manifest_close(&b->manifest);
    w_catalog_close(&b->catalog);
    w_store_close(&b->store);
    w_members_close(&b->members);
    w_digest_free(b->digest);
    buf_free(&b->line);
    free(b);
}

struct w_stream *w_bundle_stream(const struct w_bundle *b)
{
    return b->members.stream;
}

void w_bundle_counts(const struct w_bundle *b, struct w_counts *out)
{
    *out = b->sources.whole;
}

void w_bundle_source_counts(const struct w_bundle *b, const char *source, struct w_counts *out)
{
    *out = (struct w_counts) { 0 };
    for (size_t i = 0; i < b->sources.count; i++) {
        if (text_equal(b->sources.row[i].name, source))
            *out = b->sources.row[i].counts;
    }
}

int w_bundle_finish(struct w_bundle *b, const struct w_acquisition *acquisition, const struct w_key *key,
                    struct w_bundle_result *result, struct hz_error *err)
{
    int rc = w_bundle_enter(b, W_BUNDLE_BETWEEN, err);
    return rc == HZ_OK ? w_bundle_leave(b, W_BUNDLE_CLOSED, w_finish(b, acquisition, key, result, err), err) : rc;
}
