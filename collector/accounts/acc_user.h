/* passwd(5), shadow(5) and group(5), line by line. Fields are raw and point into the text that was parsed. */
#ifndef HZ_COLLECTOR_ACCOUNTS_ACC_USER_H
#define HZ_COLLECTOR_ACCOUNTS_ACC_USER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "collector/accounts/acc_read.h"

#define ACC_USERS_MAX 131072

struct acc_user {
    size_t line;
    struct w_bytes name, password, gecos, home, shell;
    uint32_t uid, gid;
    bool odd; /* not seven fields, or blanks before the first: glibc takes it all the same */
};

struct acc_shadow {
    size_t line;
    struct w_bytes name, password;
    bool has[6];
    uint64_t days[6]; /* last change, minimum, maximum, warning, inactive, expires; has[i]: known */
};

struct acc_group {
    size_t line;
    struct w_bytes name, password, members; /* members: between commas */
    uint32_t gid;
};

/* HZ_E_FORMAT: not such a line. */
int acc_user_parse(struct acc_user *out, struct w_bytes line);
int acc_shadow_parse(struct acc_shadow *out, struct w_bytes line);
int acc_group_parse(struct acc_group *out, struct w_bytes line);

struct acc_place { /* of a user's line */
    uint32_t at, line;
};

/* A file of users in memory, the texts included. */
struct acc_users {
    struct buf text;
    struct acc_place *list; /* owned, in the order of the file */
    size_t count, room;
    size_t odd; /* lines that are not as passwd(5) has them, and neither empty nor a comment */
    bool more;  /* than are kept */
};
/* Reads /etc/passwd. Errors as acc_read. */
int acc_users_read(int root, struct acc_users *out, struct hz_error *err);
/* The i-th of them; its texts lie in u. */
struct acc_user acc_users_at(const struct acc_users *u, size_t i);
void acc_users_free(struct acc_users *u);

/* What a password field says: "empty", "none" (no password will do), "shadow" (it is elsewhere), or the scheme of its
 * hash: "des", "md5", "bcrypt", "sha256", "sha512", "yescrypt", ..., "unknown". *locked: with '!' before it. */
const char *acc_password(struct w_bytes field, bool *locked);
/* Could one log in with such a password? */
bool acc_password_usable(struct w_bytes field);
/* Does the shell let somebody in? false for nologin, false, sync and the like; an empty one is /bin/sh. */
bool acc_shell_usable(struct w_bytes shell);

#endif
