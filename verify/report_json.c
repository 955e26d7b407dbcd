#include <string.h>

#include "base/jail.h"
#include "base/json_out.h"
#include "base/text.h"
#include "verify/report.h"
#include "verify/report_evidence.h"
#include "verify/report_timestamps.h"

#define PIECE_MAX ((size_t)1024 * 1024)

struct writer {
    FILE *stream;
    struct buf *piece; /* what is not yet on the stream: the report is never whole in memory */
    struct json_out json;
};

static void flush(struct writer *w)
{
    if (w->piece->failed || !w->piece->len)
        return;
    fwrite(w->piece->data, 1, w->piece->len, w->stream);
    buf_reset(w->piece);
}

/* Raw bytes as text: names in a damaged bundle need not be UTF-8 */
static void member_raw(struct writer *w, const char *key, const char *bytes, size_t len)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(PIECE_MAX);

    if (text_to_utf8(&text, bytes, len))
        w->piece->failed = text.failed; /* a report without it would say something else */
    json_key(&w->json, key);
    json_string_n(&w->json, text.len ? text.data : (const unsigned char *)"", text.len);
}

static void member_hex(struct writer *w, const char *key, const unsigned char *digest, size_t size)
{
    char hex[2 * R_SHA512_SIZE + 1];

    text_hex(hex, digest, size);
    json_member_string(&w->json, key, hex);
}

static void member_stamp(struct writer *w, const char *key, struct stamp time)
{
    char text[STAMP_SIZE];

    stamp_format(text, time);
    json_member_string(&w->json, key, text);
}

static void put_finding(struct writer *w, const struct r_finding *f)
{
    HZ_CLEANUP(buf_free) struct buf detail = BUF_INIT(PIECE_MAX);
    bool notice = r_finding_class(f->code) == R_CLASS_NOTICE;

    r_finding_detail(&detail, LANG_EN, f);
    if (detail.failed)
        w->piece->failed = detail.failed;
    json_object(&w->json);
    json_member_string(&w->json, "code", r_finding_code(f->code));
    member_raw(w, "detail", (const char *)detail.data, detail.len);
    if (f->original && !notice)
        member_raw(w, "original", f->original, strlen(f->original));
    if (f->path)
        member_raw(w, "path", f->path, strlen(f->path));
    json_object_end(&w->json);
    flush(w);
}

static void put_findings(struct writer *w, const char *key, const struct r_findings *list)
{
    size_t i;

    json_key(&w->json, key);
    json_array(&w->json);
    for (i = 0; i < list->count; i++)
        put_finding(w, &list->list[i]);
    json_array_end(&w->json);
}

static void put_counts(struct writer *w, const struct r_counts *counts)
{
    json_key(&w->json, "counts");
    json_object(&w->json);
    json_member_decimal(&w->json, "absent", counts->absent);
    json_member_decimal(&w->json, "asked", counts->asked);
    json_member_decimal(&w->json, "collected", counts->collected);
    json_member_decimal(&w->json, "recorded", counts->recorded);
    json_object_end(&w->json);
}

static void put_cut(struct writer *w, const char *key, const struct r_bundle_cut *cut)
{
    json_key(&w->json, key);
    json_object(&w->json);
    json_member_int(&w->json, "files", (int64_t)cut->files);
    json_member_int(&w->json, "filled", (int64_t)cut->filled);
    json_member_decimal(&w->json, "zeros", cut->zeros);
    json_object_end(&w->json);
}

static void put_unlocked(struct writer *w, const struct r_bundle_result *r)
{
    json_key(&w->json, "unlocked");
    json_object(&w->json);
    json_member_int(&w->json, "databases", (int64_t)r->unlocked_databases);
    json_member_int(&w->json, "files", (int64_t)r->unlocked_files);
    json_object_end(&w->json);
}

static void put_jail(struct writer *w, unsigned layers)
{
    json_key(&w->json, "jail");
    json_array(&w->json);
    if (layers & JAIL_NO_NEW_PRIVS)
        json_string(&w->json, "no-new-privs");
    if (layers & JAIL_LANDLOCK)
        json_string(&w->json, "landlock");
    if (layers & JAIL_RLIMITS)
        json_string(&w->json, "rlimits");
    if (layers & JAIL_SECCOMP)
        json_string(&w->json, "seccomp");
    json_array_end(&w->json);
}

static void put_signers(struct writer *w, const struct verdict *verdict)
{
    size_t i;

    json_key(&w->json, "signers");
    json_array(&w->json);
    for (i = 0; i < verdict->signer_count; i++) {
        const struct verdict_signer *s = &verdict->signers[i];

        json_object(&w->json);
        json_member_string(&w->json, "key", s->fingerprint);
        json_member_string(&w->json, "principal", s->principal);
        json_member_string(&w->json, "role", s->sidecar ? "operator" : "collector");
        member_hex(w, "signature_sha256", s->signature, sizeof s->signature);
        json_member_bool(&w->json, "trusted", s->trusted);
        json_object_end(&w->json);
    }
    json_array_end(&w->json);
}

/* The file that a disclosure proves */
static void put_disclosed(struct writer *w, const struct account_disclosed *d)
{
    json_key(&w->json, "disclosed");
    json_object(&w->json);
    json_member_decimal(&w->json, "count", d->count);
    json_member_decimal(&w->json, "index", d->index);
    json_member_string(&w->json, "method", d->method);
    if (d->origin.len)
        member_raw(w, "original", (const char *)d->origin.data, d->origin.len);
    json_member_string(&w->json, "path", d->path);
    if (account_disclosed_cut(d))
        json_member_decimal(&w->json, "real_size", d->real_size);
    member_hex(w, "sha256", d->sha256, sizeof d->sha256);
    json_member_decimal(&w->json, "size", d->size);
    json_member_string(&w->json, "status", d->status);
    json_object_end(&w->json);
}

/* Members whose keys begin a..f */
static void put_first_half(struct writer *w, const struct account *account, const struct verdict *verdict)
{
    const struct r_bundle_result *r = &account->result;
    const struct account_acquisition *a = &account->acquisition;

    json_member_string(&w->json, "authenticity", verdict_authenticity_word(verdict->authenticity));
    json_member_string(&w->json, "bundle", r->name[0] ? r->name : NULL);
    json_member_decimal(&w->json, "bytes", r->bytes);
    json_member_string(&w->json, "case", r->disclosure ? account->disclosed.case_id : a->case_id);
    json_member_bool(&w->json, "complete", r->complete);
    if (r->has_content_id)
        member_hex(w, "content_id", r->content_id, sizeof r->content_id);
    if (a->known)
        put_counts(w, &a->counts);
    if (account->disclosed.proven)
        put_disclosed(w, &account->disclosed);
    report_evidence_json(&w->json, &verdict->evidence);
    if (r->complete)
        member_hex(w, "file_sha256", r->file_sha256, sizeof r->file_sha256);
    json_member_int(&w->json, "files", (int64_t)r->files);
    put_findings(w, "findings", &r->findings);
    json_member_int(&w->json, "findings_total", (int64_t)(r->findings.count + r->findings.dropped));
    if (a->known)
        member_stamp(w, "finished", a->finished);
}

int report_json(FILE *stream, const struct account *account, const struct verdict *verdict, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf piece = BUF_INIT(PIECE_MAX);
    const struct account_acquisition *a = &account->acquisition;
    const struct account_disclosed *d = &account->disclosed;
    bool disclosure = account->result.disclosure;
    struct writer w = { .stream = stream, .piece = &piece };
    int code;

    json_init(&w.json, &piece);
    json_object(&w.json);
    put_first_half(&w, account, verdict);
    json_member_string(&w.json, "host", a->hostname);
    json_member_string(&w.json, "integrity", verdict_integrity_word(verdict->integrity));
    put_jail(&w, account->jail);
    if (!disclosure)
        put_cut(&w, "limited", &account->result.limited);
    report_timestamps_bounds(&w.json, account);
    put_findings(&w, "notices", &account->result.notices);
    json_member_string(&w.json, "operator", disclosure ? d->operator_name : a->operator_name);
    json_member_string(&w.json, "organisation", d->organisation);
    if (verdict->required) {
        json_member_int(&w.json, "persons", verdict->persons);
        json_member_int(&w.json, "required", verdict->required);
    }
    json_member_string(&w.json, "schema", disclosure ? "hozen-verify-disclosure/1" : "hozen-verify/1");
    if (!disclosure)
        put_cut(&w, "shrunk", &account->result.shrunk);
    put_signers(&w, verdict);
    if (d->has_started)
        member_stamp(&w, "started", d->started);
    if (a->known) {
        member_stamp(&w, "started", a->started);
        json_member_string(&w.json, "status", a->complete ? "complete" : "partial");
    }
    if (account->result.has_content_id)
        member_hex(&w, "tagmanifest_sha512", account->result.signed_digest, R_SHA512_SIZE);
    report_timestamps_json(&w.json, verdict);
    if (!disclosure)
        put_unlocked(&w, &account->result);
    json_member_string(&w.json, "verdict", verdict_word(verdict->answer));
    json_object_end(&w.json);
    code = json_check(&w.json, err);
    buf_putc(&piece, '\n');
    flush(&w);
    return code;
}
