/* lastlog.jsonl, lastlog.txt: when each user logged in last, as lastlog(8) shows it. */
#include <string.h>

#include "base/io_open.h"
#include "base/io_rw.h"
#include "collector/accounts/acc_listings.h"
#include "collector/accounts/acc_login.h"
#include "collector/accounts/acc_user.h"
#include "collector/look.h"
#include "formats/write/fields.h"

#define RECORD 292 /* struct lastlog of <lastlog.h>: 4 + 32 + 256 */
#define FIRST_UIDS                                                                                                     \
    65536        /* read one after the other; above it only those of passwd(5): the file is as long as the             \
                    largest uid wants it, mostly holes */
#define STEP 128 /* records in one read */

struct listing {
    struct sheet *sheet;
    const struct acc_users *users;
    int fd;
    uint64_t size; /* of the file */
};

static const struct acc_user *user_of(const struct acc_users *users, uint64_t uid)
{
    for (size_t i = 0; i < users->count; i++)
        if (users->list[i].uid == uid)
            return &users->list[i];
    return NULL;
}

static int put_record(struct listing *l, uint64_t uid, const unsigned char *record, struct hz_error *err)
{
    const struct acc_user *user = user_of(l->users, uid);
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
    if (user != NULL)
        w_fields_bytes(&j, "user", "user_b64", user->name);
    sheet_cell(out, 16, user == NULL ? "-" : (const char *)user->name.data, user == NULL ? 1 : user->name.len);
    sheet_cell_number(out, 6, uid);
    sheet_cell(out, 10, line.data, line.len);
    sheet_cell(out, 19, text, strcspn(text, "."));
    sheet_cell(out, 0, host.data, host.len);
    buf_putc(out, '\n');
    return sheet_row_end(l->sheet, &j, err);
}

static int put_range(struct listing *l, uint64_t from, uint64_t to, struct hz_error *err)
{
    unsigned char bytes[STEP * RECORD];
    int rc = HZ_OK;
    while (rc == HZ_OK && from < to && from * RECORD < l->size) {
        uint64_t left = to - from < STEP ? to - from : STEP;
        size_t got = 0;
        struct hz_error why;
        if (io_read_at(l->fd, from * RECORD, bytes, (size_t)left * RECORD, &got, &why) != HZ_OK)
            return sheet_passed(&why, err);
        for (size_t i = 0; rc == HZ_OK && i < got / RECORD; i++)
            rc = put_record(l, from + i, bytes + i * RECORD, err);
        from += left;
    }
    return rc;
}

static int put_all(struct listing *l, struct hz_error *err)
{
    int rc = put_range(l, 0, FIRST_UIDS, err);
    for (size_t i = 0; rc == HZ_OK && i < l->users->count; i++) {
        uint64_t uid = l->users->list[i].uid;
        if (uid >= FIRST_UIDS && user_of(l->users, uid) == &l->users->list[i])
            rc = put_range(l, uid, uid + 1, err);
    }
    return rc;
}

int acc_lastlog_make(int root, struct sheet *out, struct hz_error *err)
{
    HZ_CLEANUP(io_close) int fd = -1;
    struct acc_users users = { .count = 0 };
    struct statx st;
    struct hz_error why;
    buf_puts(&out->text, "User                uid Line       Last login          From\n");
    int rc = look_open(root, "/var/log/lastlog", &fd, &why);
    if (rc == HZ_OK)
        rc = io_statx(fd, &st, &why);
    if (rc != HZ_OK)
        return sheet_passed(&why, err);
    if (acc_users_read(root, &users, &why) != HZ_OK && sheet_passed(&why, err) != HZ_OK)
        return why.code;
    struct listing l = { out, &users, fd, st.stx_size };
    rc = put_all(&l, err);
    acc_users_free(&users);
    return rc;
}
