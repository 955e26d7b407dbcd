#include "verify/named.h"

#include <string.h>

#include "base/lang.h"

int named_check(const char *name, struct hz_error *err)
{
    size_t source_len, len = strlen(name);

    if (name[0] == '/' ? r_name_is_origin((const unsigned char *)name, len) : r_name_is_payload(name, len, &source_len))
        return HZ_OK;
    return hz_error_set(err, HZ_E_USAGE,
                        _("%s is no name of a file: it is /etc/passwd for example, as on the host, or "
                          "data/files/etc/passwd, as in the bundle"),
                        name);
}

bool named_is_origin(const char *name, const struct reader_row *row)
{
    const struct wire_bytes *origin = row->origin_raw.len ? &row->origin_raw : &row->origin;

    return row->has_origin && origin->len == strlen(name) && memcmp(origin->at, name, origin->len) == 0;
}
