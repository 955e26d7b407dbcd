#include "formats/write/finish.h"

#include <stdio.h>
#include <string.h>

#include "formats/write/acquisition.h"
#include "formats/write/bundle_state.h"
#include "formats/write/sshsig.h"
#include "formats/write/tags.h"
#include "formats/write/verifytxt.h"

#define SMALL_MAX ((size_t)64 << 10)

int w_finish_rows(struct w_bundle *b, struct w_members *m, struct hz_error *err)
{
    int rc = w_stream_break(m->stream, err);
    if (rc == HZ_OK)
        rc = w_members_tag_copy(m, "meta/objects.jsonl", &b->objects, err);
    if (rc == HZ_OK)
        rc = w_members_tag_copy(m, "meta/absent.jsonl", &b->absent, err);
    if (rc == HZ_OK)
        rc = w_members_tag_copy(m, "meta/actions.jsonl", &b->actions, err);
    return rc;
}

static int put_records(struct w_bundle *b, struct hz_error *err)
{
    int rc = w_catalog_flush(&b->catalog, &b->members, err);
    return rc == HZ_OK ? w_finish_rows(b, &b->members, err) : rc;
}

static int put_acquisition(struct w_bundle *b, const struct w_acquisition *acquisition, const struct w_key *key,
                           struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(W_ACQUISITION_MAX);
    const struct w_acquisition_bundle own = {
        .item = b->item, .keyid = w_key_id(key), .started = b->started, .counts = b->sources.whole
    };
    int rc = w_acquisition_text(&text, acquisition, &own, err);
    if (rc != HZ_OK)
        return hz_error_context(err, "%s", "meta/acquisition.json");
    return w_members_tag(&b->members, "meta/acquisition.json", text.data, text.len, err);
}

static int put_root(struct w_bundle *b, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(SMALL_MAX);
    int rc = w_catalog_root(&b->catalog, &text, err);
    return rc == HZ_OK ? w_members_tag(&b->members, "meta/merkle-root.txt", text.data, text.len, err) : rc;
}

static int put_verify_texts(struct w_bundle *b, struct hz_error *err)
{
    size_t ja_len = 0, en_len = 0;
    const void *ja = w_verifytxt_ja(&ja_len), *en = w_verifytxt_en(&en_len);
    int rc = w_members_tag(&b->members, "meta/VERIFY.ja.txt", ja, ja_len, err);
    return rc == HZ_OK ? w_members_tag(&b->members, "meta/VERIFY.en.txt", en, en_len, err) : rc;
}

static int put_bag_info(struct w_bundle *b, const struct w_acquisition *acquisition, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(SMALL_MAX);
    const struct w_tags_info info = {
        .item = b->item,
        .organisation = acquisition->organisation,
        .operator_name = acquisition->operator_name,
        .case_id = acquisition->case_id,
        .tool_name = acquisition->tool.name,
        .tool_version = acquisition->tool.version,
        .started = b->started,
        .octets = b->bytes,
        .count = b->catalog.tree.count,
    };
    int rc = w_tags_bag_info(&text, &info, err);
    if (rc != HZ_OK)
        return hz_error_context(err, "%s", "bag-info.txt");
    return w_members_tag(&b->members, "bag-info.txt", text.data, text.len, err);
}

/* The tag manifest stands in the members' buffer; it is what gets signed. */
static int put_signed(struct w_bundle *b, const struct w_key *key, char content_id[W_DIGEST_HEX], struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf armour = BUF_INIT(SMALL_MAX);
    const struct buf *list = &b->members.tagmanifest, *list512 = &b->members.tagmanifest512;
    char name[96];
    int rc = HZ_OK;
    if (b->members.sha512)
        rc = w_members_put(&b->members, "tagmanifest-sha512.txt", list512->data, list512->len, err);
    if (rc == HZ_OK)
        rc = w_members_put(&b->members, "tagmanifest-sha256.txt", list->data, list->len, err);
    if (rc == HZ_OK)
        rc = w_digest_hex_of(list->data, list->len, content_id, err);
    if (rc == HZ_OK)
        rc = w_sshsig_make(key, "hozen-bundle-v1", list->data, list->len, &armour, err);
    if (rc != HZ_OK)
        return rc;
    snprintf(name, sizeof name, "signatures/%s.sshsig", w_key_id(key));
    return w_members_put(&b->members, name, armour.data, armour.len, err);
}

int w_finish(struct w_bundle *b, const struct w_acquisition *acquisition, const struct w_key *key,
             struct w_bundle_result *result, struct hz_error *err)
{
    struct w_bundle_result r = { .files = b->catalog.tree.count, .bytes = b->bytes };
    int rc = w_sources_check(&b->sources, acquisition->sources, acquisition->source_count, err);
    if (rc == HZ_OK)
        rc = put_records(b, err);
    if (rc == HZ_OK)
        rc = put_acquisition(b, acquisition, key, err);
    if (rc == HZ_OK)
        rc = put_root(b, err);
    if (rc == HZ_OK)
        rc = put_verify_texts(b, err);
    if (rc == HZ_OK)
        rc = put_bag_info(b, acquisition, err);
    if (rc == HZ_OK)
        rc = w_manifest_write(&b->manifest, &b->members, err);
    if (rc == HZ_OK)
        rc = put_signed(b, key, r.content_id, err);
    if (rc == HZ_OK)
        rc = w_members_end(&b->members, r.file_sha256, &r.file_bytes, err);
    if (rc == HZ_OK)
        *result = r;
    return rc;
}
