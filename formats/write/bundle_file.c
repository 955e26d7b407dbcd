#include "base/lang.h"
#include "base/text.h"
#include "formats/write/bundle_state.h"

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

/* What its rows take at most, besides those of any file: a byte of a path is up to six in JSON, and 4/3 as base64. */
static size_t extra_rows(const struct w_file *file)
{
    size_t bytes = file->origin.len * 8;
    for (size_t i = 0; i < file->stat.xattr_count; i++)
        bytes += (file->stat.xattrs[i].name.len + file->stat.xattrs[i].value.len) * 4 / 3 + 64;
    return bytes;
}

int w_bundle_file_begin(struct w_bundle *b, const struct w_file *file, uint64_t size, struct hz_error *err)
{
    int rc = b->state == W_BUNDLE_BETWEEN ? w_bundle_check_room(b, extra_rows(file), err) : HZ_OK;
    if (rc == HZ_OK)
        rc = w_bundle_enter(b, W_BUNDLE_BETWEEN, err);
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

static int list_file(struct w_bundle *b, const struct w_catalog_row *row, const char *sha512, struct hz_error *err)
{
    struct w_sources_row *source = NULL;
    int rc = w_sources_row(&b->sources, b->file->source, &source, err);
    if (rc == HZ_OK)
        rc = w_manifest_put(&b->manifest, b->file->path, row->sha256, sha512, err);
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
    char sha256[W_DIGEST_HEX], sha512[W_DIGEST_512_HEX], real_sha256[W_DIGEST_HEX];
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
    if (rc == HZ_OK && b->manifest.sha512)
        rc = w_digest_end_512_hex(b->digest, sha512, err);
    if (rc == HZ_OK)
        rc = w_members_pad(&b->members, b->promised, err);
    return rc == HZ_OK ? list_file(b, &row, sha512, err) : rc;
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
