#include "verify/timestamps.h"

#include <stdio.h>
#include <string.h>

#include "verify/verdict.h"

static void digest_of(const struct buf *bytes, unsigned char out[R_SHA256_SIZE])
{
    r_hash_sha256(out, bytes->len ? bytes->data : (const unsigned char *)"", bytes->len);
}

/* Whose signature the token is about; none: it becomes invalid. */
static void match(struct timestamps_row *row, const struct account *a, const struct verdict_sidecar *sidecars,
                  size_t sidecar_count)
{
    static const unsigned char none[R_SHA256_SIZE];
    unsigned char digest[R_SHA256_SIZE];
    size_t i;

    if (!row->token.read)
        return;
    for (i = 0; i < a->signature_count; i++) {
        digest_of(&a->signatures[i].text, digest);
        if (memcmp(digest, row->token.imprint, sizeof digest) != 0)
            continue;
        snprintf(row->inside, sizeof row->inside, "signatures/%s.sshsig", a->signatures[i].keyid);
        return;
    }
    for (i = 0; i < sidecar_count; i++) {
        digest_of(&sidecars[i].text, digest);
        if (memcmp(digest, row->token.imprint, sizeof digest) != 0)
            continue;
        row->covers = sidecars[i].name;
        return;
    }
    r_timestamp_hold(&row->token, none, NULL);
}

static int check(struct timestamps *out, const char *file, const struct buf *bytes,
                 const struct r_timestamp_roots *roots, struct hz_error *err)
{
    struct timestamps_row *row = &out->row[out->count];
    int code;

    memset(row, 0, sizeof *row);
    row->file = file;
    code = r_timestamp_check(bytes->len ? bytes->data : (const unsigned char *)"", bytes->len, roots, &row->token, err);
    if (!code)
        out->count++;
    return code;
}

int timestamps_make(struct timestamps *out, const struct account *account, bool told,
                    const struct timestamps_policy *policy, const struct verdict_sidecar *sidecars,
                    size_t sidecar_count, struct hz_error *err)
{
    const struct account_acquisition *a = &account->acquisition;
    size_t i;
    int code = HZ_OK;

    out->count = 0;
    for (i = 0; told && i < a->bound_count && !code; i++) {
        if (a->bounds[i].checkpoint)
            continue;
        code = check(out, "meta/acquisition.json", &a->bounds[i].bytes, policy->roots, err);
        if (!code)
            out->row[out->count - 1].lower = true;
    }
    for (i = 0; i < policy->count && i < TIMESTAMPS_FILES && !code; i++) {
        code = check(out, policy->files[i].name, &policy->files[i].bytes, policy->roots, err);
        if (!code)
            match(&out->row[out->count - 1], account, sidecars, sidecar_count);
    }
    return code;
}

bool timestamps_earliest(const struct timestamps *t, const struct buf *signature, struct r_timestamp *out)
{
    unsigned char digest[R_SHA256_SIZE];
    bool found = false;
    size_t i;

    digest_of(signature, digest);
    for (i = 0; i < t->count; i++) {
        const struct timestamps_row *row = &t->row[i];

        if (row->lower || row->token.status != R_TIMESTAMP_PROVEN ||
            memcmp(row->token.imprint, digest, sizeof digest) != 0 ||
            (found && stamp_compare(row->token.time, out->time) >= 0))
            continue;
        *out = row->token;
        found = true;
    }
    return found;
}

const char *timestamps_covers(const struct timestamps_row *row)
{
    return row->covers ? row->covers : row->inside[0] ? row->inside : NULL;
}

static int64_t slack(const struct r_timestamp *token)
{
    return (int64_t)token->accuracy + R_TIMESTAMP_TOLERANCE;
}

static void about_clock(struct account *account, enum r_code code, enum r_why why, const char *path,
                        const struct r_timestamp *token)
{
    char text[STAMP_SIZE];

    stamp_format(text, token->time);
    r_finding_add(&account->result.notices,
                  &(struct r_finding) { .code = code, .why = why, .path = path, .text = text });
}

void timestamps_ahead(struct account *account, const struct r_timestamp *token, const char *name)
{
    if (stamp_compare(account->acquisition.finished, stamp_add(token->time, slack(token))) > 0)
        about_clock(account, R_NOTE_CLOCK_AHEAD, R_WHY_CLOCK_AHEAD, name, token);
}

void timestamps_notice(const struct timestamps *t, struct account *account, bool with_roots)
{
    size_t i;

    for (i = 0; i < t->count; i++) {
        const struct timestamps_row *row = &t->row[i];
        struct r_finding f = { .code = R_NOTE_TIMESTAMP_INVALID,
                               .why = R_WHY_TIMESTAMP,
                               .path = row->file,
                               .text = r_timestamp_sentence(row->token.why) };

        if (row->token.status == R_TIMESTAMP_PROVEN) {
            if (row->lower &&
                stamp_compare(stamp_add(account->acquisition.finished, slack(&row->token)), row->token.time) < 0)
                about_clock(account, R_NOTE_CLOCK_BEHIND, R_WHY_CLOCK_BEHIND, row->file, &row->token);
            continue;
        }
        if (row->token.status == R_TIMESTAMP_UNPROVEN)
            f.code = R_NOTE_TIMESTAMP_UNPROVEN;
        if (row->token.status == R_TIMESTAMP_INVALID || with_roots)
            r_finding_add(&account->result.notices, &f);
    }
}
