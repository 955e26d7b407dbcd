/* The listings of the sources accounts and sessions (formats/spec/sources/accounts.md, sessions.md): makers for
 * sheet_make, each on its own thread. */
#ifndef HZ_COLLECTOR_ACCOUNTS_ACC_LISTINGS_H
#define HZ_COLLECTOR_ACCOUNTS_ACC_LISTINGS_H

#include "base/error.h"
#include "collector/sheet.h"

#define ACC_LASTLOG_WHOLE ((uint64_t)64 << 20) /* a longer one is not taken whole: uids above 229,000 make it so */

int acc_users_make(int root, struct sheet *out, struct hz_error *err);
int acc_groups_make(int root, struct sheet *out, struct hz_error *err);
int acc_rights_make(int root, struct sheet *out, struct hz_error *err);
int acc_histories_make(int root, struct sheet *out, struct hz_error *err);
int acc_logins_make(int root, struct sheet *out, struct hz_error *err);
int acc_lastlog_make(int root, struct sheet *out, struct hz_error *err);
bool acc_lastlog_large(int root); /* one that is not taken whole is there */

#endif
