/* What the collector parses on a host that may have prepared it: databases of packages, journals, accounts, logins,
 * /proc. The first byte of the input says which. */
#include "collector/accounts/acc_login.h"
#include "collector/accounts/acc_user.h"
#include "collector/db_wal.h"
#include "collector/journal_header.h"
#include "collector/persistence/pkg_dpkg.h"
#include "collector/persistence/pkg_rpm.h"
#include "collector/persistence/pkg_sqlite.h"
#include "collector/processes/proc_maps.h"
#include "collector/processes/proc_stat.h"
#include "tests/fuzz/file.h"
#include "tests/fuzz/fuzz.h"

/* Every byte of a span can be read. */
static void touch(const void *at, size_t len)
{
    volatile unsigned char sum = 0;
    for (size_t i = 0; i < len; i++)
        sum = (unsigned char)(sum + ((const unsigned char *)at)[i]);
}

static int on_file(void *context, const struct pkg_rpm_file *file, struct hz_error *err)
{
    (void)context;
    (void)err;
    touch(file->folder.at, file->folder.len);
    touch(file->name.at, file->name.len);
    return HZ_OK;
}

static void rpm(const unsigned char *blob, size_t len)
{
    struct hz_error err;
    struct pkg_rpm r;
    if (pkg_rpm_parse(blob, len, &r, &err) != HZ_OK)
        return;
    touch(r.name.at, r.name.len);
    touch(r.version.at, r.version.len);
    touch(r.release.at, r.release.len);
    touch(r.architecture.at, r.architecture.len);
    FUZZ_HOLDS(fuzz_is_answer(pkg_rpm_files(&r, on_file, NULL, &err)));
}

static int on_row(void *context, const unsigned char *value, size_t len, struct hz_error *err)
{
    (void)context;
    (void)err;
    touch(value, len);
    rpm(value, len);
    return HZ_OK;
}

static void database(const uint8_t *data, size_t size)
{
    struct hz_error err;
    FUZZ_HOLDS(fuzz_is_answer(pkg_sqlite_rows(fuzz_file(0, data, size), "Packages", on_row, NULL, &err)));
}

static void packages(const char *text, size_t len)
{
    struct span rest = { text, len };
    struct pkg_stanza stanza;
    while (pkg_dpkg_stanza(&rest, &stanza)) {
        struct span path, left = stanza.conffiles;
        struct pkg_digest digest;
        touch(stanza.name.at, stanza.name.len);
        touch(stanza.status.at, stanza.status.len);
        while (pkg_dpkg_conffile(&left, &path, &digest))
            touch(path.at, path.len);
    }
}

static void accounts(const char *text, size_t len)
{
    struct w_bytes line = { text, len };
    struct acc_shadow shadow;
    struct acc_group group;
    struct acc_user user;
    bool locked;
    if (acc_user_parse(&user, line) == HZ_OK) {
        touch(user.home.data, user.home.len);
        acc_shell_usable(user.shell);
        acc_password(user.password, &locked);
    }
    if (acc_shadow_parse(&shadow, line) == HZ_OK) {
        FUZZ_HOLDS(acc_password(shadow.password, &locked) != NULL);
        acc_password_usable(shadow.password);
    }
    if (acc_group_parse(&group, line) == HZ_OK)
        touch(group.members.data, group.members.len);
}

static void logins(const unsigned char *bytes, size_t len)
{
    size_t size = acc_login_size(len);
    struct acc_login l;
    for (size_t at = 0; len - at >= size; at += size) {
        acc_login_parse(&l, bytes + at, size);
        touch(l.user.data, l.user.len);
        touch(l.host.data, l.host.len);
        FUZZ_HOLDS(memchr(l.address, 0, sizeof l.address) != NULL);
    }
}

static void processes(const char *text, size_t len)
{
    struct proc_stat stat;
    struct proc_map map;
    uint64_t numbers[8];
    size_t at = 0;
    if (proc_stat_parse(text, len, &stat) == HZ_OK)
        FUZZ_HOLDS(stat.comm_len <= sizeof stat.comm);
    FUZZ_HOLDS(proc_status_numbers(proc_status_value(text, len, "Uid"), numbers, 8) <= 8);
    while (proc_maps_next(text, len, &at, &map)) {
        FUZZ_HOLDS(at <= len + 1 && proc_maps_kind(&map) <= PROC_MAP_WRITABLE);
        touch(map.path.data, map.path.len);
    }
}

static void log_of_database(struct fuzz_part rest)
{
    struct fuzz_part shm = fuzz_part(&rest);
    struct hz_error err;
    struct db_index index;
    bool holds = false;
    int fd = fuzz_file(0, shm.at, shm.len), copy = fuzz_file(1, rest.at, rest.len);
    if (db_wal_index(fd, &index, &err) == HZ_OK && db_wal_prefix(&index) < UINT32_MAX)
        db_wal_check(copy, &index, &holds, &err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct journal_header journal;
    if (size < 1)
        return 0;
    const uint8_t *bytes = data + 1;
    size_t len = size - 1;
    switch (data[0] % 8) {
    case 0:
        database(bytes, len);
        break;
    case 1:
        rpm(bytes, len);
        break;
    case 2:
        journal_header_parse(bytes, len, len, &journal);
        break;
    case 3:
        packages((const char *)bytes, len);
        break;
    case 4:
        accounts((const char *)bytes, len);
        break;
    case 5:
        logins(bytes, len);
        break;
    case 6:
        processes((const char *)bytes, len);
        break;
    default:
        log_of_database((struct fuzz_part) { bytes, len });
    }
    return 0;
}
