#include "formats/read/ledger.h"

#include <string.h>

#include "base/lang.h"
#include "formats/read/sshsig.h"
#include "formats/read/trust.h"

static int verify(struct r_keys *keys, const char *namespace, const unsigned char digest[R_SHA512_SIZE],
                  const char *armour, size_t at, struct r_ledger_signers *out, struct hz_error *err)
{
    struct r_sshsig sig;
    const char *wrong = NULL;
    int rc = r_sshsig_read_by(keys, armour, strlen(armour), &sig, &wrong);

    if (rc == HZ_E_FORMAT)
        return hz_error_set(err, HZ_E_INVALID, _("a signature is not readable: %s"), lang_text(wrong));
    if (rc != HZ_OK)
        return hz_error_set(err, rc, _("out of memory"));
    rc = r_trust_verify(&sig, namespace, digest, err);
    if (rc == HZ_E_UNSUPPORTED)
        return hz_error_set(err, HZ_E_INVALID, _("a signature is of an algorithm that is not known here"));
    if (rc != HZ_OK)
        return rc;
    if (!r_sshsig_present(&sig))
        return hz_error_set(err, HZ_E_INVALID, _("a signature was made by a token that nobody touched"));
    out->key[at] = sig.key;
    out->flags[at] = sig.flags;
    return HZ_OK;
}

int r_ledger_verify_by(struct r_keys *keys, const void *bytes, size_t len, const struct r_signatures *signatures,
                       struct r_ledger_signers *out, struct hz_error *err)
{
    struct r_ledger_signers found = { 0 };
    unsigned char digest[R_SHA512_SIZE];

    r_hash_sha512(digest, bytes, len);
    for (size_t i = 0; i < signatures->count; i++) {
        int rc = verify(keys, R_LEDGER_NAMESPACE, digest, signatures->armour[i], i, &found, err);
        if (rc != HZ_OK)
            return rc;
        if (i > 0 && strcmp(found.key[i - 1].keyid, found.key[i].keyid) >= 0)
            return hz_error_set(err, HZ_E_INVALID, _("the signatures do not stand in the order of their keys"));
    }
    found.count = signatures->count;
    *out = found;
    return HZ_OK;
}

int r_ledger_verify(const void *bytes, size_t len, const struct r_signatures *signatures, struct r_ledger_signers *out,
                    struct hz_error *err)
{
    return r_ledger_verify_by(NULL, bytes, len, signatures, out, err);
}

int r_ledger_verify_one(const void *bytes, size_t len, const char *armour, struct r_ledger_signers *out,
                        struct hz_error *err)
{
    struct r_signatures one = { { armour }, 1 };

    return r_ledger_verify(bytes, len, &one, out, err);
}

int r_ledger_cosigned(const char *text, const char *armour, struct r_ledger_signers *out, struct hz_error *err)
{
    struct r_ledger_signers found = { .count = 1 };
    unsigned char digest[R_SHA512_SIZE];
    int rc;

    r_hash_sha512(digest, text, strlen(text));
    rc = verify(NULL, R_LEDGER_COSIGN_NAMESPACE, digest, armour, 0, &found, err);
    if (rc == HZ_OK)
        *out = found;
    return rc;
}

bool r_ledger_signed_by(const struct r_ledger_signers *signers, const char *fingerprint)
{
    for (size_t i = 0; i < signers->count; i++)
        if (strcmp(signers->key[i].fingerprint, fingerprint) == 0)
            return true;
    return false;
}

int r_ledger_offer_check(const struct r_offer *o, struct r_ledger_signers *signers, struct hz_error *err)
{
    struct r_ledger_signers authors, found;
    unsigned char leaf[R_SHA256_SIZE];
    int rc = r_ledger_verify(o->statement_bytes.data, o->statement_bytes.len, &o->signatures, &authors, err);

    if (rc == HZ_OK && !r_ledger_signed_by(&authors, o->statement.actor.key))
        return hz_error_set(err, HZ_E_INVALID, _("the offer is not signed by the person it names"));
    if (rc == HZ_OK && strcmp(o->statement.actor.key, o->statement.body.to.key) == 0)
        return hz_error_set(err, HZ_E_INVALID, _("an offer to oneself is no handoff"));
    if (rc != HZ_OK)
        return hz_error_context(err, _("the offer's signature"));
    rc = r_ledger_verify(o->checkpoint_text, strlen(o->checkpoint_text), &o->checkpoint_signatures, &found, err);
    if (rc != HZ_OK)
        return hz_error_context(err, _("the checkpoint's signature"));
    rc = r_proof_leaf(o->entry_bytes.data, o->entry_bytes.len, leaf, err);
    if (rc != HZ_OK)
        return rc;
    if (!r_proof_inclusion(&o->inclusion, leaf, o->entry.sequence, o->checkpoint.size, o->checkpoint.root))
        return hz_error_set(err, HZ_E_INVALID, _("the proof does not show the offer in the log of its checkpoint"));
    *signers = found;
    return HZ_OK;
}

int r_ledger_receipt_check(const struct r_receipt *r, struct r_ledger_signers *signers, struct hz_error *err)
{
    struct r_ledger_signers authors;
    int rc = r_ledger_verify(r->statement_bytes.data, r->statement_bytes.len, &r->signatures, &authors, err);

    if (rc == HZ_OK && !r_ledger_signed_by(&authors, r->statement.actor.key))
        return hz_error_set(err, HZ_E_INVALID, _("the receipt is not signed by the person it names"));
    if (rc != HZ_OK)
        return hz_error_context(err, _("the receipt's signature"));
    rc = r_ledger_verify(r->head.text, strlen(r->head.text), &r->head.signatures, signers, err);
    return rc == HZ_OK ? rc : hz_error_context(err, _("the checkpoint's signature"));
}

bool r_ledger_offer_continues(const struct r_offer *o, const struct r_checkpoint *known)
{
    return r_travel_continues(&o->checkpoint, &o->since, known);
}
