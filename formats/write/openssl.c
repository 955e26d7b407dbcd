#include "formats/write/openssl.h"

#include <errno.h>
#include <openssl/err.h>

#include "base/lang.h"

bool w_openssl_no_memory(void)
{
    bool missing = errno == ENOMEM;
    for (unsigned long reason = ERR_get_error(); reason != 0; reason = ERR_get_error())
        missing = missing || ERR_GET_REASON(reason) == ERR_R_MALLOC_FAILURE;
    return missing;
}

int w_openssl_failed(struct hz_error *err, const char *what)
{
    if (w_openssl_no_memory())
        return hz_error_set(err, HZ_E_NOMEM, "%s", _("out of memory"));
    return hz_error_set(err, HZ_E_CRYPTO, "%s", what);
}
