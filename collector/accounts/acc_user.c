#include "collector/accounts/acc_user.h"

#include <stdlib.h>
#include <string.h>

#include "base/lang.h"

/* As lenient as glibc's fgetpwent(3): what it takes for a line is a user who may log in. */
int acc_user_parse(struct acc_user *out, struct w_bytes line)
{
    struct w_bytes f[7] = { { NULL, 0 } };
    uint32_t uid, gid;
    size_t n = acc_fields(acc_trim(line), ':', f, 7);
    if (n < 4 || f[0].len == 0 || !acc_id(f[2], &uid) || !acc_id(f[3], &gid))
        return HZ_E_FORMAT;
    for (size_t i = n; i < 7; i++)
        f[i] = (struct w_bytes) { "", 0 };
    *out = (struct acc_user) { .name = f[0],
                               .password = f[1],
                               .uid = uid,
                               .gid = gid,
                               .gecos = f[4],
                               .home = f[5],
                               .shell = f[6],
                               .odd = n < 7 || f[0].data != line.data };
    return HZ_OK;
}

int acc_shadow_parse(struct acc_shadow *out, struct w_bytes line)
{
    struct w_bytes f[9];
    size_t n = acc_fields(acc_trim(line), ':', f, 9);
    if (n < 2 || f[0].len == 0)
        return HZ_E_FORMAT;
    struct acc_shadow s = { .name = f[0], .password = f[1] };
    for (size_t i = 2; i < n && i < 8; i++)
        s.has[i - 2] = acc_number(f[i], 1000000, &s.days[i - 2]);
    *out = s;
    return HZ_OK;
}

int acc_group_parse(struct acc_group *out, struct w_bytes line)
{
    struct w_bytes f[4];
    uint32_t gid;
    size_t n = acc_fields(acc_trim(line), ':', f, 4);
    if (n < 3 || f[0].len == 0 || !acc_id(f[2], &gid))
        return HZ_E_FORMAT;
    *out = (struct acc_group) {
        .name = f[0], .password = f[1], .gid = gid, .members = n == 4 ? f[3] : (struct w_bytes) { "", 0 }
    };
    return HZ_OK;
}

static int add(struct acc_users *u, struct acc_place place, struct hz_error *err)
{
    if (u->count == ACC_USERS_MAX) {
        u->more = true;
        return HZ_OK;
    }
    if (u->count == u->room) {
        size_t room = u->room == 0 ? 64 : u->room * 2;
        struct acc_place *list = reallocarray(u->list, room, sizeof *list);
        if (list == NULL)
            return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
        u->list = list;
        u->room = room;
    }
    u->list[u->count++] = place;
    return HZ_OK;
}

int acc_users_read(int root, struct acc_users *out, struct hz_error *err)
{
    *out = (struct acc_users) { .count = 0 };
    buf_init(&out->text, ACC_FILE_MAX);
    int rc = acc_read(root, "/etc/passwd", &out->text, &out->more, NULL, err);
    struct acc_lines lines = acc_lines_of(&out->text);
    struct w_bytes line;
    while (rc == HZ_OK && acc_line(&lines, &line)) {
        struct acc_user user;
        const struct w_bytes trimmed = acc_trim(line);
        if (trimmed.len == 0 || *(const char *)trimmed.data == '#')
            continue;
        int parsed = acc_user_parse(&user, line);
        out->odd += parsed != HZ_OK || user.odd;
        if (parsed != HZ_OK)
            continue;
        size_t at = (size_t)((const unsigned char *)line.data - out->text.data);
        rc = add(out, (struct acc_place) { (uint32_t)at, (uint32_t)lines.number }, err);
    }
    if (rc != HZ_OK)
        acc_users_free(out);
    return rc;
}

struct acc_user acc_users_at(const struct acc_users *u, size_t i)
{
    const char *text = (const char *)u->text.data;
    struct acc_lines lines = { text + u->list[i].at, text + u->text.len, 0 };
    struct acc_user user = { .line = 0 };
    struct w_bytes line;
    if (acc_line(&lines, &line) && acc_user_parse(&user, line) == HZ_OK)
        user.line = u->list[i].line;
    return user;
}

void acc_users_free(struct acc_users *u)
{
    buf_free(&u->text);
    free(u->list);
    *u = (struct acc_users) { .count = 0 };
}

/* crypt(5) */
static const char *scheme(const char *hash, size_t len)
{
    static const struct {
        const char *prefix, *name;
    } schemes[] = { { "$1$", "md5" },     { "$2", "bcrypt" },    { "$5$", "sha256" },         { "$6$", "sha512" },
                    { "$7$", "scrypt" },  { "$y$", "yescrypt" }, { "$gy$", "gost-yescrypt" }, { "$md5", "sunmd5" },
                    { "$sha1$", "sha1" }, { "$3$", "nt" },       { "_", "bsdi-des" } };
    for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++) {
        size_t n = strlen(schemes[i].prefix);
        if (len > n && memcmp(hash, schemes[i].prefix, n) == 0)
            return schemes[i].name;
    }
    if (len == 13 && memchr(hash, '*', len) == NULL && memchr(hash, '!', len) == NULL)
        return "des";
    return len > 0 && hash[0] == '$' ? "unknown" : "none"; /* what is no hash matches no password */
}

const char *acc_password(struct w_bytes field, bool *locked)
{
    const char *p = field.data;
    size_t marks = 0;
    while (marks < field.len && p[marks] == '!')
        marks++;
    *locked = marks > 0;
    if (field.len == 0)
        return "empty";
    if (acc_is(field, "x"))
        return "shadow";
    return scheme(p + marks, field.len - marks);
}

bool acc_password_usable(struct w_bytes field)
{
    bool locked;
    const char *kind = acc_password(field, &locked);
    return !locked && strcmp(kind, "none") != 0 && strcmp(kind, "shadow") != 0;
}

bool acc_shell_usable(struct w_bytes shell)
{
    static const char *const closed[] = { "nologin", "false", "sync", "shutdown", "halt", "true" };
    const char *slash = memrchr(shell.data, '/', shell.len);
    const char *base = slash == NULL ? shell.data : slash + 1;
    const struct w_bytes name = { base, shell.len - (size_t)(base - (const char *)shell.data) };
    for (size_t i = 0; i < sizeof closed / sizeof closed[0]; i++)
        if (acc_is(name, closed[i]))
            return false;
    return true;
}
