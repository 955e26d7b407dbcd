/* What SQLite says, as one of our errors. */
#ifndef HZ_CUSTODY_STORE_ERROR_H
#define HZ_CUSTODY_STORE_ERROR_H

#include "custody/store.h"

/* result: any SQLite result but OK, ROW and DONE. The path stands in the text. HZ_E_TIMEOUT: locked by another process;
 * HZ_E_DENIED: read-only or not permitted; HZ_E_FORMAT: not a database, or damaged; HZ_E_NOMEM; HZ_E_IO. */
int store_error(const struct store *s, int result, struct hz_error *err);

/* The errno of the last call on the ledger or its log that failed, 0 for none. SQLite says of a page that it could not
 * read that it is damaged, which is another thing: what could not be read says nothing about what is written there. */
int store_errno(const struct store *s);

#endif
