#include "verify/named.h"

#include <string.h>

#include "base/escape.h"
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

int named_begin(struct named *n, const char *said, struct hz_error *err)
{
    int code = named_check(said, err);

    *n = (struct named) { .said = said, .printed = BUF_INIT(strlen(said) + 1) };
    if (code || said[0] != '/')
        return code;
    code = escape_terminal_back(&n->printed, said);
    if (code == HZ_E_NOMEM)
        return buf_check(&n->printed, err);
    if (code || !r_name_is_origin(n->printed.data, n->printed.len))
        buf_reset(&n->printed);
    return n->printed.len && !buf_text(&n->printed) ? buf_check(&n->printed, err) : HZ_OK;
}

void named_free(struct named *n)
{
    buf_free(&n->printed);
}

const char *named_get(const struct named *n, size_t which)
{
    if (which == 1 && n->printed.len)
        return (const char *)n->printed.data;
    return which ? NULL : n->said;
}

bool named_is_origin(const char *name, const struct reader_row *row)
{
    const struct wire_bytes *origin = row->origin_raw.len ? &row->origin_raw : &row->origin;

    return row->has_origin && origin->len == strlen(name) && memcmp(origin->at, name, origin->len) == 0;
}

size_t named_which(const struct named *n, const struct reader_row *row)
{
    size_t i;

    for (i = 0; i < NAMED_MAX; i++)
        if (named_get(n, i) && named_is_origin(named_get(n, i), row))
            return i;
    return NAMED_MAX;
}
