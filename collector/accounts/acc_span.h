/* From logins to how long they lasted, as last(1) pairs them: wtmp read from its end. */
#ifndef HZ_COLLECTOR_ACCOUNTS_ACC_SPAN_H
#define HZ_COLLECTOR_ACCOUNTS_ACC_SPAN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "collector/accounts/acc_login.h"

#define ACC_SPAN_LINES 4096 /* terminals known at a time; the oldest is forgotten */

enum acc_span_end { ACC_SPAN_OPEN, ACC_SPAN_LOGOUT, ACC_SPAN_DOWN, ACC_SPAN_CRASH };

struct acc_span_line {
    char name[32];
    size_t len;
    struct stamp end;
};

struct acc_span {                /* zeroed: nothing read yet */
    struct acc_span_line *lines; /* owned; room for ACC_SPAN_LINES */
    size_t count, oldest;
    enum acc_span_end all; /* how those end that have no line: at `since` */
    struct stamp since;
};

/* The next record, going backwards. For one of a user: how and when it ended (*end is set unless ACC_SPAN_OPEN).
 * HZ_E_NOMEM. */
int acc_span_next(struct acc_span *s, const struct acc_login *l, enum acc_span_end *how, struct stamp *end,
                  struct hz_error *err);
void acc_span_free(struct acc_span *s);

#endif
