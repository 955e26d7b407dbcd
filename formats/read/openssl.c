#include "formats/read/openssl.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/err.h>

#include "base/lang.h"

int r_openssl_start(const char *what, struct hz_error *err)
{
    /* without its own context, out of memory, OpenSSL would crash later */
    if (OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_ATEXIT, NULL) != 1 ||
        !OSSL_LIB_CTX_get0_global_default())
        return r_openssl_failed(what, err);
    ERR_clear_error();
    errno = 0;
    return HZ_OK;
}

bool r_openssl_out_of_memory(void)
{
    bool found = errno == ENOMEM;
    unsigned long reason;

    while ((reason = ERR_get_error()) != 0)
        found = found || ERR_GET_REASON(reason) == ERR_R_MALLOC_FAILURE;
    return found;
}

int r_openssl_failed(const char *what, struct hz_error *err)
{
    if (r_openssl_out_of_memory())
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    return hz_error_set(err, HZ_E_CRYPTO, "%s", what);
}
