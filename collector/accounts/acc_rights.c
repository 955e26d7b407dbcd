/* rights.jsonl, rights.txt: what sudoers(5) says, line by line, without blank lines and comments. */
#include <stdlib.h>
#include <string.h>

#include "base/lang.h"
#include "base/text.h"
#include "collector/accounts/acc_listings.h"
#include "collector/accounts/acc_read.h"
#include "collector/look.h"
#include "formats/write/fields.h"

#define FILES_MAX 1000

struct names {
    char *list[FILES_MAX]; /* each owned */
    size_t count;
    bool more;
};

static int add_name(void *context, const char *name, unsigned char type, struct hz_error *err)
{
    struct names *n = context;
    (void)type;
    n->more |= n->count == FILES_MAX;
    if (n->count == FILES_MAX)
        return HZ_OK;
    if ((n->list[n->count] = text_copy(name)) == NULL)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    n->count++;
    return HZ_OK;
}

static int by_bytes(const void *a, const void *b)
{
    char *const *x = a, *const *y = b;
    return strcmp(*x, *y);
}

/* "#include", "#includedir" and "#1000" (a uid) are no comments. */
static bool says_something(struct w_bytes line)
{
    const char *p = line.data;
    size_t i = 0;
    while (i < line.len && (p[i] == ' ' || p[i] == '\t' || p[i] == '\r'))
        i++;
    if (i == line.len || p[i] != '#')
        return i < line.len;
    const char *rest = p + i + 1;
    size_t left = line.len - i - 1;
    return (left > 7 && memcmp(rest, "include", 7) == 0) || (left > 0 && rest[0] >= '0' && rest[0] <= '9');
}

static int put_line(struct sheet *s, const char *path, size_t number, struct w_bytes line, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf where = BUF_INIT(8192);
    struct json_out j;
    buf_printf(&where, "%s:%zu:", path, number);
    sheet_row(s, &j);
    w_fields_bytes(&j, "file", "file_b64", (struct w_bytes) { path, strlen(path) });
    json_member_int(&j, "line", (int64_t)number);
    w_fields_bytes(&j, "text", "text_b64", line);
    sheet_cell(&s->text, 1, where.data, where.len);
    sheet_cell(&s->text, 0, line.data, line.len);
    buf_putc(&s->text, '\n');
    int rc = sheet_row_end(s, &j, err);
    if (rc == HZ_OK && memmem(line.data, line.len, "NOPASSWD", 8) != NULL)
        rc = sheet_observe(s, "sudo-without-password", (struct w_bytes) { where.data, where.len - 1 },
                           "the line has NOPASSWD", err);
    return rc;
}

static int put_file(int root, struct sheet *s, const char *path, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(ACC_FILE_MAX);
    struct hz_error why;
    struct w_bytes line;
    bool more;
    if (acc_read(root, path, &text, &more, NULL, &why) != HZ_OK)
        return sheet_passed(&why, err);
    s->limited |= more;
    struct acc_lines lines = acc_lines_of(&text);
    int rc = HZ_OK;
    while (rc == HZ_OK && acc_line(&lines, &line))
        if (says_something(line))
            rc = put_line(s, path, lines.number, line, err);
    return rc;
}

static int put_folder(int root, struct sheet *s, struct names *names, struct hz_error *err)
{
    static const char folder[] = "/etc/sudoers.d";
    struct hz_error why;
    int rc = look_list(root, folder, add_name, names, &why);
    if (rc != HZ_OK)
        return sheet_passed(&why, err);
    s->limited |= names->more;
    if (names->count > 1)
        qsort(names->list, names->count, sizeof names->list[0], by_bytes);
    for (size_t i = 0; rc == HZ_OK && i < names->count; i++) {
        HZ_CLEANUP(buf_free) struct buf path = BUF_INIT(8192);
        buf_printf(&path, "%s/%s", folder, names->list[i]);
        const char *full = buf_text(&path);
        rc = full == NULL ? buf_check(&path, err) : put_file(root, s, full, err);
    }
    return rc;
}

int acc_rights_make(int root, struct sheet *out, struct hz_error *err)
{
    struct names names = { .count = 0 };
    int rc = put_file(root, out, "/etc/sudoers", err);
    if (rc == HZ_OK)
        rc = put_folder(root, out, &names, err);
    for (size_t i = 0; i < names.count; i++)
        free(names.list[i]);
    return rc;
}
