#include "collector/facts.h"

#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "base/buf.h"
#include "base/lang.h"
#include "base/text.h"
#include "collector/look.h"

#define SMALL_FILE ((size_t)64 << 10)

static char *line_or_null(const char *text, size_t len)
{
    char *copy = memchr(text, '\0', len) == NULL ? strndup(text, len) : NULL;
    if (copy != NULL && !text_is_line(copy, FACTS_TEXT_MAX)) {
        free(copy);
        return NULL;
    }
    return copy;
}

static char *known(const char *text)
{
    return strcmp(text, "(none)") == 0 ? NULL : line_or_null(text, strlen(text));
}

char *facts_hostname(void)
{
    struct utsname u;
    return uname(&u) == 0 ? known(u.nodename) : NULL;
}

static void from_kernel(struct facts *f)
{
    struct utsname u;
    if (uname(&u) != 0)
        return;
    f->hostname = known(u.nodename);
    f->domain = known(u.domainname);
    f->kernel = known(u.release);
    f->kernel_version = known(u.version);
    f->architecture = known(u.machine);
}

/* First line of a small host file. */
static char *first_line(int root, const char *path)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(SMALL_FILE);
    struct hz_error ignored;
    if (look_read(root, path, &text, &ignored) != HZ_OK || text.len == 0)
        return NULL;
    const unsigned char *end = memchr(text.data, '\n', text.len);
    return line_or_null((const char *)text.data, end == NULL ? text.len : (size_t)(end - text.data));
}

/* os-release(5): shell-like, a backslash escapes within double quotes and without quotes. */
static char *unquote(const char *value, size_t len)
{
    char quote = '\0';
    if (len >= 2 && (value[0] == '"' || value[0] == '\'') && value[len - 1] == value[0]) {
        quote = value[0];
        value++;
        len -= 2;
    }
    HZ_CLEANUP(buf_free) struct buf out = BUF_INIT(SMALL_FILE);
    for (size_t i = 0; i < len; i++) {
        if (value[i] == '\\' && quote != '\'' && i + 1 < len)
            i++;
        buf_putc(&out, value[i]);
    }
    return buf_text(&out) == NULL ? NULL : line_or_null((const char *)out.data, out.len);
}

char *facts_os_release(const char *text, size_t len, const char *key)
{
    size_t key_len = strlen(key);
    for (size_t start = 0; start < len;) {
        const char *newline = memchr(text + start, '\n', len - start);
        size_t end = newline == NULL ? len : (size_t)(newline - text);
        if (end - start > key_len && memcmp(text + start, key, key_len) == 0 && text[start + key_len] == '=')
            return unquote(text + start + key_len + 1, end - start - key_len - 1);
        start = end + 1;
    }
    return NULL;
}

static char *operating_system(int root)
{
    static const char *const paths[] = { "/etc/os-release", "/usr/lib/os-release" };
    for (size_t i = 0; i < 2; i++) {
        HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(SMALL_FILE);
        struct hz_error ignored;
        if (look_read(root, paths[i], &text, &ignored) == HZ_OK && text.len > 0)
            return facts_os_release((const char *)text.data, text.len, "PRETTY_NAME");
    }
    return NULL;
}

char *facts_image_hostname(int root)
{
    char *name = first_line(root, "/etc/hostname");
    if (name != NULL && strchr(name, ' ') == NULL)
        return name;
    free(name);
    return NULL;
}

static void from_running(struct facts *f, int root)
{
    from_kernel(f);
    f->boot_id = first_line(root, "/proc/sys/kernel/random/boot_id");
    f->clock_source = first_line(root, "/sys/devices/system/clocksource/clocksource0/current_clocksource");
}

void facts_gather(struct facts *f, int root, enum facts_part part)
{
    if (part == FACTS_KERNEL && f->image)
        f->hostname = facts_image_hostname(root);
    else if (part == FACTS_KERNEL)
        from_running(f, root);
    else if (part == FACTS_MACHINE)
        f->machine_id = first_line(root, "/etc/machine-id");
    else
        f->operating_system = operating_system(root);
}

static void move(char **to, char **from)
{
    if (*from == NULL)
        return;
    free(*to);
    *to = *from;
    *from = NULL;
}

void facts_add(struct facts *to, struct facts *from)
{
    move(&to->hostname, &from->hostname);
    move(&to->domain, &from->domain);
    move(&to->kernel, &from->kernel);
    move(&to->kernel_version, &from->kernel_version);
    move(&to->architecture, &from->architecture);
    move(&to->machine_id, &from->machine_id);
    move(&to->boot_id, &from->boot_id);
    move(&to->operating_system, &from->operating_system);
    move(&to->clock_source, &from->clock_source);
}

void facts_free(struct facts *f)
{
    free(f->hostname);
    free(f->domain);
    free(f->kernel);
    free(f->kernel_version);
    free(f->architecture);
    free(f->machine_id);
    free(f->boot_id);
    free(f->operating_system);
    free(f->clock_source);
    *f = (struct facts) { 0 };
}
