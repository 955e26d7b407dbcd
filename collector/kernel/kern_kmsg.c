/* kmsg.jsonl, kmsg.txt */
#include <string.h>

#include "base/escape.h"
#include "base/io_kmsg.h"
#include "base/io_open.h"
#include "collector/kernel/kern_lines.h"
#include "collector/kernel/kern_listings.h"
#include "collector/kernel/kern_record.h"
#include "formats/write/fields.h"

#define RECORD_MAX ((size_t)16 << 10) /* the kernel's own bound is 8 KiB */
#define RECORDS_MAX ((size_t)1 << 20) /* a kernel that never stops talking */
#define GAPS_MAX 1000                 /* one after the other, without a record between them */

struct log {
    struct sheet *sheet;
    uint64_t expected; /* sequence number */
    bool any;
};

static int put_field(void *context, const char *line, size_t len, struct hz_error *err)
{
    (void)err;
    if (len > 1)
        w_fields_text(context, (struct w_bytes) { line + 1, len - 1 });
    return HZ_OK;
}

static void put_fields(struct json_out *j, const struct kern_record *r)
{
    struct hz_error ignored;
    if (r->fields_len < 2)
        return;
    json_key(j, "fields");
    json_array(j);
    kern_lines_of(r->fields, r->fields_len, put_field, j, &ignored);
    json_array_end(j);
}

/* The kernel writes what does not print as \xNN itself, and the backslash, too: that stays as it is. */
static void put_words(struct buf *out, const char *text, size_t len)
{
    bool prints = true;
    for (size_t i = 0; prints && i < len; i++)
        prints = text[i] >= ' ' && text[i] < 0x7F;
    if (prints)
        buf_put(out, text, len);
    else
        escape_terminal(out, text, len);
}

static int put_record(struct log *l, const struct kern_record *r, struct hz_error *err)
{
    struct json_out j;
    sheet_row(l->sheet, &j);
    if (r->caller != NULL) {
        json_key(&j, "caller");
        w_fields_text(&j, (struct w_bytes) { r->caller, r->caller_len });
    }
    if (r->continued)
        json_member_bool(&j, "continued", true);
    json_member_int(&j, "facility", r->facility);
    put_fields(&j, r);
    json_member_int(&j, "level", r->level);
    json_member_decimal(&j, "microseconds", r->microseconds);
    json_member_decimal(&j, "sequence", r->sequence);
    w_fields_bytes(&j, "text", "text_b64", (struct w_bytes) { r->text, r->text_len });
    buf_printf(&l->sheet->text, "[%5llu.%06llu] ", (unsigned long long)(r->microseconds / 1000000),
               (unsigned long long)(r->microseconds % 1000000));
    put_words(&l->sheet->text, r->text, r->text_len);
    buf_putc(&l->sheet->text, '\n');
    return sheet_row_end(l->sheet, &j, err);
}

/* Records that were overwritten before we came to them. */
static int put_gap(struct log *l, uint64_t next, struct hz_error *err)
{
    struct json_out j;
    sheet_row(l->sheet, &j);
    json_member_decimal(&j, "missing", next - l->expected);
    json_member_decimal(&j, "sequence", l->expected);
    buf_printf(&l->sheet->text, "-- %llu records are missing here --\n", (unsigned long long)(next - l->expected));
    return sheet_row_end(l->sheet, &j, err);
}

static int put(struct log *l, const char *bytes, size_t len, struct hz_error *err)
{
    struct kern_record r;
    if (kern_record_parse(&r, bytes, len) != HZ_OK) /* kept as it is: it may say what the kernel could not */
        r = (struct kern_record) { .text = bytes, .text_len = len, .fields = bytes, .sequence = l->expected };
    int rc = HZ_OK;
    if (r.sequence > l->expected)
        rc = put_gap(l, r.sequence, err);
    if (rc == HZ_OK)
        rc = put_record(l, &r, err);
    l->expected = r.sequence + 1;
    l->any = true;
    return rc;
}

static int read_records(struct log *l, int fd, struct hz_error *err)
{
    char bytes[RECORD_MAX];
    int rc = HZ_OK;
    size_t len = 0, gaps = 0;
    for (size_t i = 0; rc == HZ_OK && i < RECORDS_MAX && gaps < GAPS_MAX; i++) {
        bool lost = false;
        rc = io_kmsg_next(fd, bytes, sizeof bytes, &len, &lost, err);
        if (rc != HZ_OK || (len == 0 && !lost))
            break;
        gaps = lost ? gaps + 1 : 0;
        if (!lost)
            rc = put(l, bytes, len, err);
    }
    return rc;
}

int kern_kmsg_make(int root, struct sheet *out, struct hz_error *err)
{
    HZ_CLEANUP(io_close) int fd = -1;
    struct log l = { .sheet = out };
    struct hz_error why;
    if (io_kmsg_open(root, &fd, &why) != HZ_OK)
        return sheet_missing(out, "/dev/kmsg", &why, err);
    if (read_records(&l, fd, &why) != HZ_OK)
        return sheet_missing(out, "/dev/kmsg", &why, err);
    return HZ_OK;
}
