/* Keys that took the place of others, and keys that were revoked, as a form tells them. */
#ifndef HZ_CUSTODY_REPORT_KEYS_H
#define HZ_CUSTODY_REPORT_KEYS_H

#include "custody/report_page.h"

/* The key that has the place of this one at the end of the log: itself, where none took it. HZ_OK or why not. */
int report_keys_latest(const struct report *r, const char *key, char out[R_LEDGER_FINGERPRINT], struct hz_error *err);

/* *here: whether an entry of the form names the key, or one in whose place it is or that has its place: as signer, as
 * receiver, or as custodian. */
int report_keys_concern(const struct report *r, const char *key, bool *here, struct hz_error *err);

/* A row with a person and key as the entry `from` states it, and each rotation that gave the person another key since,
 * with its own entry, up to `key`; that it is revoked, as well. from NULL, or key empty: "not recorded". */
int report_keys_row(const struct report_page *p, const char *label, const char *key, const struct report_entry *from,
                    struct hz_error *err);

/* Inside a cell: how the key ended, and in which entry; nothing where it has not. */
int report_keys_end(const struct report_page *p, const char *key, struct hz_error *err);

#endif
