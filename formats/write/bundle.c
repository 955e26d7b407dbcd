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
        rc = w_tags_format(&format, b->started, err);
    if (rc == HZ_OK)
        rc = w_members_tag(&b->members, "meta/format.json", format.data, format.len, err);
    return rc == HZ_OK ? put_blind(b, err) : rc;
}

static int open_all(struct w_bundle *b, const struct w_bundle_config *config, struct hz_error *err)
{
    const struct w_stream_config output = { config->output, config->compress, config->threads };
    w_spool_open(&b->objects, config->spool_directory);
    w_spool_open(&b->absent, config->spool_directory);
    w_spool_open(&b->actions, config->spool_directory);
    w_spool_open(&b->manifest, config->spool_directory);
    buf_init(&b->line, W_CATALOG_LINE);
    int rc = w_catalog_open(&b->catalog, config->spool_directory, err);
    if (rc == HZ_OK)
        rc = w_members_open(&b->members, b->item, &output, config->started, err);
    if (rc == HZ_OK)
        rc = w_digest_new(&b->digest, err);
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
    w_spool_close(&b->manifest);
    w_catalog_close(&b->catalog);
    w_members_close(&b->members);
    w_digest_free(b->digest);
    buf_free(&b->line);
    free(b);
}

static int begin_file(struct w_bundle *b, const struct w_file *file, uint64_t size, struct hz_error *err)
{
    if (file->method == NULL || !w_name_source_valid(file->method))
        return hz_error_set(err, HZ_E_FORMAT, _("%s: the method is missing or no name"), file->path);
    if (file->origin.len > W_NAME_ORIGIN_MAX)
        return hz_error_set(err, HZ_E_LIMIT, _("%s: its original path is longer than %d bytes"), file->path,
                            W_NAME_ORIGIN_MAX);
    int rc = w_sources_next(&b->sources, file->source, file->path, err);
    if (rc == HZ_OK)
        rc = w_digest_start(b->digest, err);
    if (rc == HZ_OK)
        rc = w_members_begin(&b->members, file->path, size, err);
    b->file = file;
    b->promised = size;
    b->given = 0;
    return rc;
}

int w_bundle_file_begin(struct w_bundle *b, const struct w_file *file, uint64_t size, struct hz_error *err)
{
    int rc = w_bundle_enter(b, W_BUNDLE_BETWEEN, err);
    return rc == HZ_OK ? w_bundle_leave(b, W_BUNDLE_IN_FILE, begin_file(b, file, size, err), err) : rc;
}

static int put_data(struct w_bundle *b, const void *bytes, size_t len, struct hz_error *err)
{
    if (len > b->promised - b->given)
        return hz_error_set(err, HZ_E_FORMAT, _("%s: more bytes than were promised"), b->file->path);
    int rc = w_digest_update(b->digest, bytes, len, err);
    if (rc == HZ_OK)
        rc = w_stream_put(b->members.stream, bytes, len, err);
    b->given += len;
    return rc;
}

int w_bundle_file_data(struct w_bundle *b, const void *bytes, size_t len, struct hz_error *err)
{
    int rc = w_bundle_enter(b, W_BUNDLE_IN_FILE, err);
    return rc == HZ_OK ? w_bundle_leave(b, W_BUNDLE_IN_FILE, put_data(b, bytes, len, err), err) : rc;
}

/* Of what is said and what was given, the status that the spec puts first. */
static enum w_file_status settle(enum w_file_status said, bool filled)
{
    if (said == W_LIMITED)
        return W_LIMITED;
    if (filled)
        return W_SHRUNK;
    return said == W_SHRUNK ? W_CHANGED : said;
}

static int fill(struct w_bundle *b, struct hz_error *err)
{
    static const unsigned char zeros[16384];
    int rc = HZ_OK;
    while (rc == HZ_OK && b->given < b->promised) {
        uint64_t rest = b->promised - b->given;
        rc = put_data(b, zeros, rest < sizeof zeros ? (size_t)rest : sizeof zeros, err);
    }
    return rc;
}

int w_bundle_list(struct w_bundle *b, const char *path, const char *sha256, struct hz_error *err)
{
    buf_reset(&b->line);
    w_tags_manifest_line(&b->line, sha256, path);
    int rc = buf_check(&b->line, err);
    return rc == HZ_OK ? w_spool_put(&b->manifest, b->line.data, b->line.len, err) : rc;
}

static int list_file(struct w_bundle *b, const struct w_catalog_row *row, struct hz_error *err)
{
    struct w_sources_row *source = NULL;
    int rc = w_sources_row(&b->sources, b->file->source, &source, err);
    if (rc == HZ_OK)
        rc = w_bundle_list(b, b->file->path, row->sha256, err);
    if (rc == HZ_OK)
        rc = w_catalog_add(&b->catalog, &b->members, row, err);
    if (rc != HZ_OK)
        return rc;
    w_sources_count(&b->sources, source, (struct w_counts) { .collected = 1 });
    b->bytes += b->promised;
    return HZ_OK;
}

static int real_digest(struct w_bundle *b, char out[W_DIGEST_HEX], struct hz_error *err)
{
    unsigned char digest[W_DIGEST_SIZE];
    int rc = w_digest_peek(b->digest, digest, err);
    if (rc == HZ_OK)
        text_hex(out, digest, sizeof digest);
    return rc;
}

static int end_file(struct w_bundle *b, enum w_file_status outcome, struct hz_error *err)
{
    char sha256[W_DIGEST_HEX], real_sha256[W_DIGEST_HEX];
    struct w_catalog_row row = { .file = b->file, .size = b->promised, .sha256 = sha256 };
    row.status = settle(outcome, b->given < b->promised);
    row.real_size = b->given;
    bool cut = row.status == W_SHRUNK || row.status == W_LIMITED;
    int rc = cut ? real_digest(b, real_sha256, err) : HZ_OK;
    row.real_sha256 = cut ? real_sha256 : NULL;
    if (rc == HZ_OK)
        rc = fill(b, err);
    if (rc == HZ_OK)
        rc = w_digest_end_hex(b->digest, sha256, err);
    if (rc == HZ_OK)
        rc = w_members_pad(&b->members, b->promised, err);
    return rc == HZ_OK ? list_file(b, &row, err) : rc;
}

int w_bundle_file_end(struct w_bundle *b, enum w_file_status outcome, struct hz_error *err)
{
    int rc = w_bundle_enter(b, W_BUNDLE_IN_FILE, err);
    return rc == HZ_OK ? w_bundle_leave(b, W_BUNDLE_BETWEEN, end_file(b, outcome, err), err) : rc;
}

int w_bundle_produced(struct w_bundle *b, const char *source, const char *name, const char *method, const void *bytes,
                      size_t len, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf path = BUF_INIT(W_NAME_PATH_MAX);
    buf_printf(&path, "data/%s/%s", source, name);
    const char *text = buf_text(&path);
    if (text == NULL)
        return buf_check(&path, err);
    struct w_file file = { .path = text, .source = source, .method = method, .acquired_at = stamp_now() };
    int rc = w_bundle_file_begin(b, &file, len, err);
    if (rc == HZ_OK)
        rc = w_bundle_file_data(b, bytes, len, err);
    return rc == HZ_OK ? w_bundle_file_end(b, W_COLLECTED, err) : rc;
}

/* The record stands in b->line. */
static int put_record(struct w_bundle *b, struct w_spool *spool, const char *source, struct w_counts add,
                      struct hz_error *err)
{
    struct w_sources_row *row = NULL;
    int rc = w_sources_row(&b->sources, source, &row, err);
    if (rc == HZ_OK)
        rc = w_spool_put(spool, b->line.data, b->line.len, err);
    if (rc == HZ_OK)
        w_sources_count(&b->sources, row, add);
    return rc;
}

int w_bundle_object(struct w_bundle *b, const struct w_object *object, struct hz_error *err)
{
    int rc = w_bundle_enter(b, W_BUNDLE_BETWEEN, err);
    if (rc != HZ_OK)
        return rc;
    buf_reset(&b->line);
    rc = w_records_object(&b->line, object, err);
    if (rc == HZ_OK)
        rc = put_record(b, &b->objects, object->source, (struct w_counts) { .recorded = 1 }, err);
    return w_bundle_leave(b, W_BUNDLE_BETWEEN, rc, err);
}

int w_bundle_absent(struct w_bundle *b, const struct w_absent *absent, struct hz_error *err)
{
    int rc = w_bundle_enter(b, W_BUNDLE_BETWEEN, err);
    if (rc != HZ_OK)
        return rc;
    buf_reset(&b->line);
    rc = w_records_absent(&b->line, absent, err);
    if (rc == HZ_OK)
        rc = put_record(b, &b->absent, absent->source, (struct w_counts) { .absent = 1 }, err);
    return w_bundle_leave(b, W_BUNDLE_BETWEEN, rc, err);
}

int w_bundle_action(struct w_bundle *b, const struct w_action *action, struct hz_error *err)
{
    int rc = w_bundle_enter(b, W_BUNDLE_BETWEEN, err);
    if (rc != HZ_OK)
        return rc;
    buf_reset(&b->line);
    rc = w_records_action(&b->line, action, err);
    if (rc == HZ_OK)
        rc = w_spool_put(&b->actions, b->line.data, b->line.len, err);
    return w_bundle_leave(b, W_BUNDLE_BETWEEN, rc, err);
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
