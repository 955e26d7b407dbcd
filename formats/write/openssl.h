/* Why OpenSSL failed, as far as it tells. */
#ifndef HZ_FORMATS_WRITE_OPENSSL_H
#define HZ_FORMATS_WRITE_OPENSSL_H

#include <stdbool.h>

#include "base/error.h"

/* Whether memory was missing: its queue of errors says so, or errno does, since without memory the queue is lost too,
 * and what lacks a part since an earlier call says only that it is not there. Empties the queue. To be asked when a
 * call has failed. */
bool w_openssl_no_memory(void);
/* HZ_E_NOMEM where memory was missing, else HZ_E_CRYPTO with what it is that could not be done. */
int w_openssl_failed(struct hz_error *err, const char *what);

#endif
