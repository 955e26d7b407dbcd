/* What OpenSSL says about a call that failed. */
#ifndef HZ_FORMATS_READ_OPENSSL_H
#define HZ_FORMATS_READ_OPENSSL_H

#include <stdbool.h>

#include "base/error.h"

/* From here on: no configuration of the machine has a say, its queue of errors is empty. HZ_E_NOMEM, or HZ_E_CRYPTO
 * with `what`. */
int r_openssl_start(const char *what, struct hz_error *err);
/* true when memory was missing: the queue says so, which this empties, or errno, as the queue itself is lost without
 * memory, and what lacks a part since an earlier call says only that it is not there. */
bool r_openssl_out_of_memory(void);
/* HZ_E_NOMEM when memory was missing, else HZ_E_CRYPTO with `what`. */
int r_openssl_failed(const char *what, struct hz_error *err);

#endif
