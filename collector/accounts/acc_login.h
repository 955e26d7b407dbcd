/* Records of utmp(5): utmp, wtmp and btmp, as glibc writes them. */
#ifndef HZ_COLLECTOR_ACCOUNTS_ACC_LOGIN_H
#define HZ_COLLECTOR_ACCOUNTS_ACC_LOGIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/stamp.h"
#include "formats/write/record.h"

#define ACC_LOGIN_SIZE 384      /* x86 and others: times of 32 bits */
#define ACC_LOGIN_SIZE_WIDE 400 /* aarch64 and others: times of 64 bits */
#define ACC_LOGIN_ADDRESS 46    /* INET6_ADDRSTRLEN */

enum acc_login_type { /* ut_type; 0 and 9 are empty and accounting */
                      ACC_LOGIN_RUNLEVEL = 1,
                      ACC_LOGIN_BOOT = 2,
                      ACC_LOGIN_NEW_TIME = 3,
                      ACC_LOGIN_OLD_TIME = 4,
                      ACC_LOGIN_INIT = 5,
                      ACC_LOGIN_LOGIN = 6,
                      ACC_LOGIN_USER = 7,
                      ACC_LOGIN_DEAD = 8
};

struct acc_login { /* texts point into the record, without the NULs behind them */
    int16_t type, termination, exit;
    int32_t pid;
    int64_t session;
    struct w_bytes line, id, user, host;
    struct stamp time;
    bool has_address;
    char address[ACC_LOGIN_ADDRESS];
    bool zeroed; /* every byte is 0, as tools that wipe traces leave a record */
};

/* How long the records of a file of this size are. */
size_t acc_login_size(uint64_t file_size);
/* A record of ACC_LOGIN_SIZE or ACC_LOGIN_SIZE_WIDE bytes, little endian. Any bytes give something. */
void acc_login_parse(struct acc_login *out, const unsigned char *record, size_t size);
/* "user", "boot", ...; NULL: no type that is known */
const char *acc_login_kind(int16_t type);
/* Of the bytes before the first NUL. */
struct w_bytes acc_login_text(const void *field, size_t room);
/* Little endian. */
uint32_t acc_login_u32(const unsigned char *at);

#endif
