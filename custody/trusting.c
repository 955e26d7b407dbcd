#include "custody/trusting.h"

#include "base/io_rw.h"
#include "base/lang.h"
#include "formats/read/trust.h"

int trusting_load(const char *path, struct r_signers *out, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(R_SIGNERS_FILE_MAX);
    int rc = io_read_file(path, &text, err);

    if (rc != HZ_OK)
        return rc;
    rc = r_signers_read((const char *)text.data, text.len, out, err);
    return rc == HZ_OK ? rc : hz_error_context(err, "%s", path);
}

int trusting_judge(const struct r_signers *list, const struct r_ledger_signers *who, size_t at, struct stamp claimed,
                   struct hz_error *err)
{
    const struct r_pubkey *key = &who->key[at];
    const char *principal;

    if (r_trust_judge(list, NULL, key, who->flags[at], R_LEDGER_NAMESPACE, claimed, stamp_now(), &principal) ==
        R_TRUST_YES)
        return HZ_OK;
    return hz_error_set(err, HZ_E_INVALID, _("the list of signers does not trust the key %s for custody records"),
                        key->fingerprint);
}
