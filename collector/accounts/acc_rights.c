/* rights.jsonl, rights.txt: what sudoers(5) says, line by line, without blank lines and comments. */
#include <string.h>

#include "collector/accounts/acc_listings.h"
#include "collector/accounts/acc_read.h"
#include "collector/entries.h"
#include "collector/look.h"
#include "formats/write/fields.h"

#define FILES_MAX 1000

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

static int put_folder(int root, struct sheet *s, struct entries *names, struct hz_error *err)
{
    static const char folder[] = "/etc/sudoers.d";
    struct hz_error why;
    int rc = look_list(root, folder, entries_add, names, &why);
    if (rc != HZ_OK)
        return sheet_passed(&why, err);
    s->limited |= names->more;
    entries_sort(names);
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
    struct entries names = { .limit = FILES_MAX };
    int rc = put_file(root, out, "/etc/sudoers", err);
    if (rc == HZ_OK)
        rc = put_folder(root, out, &names, err);
    entries_free(&names);
    return rc;
}
