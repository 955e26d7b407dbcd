#include "verify/export_names.h"

#include <string.h>

#include "base/buf.h"
#include "base/lang.h"
#include "base/text.h"

bool export_names_maker(const struct r_export *about, const struct r_person *p)
{
    return strcmp(p->key, about->key) == 0 && strcmp(p->name, about->name) == 0 &&
           (about->organisation == NULL || text_equal(p->organisation, about->organisation));
}

/* What a program that writes such a list puts into it, and no more. */
static bool is_plain(const struct r_signer *s)
{
    return text_equal(s->name_spaces, R_LEDGER_NAMESPACE) && !s->has_after && !s->has_before && !s->no_touch &&
           !s->verified;
}

static void judge(struct exported *x, struct export_key *key, const struct r_signer *s)
{
    if (strchr(s->principal, '@') != NULL && !text_equal(s->principal, key->principal))
        exported_find(x, EXPORTED_ALTERED, _("allowed_signers gives %s another mail address than the entries"),
                      key->key);
    if (!text_equal(s->comment, key->name))
        exported_find(x, EXPORTED_ALTERED, _("allowed_signers gives %s another name than the entries"), key->key);
    if (!is_plain(s))
        exported_find(x, EXPORTED_ALTERED, _("allowed_signers has other options for %s than an export has"), key->key);
    if (key->listed)
        exported_find(x, EXPORTED_ALTERED, _("allowed_signers lists %s twice"), key->key);
    key->listed = true;
}

static int find(struct exported *x, const struct export_keys *keys, const struct r_signer *s, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(64);
    struct export_key *key;

    buf_puts(&text, "SHA256:");
    text_base64(&text, s->id, sizeof s->id);
    if (buf_text(&text) == NULL)
        return buf_check(&text, err);
    text.data[R_LEDGER_FINGERPRINT - 1] = '\0'; /* the padding */
    key = export_keys_find(keys, (const char *)text.data);
    if (key == NULL)
        exported_find(x, EXPORTED_ALTERED, _("allowed_signers has a key that no entry names"));
    else
        judge(x, key, s);
    return HZ_OK;
}

int export_names_listed(struct exported *x, const struct export_keys *keys, const struct r_signers *listed,
                        struct hz_error *err)
{
    int rc = HZ_OK;

    for (size_t i = 0; rc == HZ_OK && i < listed->count; i++)
        rc = find(x, keys, &listed->list[i], err);
    return rc;
}
