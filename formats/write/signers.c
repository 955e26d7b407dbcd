#include "formats/write/signers.h"

#include <stdbool.h>
#include <string.h>

#include "base/lang.h"
#include "base/text.h"

#define WHO_MAX 500

bool w_signers_address(const char *address, size_t len)
{
    const char *at = memchr(address, '@', len);
    if (at == NULL || at == address || at == address + len - 1 || memchr(at + 1, '@', (size_t)(address + len - at - 1)))
        return false;
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)address[i];
        if (c <= ' ' || c >= 0x7F || strchr("\"'\\,*?!#<>()[]:;", c) != NULL)
            return false;
    }
    return true;
}

static int find_address(const char *who, const char **address, size_t *len, struct hz_error *err)
{
    const char *open = strchr(who, '<');
    size_t total = strlen(who);
    if (open == NULL || open < who + 2 || open[-1] != ' ' || who[total - 1] != '>' || !text_is_line(who, WHO_MAX) ||
        !w_signers_address(open + 1, (size_t)(who + total - 1 - (open + 1))))
        return hz_error_set(err, HZ_E_USAGE, _("\"%s\": write a name and a mail address, like %s"), who,
                            "\"Sato Hanako <sato@csirt.example>\"");
    *address = open + 1;
    *len = (size_t)(who + total - 1 - *address);
    return HZ_OK;
}

int w_signers_line(const char *who, enum w_key_purpose purpose, const struct w_key *key, struct buf *out,
                   struct hz_error *err)
{
    const char *address = NULL;
    size_t len = 0;
    int rc = find_address(who, &address, &len, err);
    if (rc != HZ_OK)
        return rc;
    buf_put(out, address, len);
    buf_puts(out, purpose == W_KEY_COLLECT ? " namespaces=\"hozen-bundle-v1\" "
                                           : " namespaces=\"hozen-ledger-v1,hozen-countersign-v1\" ");
    return w_key_public_line(key, who, out, err);
}
