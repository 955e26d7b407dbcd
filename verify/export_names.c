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

int export_names_listed(struct exported *x, const struct export_keys *keys, const struct r_signer *s,
                        struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(64);
    const struct export_key *key;

    buf_puts(&text, "SHA256:");
    text_base64(&text, s->id, sizeof s->id);
    if (buf_text(&text) == NULL)
        return buf_check(&text, err);
    text.data[R_LEDGER_FINGERPRINT - 1] = '\0'; /* the padding */
    key = export_keys_find(keys, (const char *)text.data);
    if (key == NULL)
        exported_find(x, EXPORTED_ALTERED, _("allowed_signers has a key that no entry names"));
    else if (strchr(s->principal, '@') != NULL && !text_equal(s->principal, key->principal))
        exported_find(x, EXPORTED_ALTERED, _("allowed_signers gives %s another mail address than the entries"),
                      key->key);
    return HZ_OK;
}
