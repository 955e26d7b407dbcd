#include "collector/zone.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "collector/look.h"

#define FILE_MAX ((size_t)256 << 10)

int zone_rule(char out[ZONE_RULE_MAX + 1], const void *bytes, size_t len)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789<>+-,./:";
    const char *text = bytes;
    if (len < 46 || memcmp(text, "TZif", 4) != 0 || text[4] < '2' || text[len - 1] != '\n')
        return -1;
    const char *before = memrchr(text, '\n', len - 1);
    size_t rule = before == NULL ? 0 : (size_t)(text + len - 1 - (before + 1));
    if (rule == 0 || rule > ZONE_RULE_MAX)
        return -1;
    memcpy(out, before + 1, rule);
    out[rule] = '\0';
    bool plain = strlen(out) == rule && strspn(out, allowed) == rule && strstr(out, "..") == NULL;
    return plain && out[0] != '/' && out[0] != ':' ? 0 : -1;
}

void zone_read(int root, char out[ZONE_RULE_MAX + 1])
{
    HZ_CLEANUP(buf_free) struct buf file = BUF_INIT(FILE_MAX);
    struct hz_error ignored;
    if (look_read(root, "/etc/localtime", &file, &ignored) != HZ_OK || zone_rule(out, file.data, file.len) != 0)
        memcpy(out, "UTC0", sizeof "UTC0");
}

void zone_settle(const char *rule)
{
    /* The C library looks for a file of that name first: where none can be. */
    setenv("TZDIR", "/dev/null", 1);
    setenv("TZ", rule, 1);
}
