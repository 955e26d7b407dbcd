#include "collector/accounts/acc_login.h"

#include <arpa/inet.h>
#include <string.h>

size_t acc_login_size(uint64_t file_size)
{
    return file_size % ACC_LOGIN_SIZE != 0 && file_size % ACC_LOGIN_SIZE_WIDE == 0 ? ACC_LOGIN_SIZE_WIDE
                                                                                   : ACC_LOGIN_SIZE;
}

uint32_t acc_login_u32(const unsigned char *at)
{
    return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static int64_t wide(const unsigned char *at)
{
    return (int64_t)((uint64_t)acc_login_u32(at) | (uint64_t)acc_login_u32(at + 4) << 32);
}

static int16_t narrow(const unsigned char *at)
{
    return (int16_t)(uint16_t)(at[0] | at[1] << 8);
}

struct w_bytes acc_login_text(const void *field, size_t room)
{
    return (struct w_bytes) { field, strnlen(field, room) };
}

static bool all_zero(const unsigned char *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (bytes[i] != 0)
            return false;
    return true;
}

/* IPv4 in the first word, the others 0. */
static void put_address(struct acc_login *out, const unsigned char *at)
{
    bool four = all_zero(at + 4, 12);
    out->has_address =
        !all_zero(at, 16) && inet_ntop(four ? AF_INET : AF_INET6, at, out->address, sizeof out->address) != NULL;
}

/* Where things stand in both layouts, as <bits/utmp.h> makes them. */
void acc_login_parse(struct acc_login *out, const unsigned char *record, size_t size)
{
    bool is_wide = size == ACC_LOGIN_SIZE_WIDE;
    const unsigned char *time = record + (is_wide ? 344 : 340);
    int64_t microseconds = is_wide ? wide(time + 8) : (int32_t)acc_login_u32(time + 4);
    *out = (struct acc_login) { .type = narrow(record),
                                .pid = (int32_t)acc_login_u32(record + 4),
                                .line = acc_login_text(record + 8, 32),
                                .id = acc_login_text(record + 40, 4),
                                .user = acc_login_text(record + 44, 32),
                                .host = acc_login_text(record + 76, 256),
                                .termination = narrow(record + 332),
                                .exit = narrow(record + 334),
                                .session = is_wide ? wide(record + 336) : (int32_t)acc_login_u32(record + 336),
                                .zeroed = all_zero(record, size) };
    out->time.seconds = is_wide ? wide(time) : (int32_t)acc_login_u32(time);
    if (microseconds >= 0 && microseconds < 1000000)
        out->time.nanoseconds = (uint32_t)microseconds * 1000;
    put_address(out, record + (is_wide ? 360 : 348));
}

const char *acc_login_kind(int16_t type)
{
    static const char *const kinds[] = { "empty", "runlevel", "boot", "new-time", "old-time",
                                         "init",  "login",    "user", "dead",     "accounting" };
    return type >= 0 && (size_t)type < sizeof kinds / sizeof kinds[0] ? kinds[type] : NULL;
}
