/* lastlog.jsonl, lastlog.txt: when each user logged in last, as lastlog(8) shows it. */
#include <string.h>

#include "base/io_open.h"
#include "base/io_rw.h"
#include "collector/accounts/acc_index.h"
#include "collector/accounts/acc_listings.h"
#include "collector/accounts/acc_login.h"
#include "collector/accounts/acc_user.h"
#include "collector/look.h"
#include "formats/write/fields.h"

#define LASTLOG "/var/log/lastlog"
#define RECORD 292                     /* struct lastlog of <lastlog.h>: 4 + 32 + 256 */
#define READ_MAX ((uint64_t)256 << 20) /* bytes that are no hole */
#define STEP 128                       /* records in one read */

struct listing {
    struct sheet *sheet;
    const struct acc_users *users;
    struct acc_index uids; /* the place in their list */
    int fd;
    uint64_t size, read; /* of the file; bytes so far */
};

/* Its name; none: at is NULL. */
static struct w_bytes name_of(const struct listing *l, uint64_t uid)
{
    const struct acc_index_entry *e =
        uid > UINT32_MAX ? NULL : acc_index_find(&l->uids, (struct w_bytes) { "", 0 }, (uint32_t)uid);
    return e == NULL ? (struct w_bytes) { NULL, 0 } : acc_users_at(l->users, e->at).name;
}

static int put_record(struct listing *l, uint64_t uid, const unsigned char *record, struct hz_error *err)
{
    const struct w_bytes user = name_of(l, uid);
    struct w_bytes line = acc_login_text(record + 4, 32), host = acc_login_text(record + 36, 256);
    const struct stamp at = { .seconds = acc_login_u32(record) };
    struct buf *out = &l->sheet->text;
    char text[STAMP_SIZE];
    struct json_out j;
    if (at.seconds == 0 && line.len == 0 && host.len == 0)
        return HZ_OK;
    stamp_format(text, at);
    sheet_row(l->sheet, &j);
    w_fields_bytes(&j, "host", "host_b64", host);
    w_fields_bytes(&j, "line", "line_b64", line);
    w_fields_time(&j, "time", at);
    json_member_decimal(&j, "uid", uid);
    w_fields_bytes(&j, "user", "user_b64", user);
    sheet_cell(out, 16, user.data == NULL ? "-" : (const char *)user.data, user.data == NULL ? 1 : user.len);
    sheet_cell_number(out, 6, uid);
    sheet_cell(out, 10, line.data, line.len);
    sheet_cell(out, 19, text, strcspn(text, "."));
    sheet_cell(out, 0, host.data, host.len);
    buf_putc(out, '\n');
    return sheet_row_end(l->sheet, &j, err);
}

/* The records from there on that one read gives; *next: where to go on. */
static int put_some(struct listing *l, uint64_t from, uint64_t *next, struct hz_error *err)
{
    unsigned char bytes[STEP * RECORD];
    struct hz_error why;
    size_t got = 0;
    if (io_read_at(l->fd, from * RECORD, bytes, sizeof bytes, &got, &why) != HZ_OK)
        return sheet_missing(l->sheet, LASTLOG, &why, err);
    int rc = HZ_OK;
    for (size_t i = 0; rc == HZ_OK && i < got / RECORD; i++)
        rc = put_record(l, from + i, bytes + i * RECORD, err);
    *next = from + STEP;
    l->read += got;
    return rc;
}

/* The file is as long as the largest uid wants it, and mostly holes. */
static int put_all(struct listing *l, struct hz_error *err)
{
    int rc = HZ_OK;
    for (uint64_t from = 0, next = UINT64_MAX / RECORD; rc == HZ_OK && l->read < READ_MAX && !l->sheet->limited;
         from = next) {
        struct hz_error ignored;
        uint64_t at = 0;
        if (from > l->size / RECORD || io_next_data(l->fd, from * RECORD, &at, &ignored) != HZ_OK || at >= l->size)
            break;
        next = UINT64_MAX / RECORD;
        rc = put_some(l, at / RECORD > from ? at / RECORD : from, &next, err);
    }
    l->sheet->limited |= l->read >= READ_MAX;
    return rc;
}

bool acc_lastlog_large(int root)
{
    HZ_CLEANUP(io_close) int fd = -1;
    struct statx st;
    struct hz_error ignored;
    return look_path(root, LASTLOG, strlen(LASTLOG), &fd, &ignored) == HZ_OK &&
           io_statx_known(fd, &st, &ignored) == HZ_OK && st.stx_size > ACC_LASTLOG_WHOLE;
}

int acc_lastlog_make(int root, struct sheet *out, struct hz_error *err)
{
    HZ_CLEANUP(io_close) int fd = -1;
    struct acc_users users = { .count = 0 };
    struct statx st;
    struct hz_error why;
    buf_puts(&out->text, "User                uid Line       Last login          From\n");
    int rc = look_open(root, LASTLOG, &fd, &why);
    if (rc == HZ_OK)
        rc = io_statx(fd, &st, &why);
    if (rc != HZ_OK)
        return acc_lastlog_large(root) ? sheet_missing(out, LASTLOG, &why, err) : sheet_short(out, &why, err);
    if (acc_users_read(root, &users, &why) != HZ_OK && sheet_short(out, &why, err) != HZ_OK)
        return why.code;
    struct listing l = { .sheet = out, .users = &users, .fd = fd, .size = st.stx_size };
    for (size_t i = 0; rc == HZ_OK && i < users.count; i++)
        rc = acc_index_add(&l.uids, (struct w_bytes) { "", 0 }, acc_users_at(&users, i).uid, i, err);
    acc_index_sort(&l.uids);
    if (rc == HZ_OK)
        rc = put_all(&l, err);
    acc_index_free(&l.uids);
    if (rc == HZ_OK && st.stx_size > ACC_LASTLOG_WHOLE)
        rc = sheet_absent(out, (struct w_bytes) { LASTLOG, strlen(LASTLOG) }, W_EXCLUDED, 0,
                          "longer than 64 MiB: its records are in lastlog.jsonl", false, err);
    acc_users_free(&users);
    return rc;
}
