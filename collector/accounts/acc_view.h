/* Users with what is known of each, and what is odd about them: between acc_users.c and acc_odd.c. */
#ifndef HZ_COLLECTOR_ACCOUNTS_ACC_VIEW_H
#define HZ_COLLECTOR_ACCOUNTS_ACC_VIEW_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/error.h"
#include "collector/accounts/acc_index.h"
#include "collector/accounts/acc_user.h"
#include "collector/away.h"
#include "collector/sheet.h"

#define ACC_VIEW_DAY INT64_C(86400)

struct acc_view_list {
    struct sheet *sheet;
    int root;
    struct away away; /* owned; homes that are kept away from */
    const struct acc_users *users;
    struct acc_index names, uids; /* of users: the place in their list */
    struct buf shadow, group;
    struct acc_index shadows;       /* by name; this and the next ones: where the line begins */
    struct acc_index members, gids; /* groups, by one of their members, and by number */
};

struct acc_view { /* of one user */
    const struct acc_user *user;
    size_t place;                    /* in their list */
    const struct acc_shadow *shadow; /* NULL: none */
    struct statx home;
    bool has_home;
    uint64_t keys;
    bool has_keys;
};

/* The field that decides: of shadow where passwd says x and shadow has the user, else of passwd. */
struct w_bytes acc_view_password(const struct acc_view *v);
bool acc_view_same(struct w_bytes a, struct w_bytes b);

/* Observations: of one user; of lines of shadow without a user; of lines that are none. */
int acc_odd_user(struct acc_view_list *l, const struct acc_view *v, struct hz_error *err);
int acc_odd_orphans(struct acc_view_list *l, struct hz_error *err);
int acc_odd_lines(struct acc_view_list *l, struct hz_error *err);

#endif
