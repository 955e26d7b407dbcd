#include "verify/evidence.h"

#include <stdio.h>
#include <string.h>

#include "base/io_rw.h"
#include "verify/verdict.h"

#define CHUNK ((size_t)64 << 10)

_Static_assert(1 + VERDICT_SIDECARS + TIMESTAMPS_FILES <= R_ERS_OBJECTS, "a record is asked about every file");

static const unsigned char *bytes_of(const struct buf *b)
{
    return b->len ? b->data : (const unsigned char *)"";
}

static void add(struct evidence *e, const char *name, const struct buf *bytes)
{
    r_hash_sha256(e->objects[e->count].sha256, bytes_of(bytes), bytes->len);
    r_hash_sha512(e->objects[e->count].sha512, bytes_of(bytes), bytes->len);
    e->names[e->count++] = name;
}

/* SHA-512 of the bundle, read once more. *same: it is still the file of which the other digest is known. */
static int read_again(int fd, struct r_ers_object *out, bool *same, struct hz_error *err)
{
    unsigned char bytes[CHUNK], sha256[R_SHA256_SIZE];
    struct r_hash narrow, wide;
    uint64_t at = 0;
    size_t got = 1;
    int code = r_hash_open(&narrow, R_SHA256, err);

    if (code)
        return code;
    code = r_hash_open(&wide, R_SHA512, err);
    if (code) {
        r_hash_close(&narrow);
        return code;
    }
    for (; !code && got > 0; at += got) {
        code = io_read_at(fd, at, bytes, sizeof bytes, &got, err);
        if (!code) {
            r_hash_put(&narrow, bytes, got);
            r_hash_put(&wide, bytes, got);
        }
    }
    r_hash_finish(&narrow, sha256);
    r_hash_finish(&wide, out->sha512);
    r_hash_close(&narrow);
    r_hash_close(&wide);
    *same = !code && memcmp(sha256, out->sha256, sizeof sha256) == 0;
    return code;
}

int evidence_make(struct evidence *out, const struct account *account, const struct verdict_policy *policy,
                  struct hz_error *err)
{
    const struct r_bundle_result *r = &account->result;
    const struct evidence_file *from = &policy->evidence;
    struct r_ers_order order = { .objects = out->objects, .roots = policy->timestamps.roots, .now = policy->now };
    int code;

    memset(out, 0, sizeof *out);
    if (!from->name || !r->complete || r->disclosure)
        return HZ_OK;
    out->file = from->name;
    memcpy(out->objects[out->count++].sha256, r->file_sha256, R_SHA256_SIZE);
    for (size_t i = 0; i < policy->sidecar_count && i < VERDICT_SIDECARS; i++)
        add(out, policy->sidecars[i].name, &policy->sidecars[i].text);
    for (size_t i = 0; i < policy->timestamps.count && i < TIMESTAMPS_FILES; i++)
        add(out, policy->timestamps.files[i].name, &policy->timestamps.files[i].bytes);
    order.object_count = out->count;
    code = r_ers_check(bytes_of(&from->bytes), from->bytes.len, &order, &out->said, err);
    if (code || out->said.why != R_ERS_WIDE || from->bundle < 0)
        return code;
    code = read_again(from->bundle, &out->objects[0], &order.wide, err);
    return code || !order.wide ? code : r_ers_check(bytes_of(&from->bytes), from->bytes.len, &order, &out->said, err);
}

static const struct r_timestamp *since(const struct evidence *e)
{
    return e->file && e->said.status == R_ERS_PROVEN ? &e->said.stamps[e->said.since].token : NULL;
}

static bool covers(const struct evidence *e, const unsigned char digest[R_SHA256_SIZE])
{
    for (size_t i = 1; i < e->count; i++)
        if (e->said.covers[i] && memcmp(e->objects[i].sha256, digest, R_SHA256_SIZE) == 0)
            return true;
    return false;
}

bool evidence_proves(const struct evidence *e, const struct buf *signature, struct r_timestamp *out)
{
    const struct r_timestamp *token = since(e);
    unsigned char digest[R_SHA256_SIZE];

    if (!token)
        return false;
    if (signature) {
        r_hash_sha256(digest, bytes_of(signature), signature->len);
        if (!covers(e, digest))
            return false;
    }
    *out = *token;
    return true;
}

/* Was the token's certificate still good when the record began to prove? */
static bool carried_on(const struct evidence *e, const char *file, const struct r_timestamp *token)
{
    const struct r_timestamp *from = since(e);

    for (size_t i = 1; from && i < e->count; i++)
        if (e->said.covers[i] && strcmp(e->names[i], file) == 0)
            return stamp_compare(from->time, token->expires) < 0;
    return false;
}

static void about_record(const struct evidence *e, struct account *account, bool with_roots)
{
    struct r_finding f = { .path = e->file, .why = R_WHY_EVIDENCE_AT, .text = r_ers_sentence(e->said.why) };

    if (e->said.why == R_ERS_GOOD)
        return;
    f.a = e->said.at + 1;
    if (e->said.status == R_ERS_INVALID) {
        f.code = R_NOTE_EVIDENCE_INVALID;
        if (!e->said.count)
            f.why = R_WHY_EVIDENCE;
        else if (e->said.why == R_ERS_TOKEN)
            f.text = r_timestamp_sentence(e->said.stamps[e->said.at].token.why);
    } else if (e->said.why == R_ERS_GAP) {
        f.code = R_NOTE_EVIDENCE_LAPSED;
    } else if (with_roots) {
        f.code = R_NOTE_EVIDENCE_UNPROVEN;
    } else {
        return;
    }
    r_finding_add(&account->result.notices, &f);
}

void evidence_notice(const struct evidence *e, const struct timestamps *tokens, struct account *account,
                     const struct verdict_policy *policy)
{
    if (e->file)
        about_record(e, account, policy->timestamps.roots != NULL);
    for (size_t i = 0; i < tokens->count; i++) {
        const struct timestamps_row *row = &tokens->row[i];
        char text[STAMP_SIZE];

        if (row->lower || row->token.status != R_TIMESTAMP_PROVEN ||
            stamp_compare(policy->now, row->token.expires) < 0 || carried_on(e, row->file, &row->token))
            continue;
        stamp_format(text, row->token.expires);
        r_finding_add(&account->result.notices, &(struct r_finding) { .code = R_NOTE_TIMESTAMP_AGED,
                                                                      .why = R_WHY_TIMESTAMP_AGED,
                                                                      .path = row->file,
                                                                      .text = text });
    }
}
