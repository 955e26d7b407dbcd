/* The line of an allowed_signers file (ssh-keygen(1)) that belongs to a new key, for others to trust it by. */
#ifndef HZ_FORMATS_WRITE_SIGNERS_H
#define HZ_FORMATS_WRITE_SIGNERS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/error.h"
#include "formats/write/key.h"

/* true for a mail address that can be a principal: no blank, quote, comma, wildcard or comment sign is in it. */
bool w_signers_address(const char *address, size_t len);

/* who: "Sato Hanako <sato@csirt.example>": one mail address in angle brackets at the end, behind a name.
 * Appends `sato@csirt.example namespaces="..." <type> <base64> Sato Hanako <sato@csirt.example>` and a newline; the
 * namespaces follow from the purpose. HZ_E_USAGE when `who` is not of this form. */
int w_signers_line(const char *who, enum w_key_purpose purpose, const struct w_key *key, struct buf *out,
                   struct hz_error *err);

#endif
