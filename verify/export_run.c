#include "verify/export_run.h"

#include <stdlib.h>
#include <string.h>

#include "base/io_rw.h"
#include "base/lang.h"
#include "base/text.h"
#include "verify/export_child.h"
#include "verify/export_folder.h"

static void free_folder(struct export_folder **f)
{
    if (*f != NULL)
        export_folder_free(*f);
    free(*f);
}

void export_view_free(struct export_view *v)
{
    if (v == NULL)
        return;
    r_export_free(&v->about);
    r_signers_free(&v->list);
    r_signers_revoked_free(&v->revoked);
    export_time_free(&v->time);
    free(v);
}

static int read_lists(struct export_view *v, const struct export_order *order, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(R_SIGNERS_FILE_MAX);
    HZ_CLEANUP(buf_free) struct buf revoked = BUF_INIT(R_SIGNERS_FILE_MAX);
    int rc = HZ_OK;

    if (order->signers != NULL) {
        v->listed = true;
        rc = io_read_file(order->signers, &text, err);
        if (rc == HZ_OK && r_signers_read(text.len ? (const char *)text.data : "", text.len, &v->list, err) != HZ_OK)
            return hz_error_context(err, "%s", order->signers);
    }
    if (rc == HZ_OK && order->revoked != NULL) {
        rc = io_read_file(order->revoked, &revoked, err);
        if (rc == HZ_OK &&
            r_signers_revoked(revoked.len ? (const char *)revoked.data : "", revoked.len, &v->revoked, err) != HZ_OK)
            return hz_error_context(err, "%s", order->revoked);
    }
    return rc;
}

/* Is it a file's signature by the key in its name? false: it does not hold. */
static int holds(const struct export_signature *s, const struct buf *bytes, struct r_ledger_signers *who, bool *yes,
                 struct hz_error *err)
{
    int rc = r_ledger_verify_one(bytes->data, bytes->len, (const char *)s->armour.data, who, err);

    *yes = rc == HZ_OK && strcmp(who->key[0].keyid, s->keyid) == 0;
    return rc == HZ_E_INVALID ? HZ_OK : rc;
}

static int read_about(struct export_view *v, const struct export_folder *f, struct hz_error *err)
{
    const struct buf *bytes = &f->part[EXPORT_ABOUT];
    unsigned char sums[R_SHA256_SIZE];
    char hex[R_SHA256_HEX];
    struct r_ledger_signers who;
    bool yes = false;
    int rc = r_export_parse(&v->about, bytes->data, bytes->len, err);

    if (rc == HZ_E_UNSUPPORTED)
        exported_unknown(&v->x, "export.json: %s", err->text);
    else if (rc == HZ_E_FORMAT)
        exported_find(&v->x, EXPORTED_ALTERED, "export.json: %s", err->text);
    if (rc != HZ_OK)
        return rc == HZ_E_NOMEM ? rc : HZ_OK;
    v->has_about = true;
    r_hash_sha256(sums, f->part[EXPORT_SUMS].data, f->part[EXPORT_SUMS].len);
    text_hex(hex, sums, sizeof sums);
    if (strcmp(hex, v->about.sums) != 0)
        exported_find(&v->x, EXPORTED_ALTERED, _("export.json names another SHA256SUMS"));
    if (f->about_count > 0)
        rc = holds(&f->about[0], bytes, &who, &yes, err);
    if (rc == HZ_OK && (!yes || strcmp(who.key[0].fingerprint, v->about.key) != 0))
        exported_find(&v->x, EXPORTED_ALTERED, _("export.json is not signed by the key that it names"));
    return rc;
}

static int read_checkpoint(struct export_view *v, const struct export_folder *f, struct hz_error *err)
{
    const struct buf *text = &f->part[EXPORT_CHECKPOINT];
    int rc = r_checkpoint_parse(&v->checkpoint, text->data, text->len, err);

    if (rc != HZ_OK) {
        exported_find(&v->x, EXPORTED_INCONSISTENT, "checkpoint: %s", err->text);
        return HZ_OK;
    }
    v->has_checkpoint = true;
    if (v->has_about && (strcmp(v->checkpoint.ledger, v->about.ledger) != 0 || v->checkpoint.size != v->about.size ||
                         memcmp(v->checkpoint.root, v->about.root, R_SHA256_SIZE) != 0))
        exported_find(&v->x, EXPORTED_ALTERED, _("export.json is of another checkpoint"));
    for (size_t i = 0; rc == HZ_OK && i < f->checkpoint_count; i++) {
        struct r_ledger_signers who;
        bool yes;
        rc = holds(&f->checkpoint[i], text, &who, &yes, err);
        if (rc == HZ_OK && yes) {
            v->keys.flags[v->keys.count] = who.flags[0];
            v->keys.key[v->keys.count++] = who.key[0];
        } else if (rc == HZ_OK) {
            v->signature_invalid = true;
            exported_find(&v->x, EXPORTED_INCONSISTENT, _("checkpoint.%.16s...%s: does not hold"),
                          f->checkpoint[i].keyid, ".sshsig");
        }
    }
    return rc;
}

static int read_times(struct export_view *v, const struct export_folder *f, const struct export_order *order,
                      struct hz_error *err)
{
    const struct export_time_order what = { order->folder, order->timestamp_roots, order->timestamps,
                                            order->timestamp_count };
    int rc = export_time_load(&v->time, f, &what, err);

    for (size_t i = 0; rc == HZ_OK && i < v->keys.count; i++)
        v->signers[i].proven = export_time_earliest(&v->time, v->keys.key[i].keyid, &v->signers[i].time);
    return rc;
}

static int read_entries(struct export_view *v, const struct export_folder *f, struct hz_error *err)
{
    HZ_CLEANUP(r_signers_free) struct r_signers listed = { 0 };
    const struct buf *text = &f->part[EXPORT_SIGNERS];
    struct export_job job = { .entries = f->entries,
                              .digest = f->entries_digest,
                              .proofs = &f->part[EXPORT_PROOFS],
                              .about = &v->about,
                              .signer_count = v->keys.count,
                              .listed = &listed };
    int rc = r_signers_read_exported(text->len > 0 ? (const char *)text->data : "", text->len, &listed, err);

    if (rc == HZ_E_FORMAT)
        exported_find(&v->x, EXPORTED_ALTERED, "allowed_signers: %s", err->text);
    else if (rc != HZ_OK)
        return rc;
    if (f->there[EXPORT_PROOFS] != (v->about.item != NULL))
        exported_find(&v->x, EXPORTED_ALTERED, _("proofs.jsonl goes with an item, and only with one"));
    for (size_t i = 0; i < v->keys.count; i++)
        job.signers[i] = v->keys.key[i].fingerprint;
    return export_child(&job, &v->x, err);
}

/* Who of those who signed the checkpoint may, and who of them is trusted. */
static void judge_signers(struct export_view *v)
{
    bool any = false, trusted = false;

    for (size_t i = 0; i < v->keys.count; i++) {
        struct export_signer *s = &v->signers[i];
        s->may = v->x.may[i];
        any = any || s->may;
        if (!v->listed || !s->may)
            continue;
        s->answer =
            r_trust_judge(&v->list, &v->revoked, &v->keys.key[i], v->keys.flags[i], R_LEDGER_NAMESPACE,
                          s->proven ? s->time : v->about.time, s->proven ? s->time : stamp_now(), &s->principal);
        s->trusted = s->answer == R_TRUST_YES;
        trusted = trusted || s->trusted;
    }
    v->authenticity = v->signature_invalid ? "invalid" : v->keys.count == 0 ? "absent" : "untrusted";
    if (!any && v->x.followed)
        exported_find(&v->x, EXPORTED_INCONSISTENT, _("the checkpoint is signed by nobody who may, by the entries"));
    if (trusted && !v->signature_invalid)
        v->authenticity = "trusted";
}

static void say_untrusted(struct export_view *v)
{
    for (size_t i = 0; i < v->keys.count; i++) {
        const struct export_signer *s = &v->signers[i];
        const char *key = v->keys.key[i].fingerprint;
        if (!s->may)
            continue;
        if (s->answer == R_TRUST_REVOKED)
            exported_find(&v->x, EXPORTED_REVOKED, _("%s is on the list of revoked keys"), key);
        else if (s->answer == R_TRUST_VALIDITY)
            exported_find(&v->x, EXPORTED_VALIDITY, _("%s is not valid at the time of the export and now"), key);
        else
            exported_find(&v->x, EXPORTED_UNTRUSTED, _("%s is not on the list of signers for custody records"), key);
    }
}

static void decide(struct export_view *v)
{
    judge_signers(v);
    v->integrity = v->x.finding_count > 0 ? "altered" : v->x.unknown_count > 0 ? "undetermined" : "intact";
    if (strcmp(v->authenticity, "trusted") != 0 && v->listed)
        say_untrusted(v);
    if (strcmp(v->integrity, "altered") == 0 || (strcmp(v->integrity, "intact") == 0 && v->listed))
        v->verdict = "failed";
    else
        v->verdict = "undetermined";
    if (strcmp(v->integrity, "intact") == 0 && strcmp(v->authenticity, "trusted") == 0)
        v->verdict = "verified";
}

static int look(struct export_view *v, const struct export_order *order, struct hz_error *err)
{
    HZ_CLEANUP(free_folder) struct export_folder *f = calloc(1, sizeof *f);
    int rc;

    if (f == NULL)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    f->entries = -1;
    rc = r_hash_start(err);
    if (rc == HZ_OK)
        rc = read_lists(v, order, err);
    if (rc == HZ_OK)
        rc = export_folder_load(f, order->folder, &v->x, err);
    if (rc == HZ_OK && f->there[EXPORT_ABOUT])
        rc = read_about(v, f, err);
    if (rc == HZ_OK && f->there[EXPORT_CHECKPOINT])
        rc = read_checkpoint(v, f, err);
    if (rc == HZ_OK)
        rc = read_times(v, f, order, err);
    if (rc == HZ_OK && v->has_about && f->entries >= 0)
        rc = read_entries(v, f, err);
    if (rc == HZ_OK)
        decide(v);
    return rc;
}

int export_run(struct export_view **out, const struct export_order *order, struct hz_error *err)
{
    struct export_view *v = calloc(1, sizeof *v);

    *out = v;
    if (v == NULL)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    return look(v, order, err);
}
