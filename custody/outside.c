#include "custody/outside.h"

#include <stdlib.h>
#include <string.h>

#include "base/io_rw.h"
#include "base/lang.h"
#include "base/text.h"
#include "custody/sidecar.h"
#include "formats/read/prooffile.h"

void outside_free(struct outside *o)
{
    buf_free(&o->text);
    for (size_t i = 0; i < R_ENTRY_SIGNATURES; i++)
        buf_free(&o->armour[i]);
    memset(o, 0, sizeof *o);
}

static int take(struct buf *out, size_t limit, const char *text, struct hz_error *err)
{
    buf_init(out, limit);
    buf_puts(out, text);
    buf_text(out);
    return buf_check(out, err);
}

/* Copies what a file holds, which is freed soon. */
static int take_head(struct outside *o, const char *text, const struct r_checkpoint *stated,
                     const struct r_signatures *signatures, struct hz_error *err)
{
    int rc = take(&o->text, R_CHECKPOINT_MAX, text, err);

    o->stated = *stated;
    for (size_t i = 0; rc == HZ_OK && i < signatures->count; i++)
        rc = take(&o->armour[i], R_OFFER_MAX, signatures->armour[i], err);
    return rc;
}

static int from_proof(struct outside *o, const struct buf *bytes, struct hz_error *err)
{
    HZ_CLEANUP(r_prooffile_free) struct r_prooffile p = { 0 };
    int rc = r_prooffile_parse(&p, bytes->data, bytes->len, err);

    if (rc == HZ_OK)
        rc = r_ledger_verify(p.head.text, strlen(p.head.text), &p.head.signatures, &o->signers, err);
    if (rc != HZ_OK)
        return rc;
    o->since = p.since;
    return take_head(o, p.head.text, &p.head.checkpoint, &p.head.signatures, err);
}

static int from_offer(struct outside *o, const struct buf *bytes, struct hz_error *err)
{
    HZ_CLEANUP(r_offer_free) struct r_offer offer = { 0 };
    int rc = r_offer_parse(&offer, bytes->data, bytes->len, err);

    if (rc == HZ_OK)
        rc = r_ledger_offer_check(&offer, &o->signers, err);
    if (rc != HZ_OK)
        return rc;
    memcpy(o->offer, offer.statement.digest, sizeof o->offer);
    memcpy(o->by, offer.statement.actor.key, sizeof o->by);
    o->placed = true;
    o->entry = offer.entry.sequence;
    o->since = offer.since;
    return take_head(o, offer.checkpoint_text, &offer.checkpoint, &offer.checkpoint_signatures, err);
}

static int from_receipt(struct outside *o, const struct buf *bytes, struct hz_error *err)
{
    HZ_CLEANUP(r_offer_receipt_free) struct r_receipt r = { 0 };
    struct r_ledger_signers by;
    int rc = r_offer_receipt_parse(&r, bytes->data, bytes->len, err);

    if (rc == HZ_OK)
        rc = r_ledger_receipt_check(&r, &o->signers, err);
    if (rc == HZ_OK && r.cosignature != NULL)
        rc = r_ledger_cosigned(r.head.text, r.cosignature, &by, err);
    if (rc == HZ_OK && r.cosignature != NULL && !r_ledger_signed_by(&by, r.statement.actor.key))
        return hz_error_set(err, HZ_E_INVALID, _("the receipt's cosignature is not by the receiver"));
    if (rc != HZ_OK)
        return rc;
    memcpy(o->offer, r.offer, sizeof o->offer);
    memcpy(o->by, r.statement.actor.key, sizeof o->by);
    memcpy(o->answer, r.statement.digest, sizeof o->answer);
    o->accepted = r.statement.type == R_STATEMENT_ACCEPTANCE;
    o->answered = r.statement.time;
    return take_head(o, r.head.text, &r.head.checkpoint, &r.head.signatures, err);
}

/* Adds a signature that lies beside the text, "<path>.<keyid>.sshsig". */
static int add_beside(struct outside *o, const char *path, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf armour = BUF_INIT(8192);
    struct r_ledger_signers one;
    size_t at = o->signers.count;
    int rc = io_read_file(path, &armour, err);

    if (rc == HZ_OK && buf_text(&armour) == NULL)
        rc = buf_check(&armour, err);
    if (rc != HZ_OK)
        return rc;
    if (at == R_ENTRY_SIGNATURES)
        return hz_error_set(err, HZ_E_LIMIT, _("more than %d signature files lie beside it"), R_ENTRY_SIGNATURES);
    rc = r_ledger_verify_one(o->text.data, o->text.len, (const char *)armour.data, &one, err);
    if (rc == HZ_E_INVALID ||
        (rc == HZ_OK && memcmp(path + strlen(o->path) + 1, one.key[0].keyid, R_SHA256_HEX - 1) != 0))
        return hz_error_set(err, HZ_E_FORMAT, _("%s: does not hold for the checkpoint beside it"), path);
    if (rc != HZ_OK)
        return rc;
    o->signers.key[at] = one.key[0];
    o->signers.count++;
    return take(&o->armour[at], 8192, (const char *)armour.data, err);
}

static int from_text(struct outside *o, const struct buf *bytes, struct hz_error *err)
{
    HZ_CLEANUP(sidecar_free) struct sidecars beside = { 0 };
    int rc = r_checkpoint_parse(&o->stated, bytes->data, bytes->len, err);

    if (rc != HZ_OK)
        return hz_error_context(err, "%s", o->path);
    rc = take(&o->text, R_CHECKPOINT_MAX, (const char *)bytes->data, err);
    if (rc == HZ_OK)
        rc = sidecar_find(&beside, o->path, err);
    for (size_t i = 0; rc == HZ_OK && i < beside.count; i++)
        rc = add_beside(o, beside.path[i], err);
    return rc;
}

/* Canonical JSON: its schema stands in it in this form, and a text inside cannot look like it. */
static bool has_schema(const struct buf *bytes, const char *schema)
{
    char member[64] = "\"schema\":\"";
    size_t len = strlen(member), more = strlen(schema);

    memcpy(member + len, schema, more);
    member[len + more] = '"';
    return memmem(bytes->data, bytes->len, member, len + more + 1) != NULL;
}

static int read_json(struct outside *o, const struct buf *bytes, struct hz_error *err)
{
    static const struct {
        const char *schema;
        int (*read)(struct outside *o, const struct buf *bytes, struct hz_error *err);
    } kinds[] = { { "hozen-proof/1", from_proof },
                  { "hozen-receipt/1", from_receipt },
                  { "hozen-offer/1", from_offer } };

    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (has_schema(bytes, kinds[i].schema)) {
            int rc = kinds[i].read(o, bytes, err);
            if (rc == HZ_E_INVALID)
                err->code = rc = HZ_E_FORMAT;
            return rc == HZ_OK ? rc : hz_error_context(err, "%s", o->path);
        }
    return hz_error_set(err, HZ_E_FORMAT, _("%s: is neither a checkpoint nor a file that holds one"), o->path);
}

static int load(struct outside *o, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf bytes = BUF_INIT(R_OFFER_MAX);
    int rc = io_read_file(o->path, &bytes, err);

    if (rc == HZ_E_LIMIT) /* however large: no checkpoint is */
        return hz_error_set(err, HZ_E_FORMAT, "%s: %s", o->path, _("is not the text of a checkpoint"));
    if (rc != HZ_OK)
        return rc;
    if (bytes.len > 0 && bytes.data[0] == '{')
        return read_json(o, &bytes, err);
    if (buf_text(&bytes) == NULL)
        return buf_check(&bytes, err);
    return from_text(o, &bytes, err);
}

int outside_load(struct outside *out, const char *path, struct hz_error *err)
{
    struct outside o = { .path = path };
    int rc = load(&o, err);

    if (rc != HZ_OK)
        outside_free(&o);
    else
        *out = o;
    return rc;
}

struct w_offer_head outside_head(const struct outside *o, const char *armour[R_ENTRY_SIGNATURES])
{
    for (size_t i = 0; i < o->signers.count; i++)
        armour[i] = (const char *)o->armour[i].data;
    return (struct w_offer_head) { (const char *)o->text.data, armour, o->signers.count };
}

struct w_offer_since outside_since(const struct outside *o, struct w_proof *proof)
{
    if (!o->since.present)
        return (struct w_offer_since) { 0 };
    proof->count = o->since.proof.count;
    memcpy(proof->digest, o->since.proof.digest, sizeof proof->digest);
    return (struct w_offer_since) { proof, o->since.from };
}
