/* rights.jsonl, rights.txt: what sudoers(5) says, line by line, without blank lines and comments. */
#include <string.h>

#include "base/lang.h"
#include "collector/accounts/acc_listings.h"
#include "collector/accounts/acc_read.h"
#include "collector/entries.h"
#include "collector/look.h"
#include "collector/persistence/pers_text.h"
#include "formats/write/fields.h"

#define FILES_MAX 1000
#define DEPTH_MAX 8                 /* files in files */
#define NAMED_MAX ((size_t)1 << 20) /* bytes of a file that another one names */

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

/* Files of rights, as sudo reads them, each once. */
struct reading {
    int root;
    struct sheet *sheet;
    struct entries seen; /* owned; paths of files */
    unsigned depth;      /* of files that name files */
};

static int put_file(struct reading *r, const char *path, bool named, struct hz_error *err);

/* Names in a folder as sudo takes them would be fewer: all are shown. named: it is no folder that is taken anyway. */
static int put_folder(struct reading *r, const char *folder, bool named, struct hz_error *err)
{
    HZ_CLEANUP(entries_free) struct entries names = { .limit = FILES_MAX };
    struct hz_error why;
    int rc = look_list(r->root, folder, entries_add, &names, &why);
    if (rc != HZ_OK && named)
        rc = sheet_unlisted(r->sheet, folder, &why,
                            N_("it could not be listed: the rights in files of it are not told"), err);
    else if (rc != HZ_OK)
        rc = sheet_short(r->sheet, &why, err);
    r->sheet->limited |= names.more;
    entries_sort(&names);
    for (size_t i = 0; rc == HZ_OK && i < names.count; i++) {
        HZ_CLEANUP(buf_free) struct buf path = BUF_INIT(8192);
        buf_printf(&path, "%s/%s", folder, names.list[i]);
        const char *full = buf_text(&path);
        rc = full == NULL ? buf_check(&path, err) : put_file(r, full, named, err);
    }
    return rc;
}

/* "@include PATH", "#include PATH", and the same with "includedir"; a path in quotes, or relative to this file's. */
static bool included(struct w_bytes line, const char *file, struct buf *path, bool *folder)
{
    struct span s = span_trim((struct span) { line.data, line.len }), word;
    if (!span_word(&s, &word) || word.len < 2 || (word.at[0] != '@' && word.at[0] != '#'))
        return false;
    word = span_from(word, 1);
    *folder = span_is(word, "includedir");
    if (!*folder && !span_is(word, "include"))
        return false;
    if (s.len > 1 && s.at[0] == '"' && s.at[s.len - 1] == '"')
        s = (struct span) { s.at + 1, s.len - 2 };
    if (s.len == 0 || memchr(s.at, '\0', s.len) != NULL)
        return false;
    if (s.at[0] != '/')
        buf_put(path, file, (size_t)(strrchr(file, '/') + 1 - file));
    buf_put(path, s.at, s.len);
    return buf_text(path) != NULL;
}

/* What is named is taken, too, unless it lies where everything is. */
static int put_included(struct reading *r, const char *file, struct w_bytes line, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf path = BUF_INIT(8192);
    bool folder = false;
    if (!included(line, file, &path, &folder) || r->depth >= DEPTH_MAX)
        return HZ_OK;
    const char *named = (const char *)path.data;
    if (strcmp(named, "/etc/sudoers.d") == 0)
        return HZ_OK;
    r->depth++;
    int rc = folder ? put_folder(r, named, true, err) : put_file(r, named, true, err);
    r->depth--;
    return rc;
}

static int put_lines(struct reading *r, const char *path, const struct buf *text, struct hz_error *err)
{
    struct acc_lines lines = acc_lines_of(text);
    struct w_bytes line;
    int rc = HZ_OK;
    while (rc == HZ_OK && acc_line(&lines, &line)) {
        size_t number = lines.number;
        if (says_something(line))
            rc = put_line(r->sheet, path, number, line, err);
        if (rc == HZ_OK)
            rc = put_included(r, path, line, err);
    }
    return rc;
}

static int put_file(struct reading *r, const char *path, bool named, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(named ? NAMED_MAX : ACC_FILE_MAX);
    struct hz_error why;
    bool more;
    for (size_t i = 0; i < r->seen.count; i++)
        if (strcmp(r->seen.list[i], path) == 0)
            return HZ_OK;
    int rc = entries_add(&r->seen, path, 0, err);
    if (rc == HZ_OK && named)
        rc = sheet_want(r->sheet, r->root, path, err);
    if (rc != HZ_OK)
        return rc;
    if (r->seen.more)
        r->sheet->limited = true;
    if (r->seen.more || acc_read(r->root, path, &text, &more, NULL, &why) != HZ_OK)
        return r->seen.more ? HZ_OK : sheet_short(r->sheet, &why, err);
    r->sheet->limited |= more;
    return put_lines(r, path, &text, err);
}

int acc_rights_make(int root, struct sheet *out, struct hz_error *err)
{
    struct reading r = { .root = root, .sheet = out, .seen = { .limit = 2 * FILES_MAX } };
    int rc = put_file(&r, "/etc/sudoers", false, err);
    if (rc == HZ_OK)
        rc = put_folder(&r, "/etc/sudoers.d", false, err);
    entries_free(&r.seen);
    return rc;
}
