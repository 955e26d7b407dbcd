#include "formats/write/fields.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/lang.h"
#include "base/num.h"
#include "base/text.h"
#include "formats/write/name.h"

#define SALT_BYTES 16

static void put_replaced(struct json_out *j, struct w_bytes raw)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(j->out->limit);
    if (text_to_utf8(&text, raw.data, raw.len) != HZ_OK && j->out->failed == HZ_OK)
        j->out->failed = text.failed;
    json_string_n(j, text.len > 0 ? (const void *)text.data : "", text.len);
}

void w_fields_text(struct json_out *j, struct w_bytes raw)
{
    if (text_is_utf8(raw.data, raw.len))
        json_string_n(j, raw.data, raw.len);
    else
        put_replaced(j, raw);
}

void w_fields_member_text(struct json_out *j, const char *key, const char *text)
{
    if (text == NULL)
        return;
    json_key(j, key);
    w_fields_text(j, (struct w_bytes) { text, strlen(text) });
}

static void put_base64(struct json_out *j, const char *key, struct w_bytes raw)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(j->out->limit);
    if (text_base64(&text, raw.data, raw.len) != HZ_OK && j->out->failed == HZ_OK)
        j->out->failed = text.failed;
    json_key(j, key);
    json_string_n(j, text.len > 0 ? (const void *)text.data : "", text.len);
}

void w_fields_bytes(struct json_out *j, const char *key, const char *key_b64, struct w_bytes raw)
{
    if (raw.data == NULL)
        return;
    json_key(j, key);
    if (text_is_utf8(raw.data, raw.len)) {
        json_string_n(j, raw.data, raw.len);
        return;
    }
    put_replaced(j, raw);
    put_base64(j, key_b64, raw);
}

void w_fields_time(struct json_out *j, const char *key, struct stamp at)
{
    char text[STAMP_SIZE];
    const char *end = stamp_format(text, at);
    json_member_plain(j, key, text, (size_t)(end - text));
}

void w_fields_device(struct json_out *j, const char *key, uint32_t major, uint32_t minor)
{
    char text[2 * NUM_DECIMAL], digits[NUM_DECIMAL];
    const char *at = num_decimal(digits, major);
    size_t len = (size_t)(digits + sizeof digits - at);
    memcpy(text, at, len);
    text[len++] = ':';
    at = num_decimal(digits, minor);
    size_t rest = (size_t)(digits + sizeof digits - at);
    memcpy(text + len, at, rest);
    json_member_plain(j, key, text, len + rest);
}

void w_fields_mode(struct json_out *j, mode_t mode)
{
    char text[4];
    for (unsigned i = sizeof text; i-- > 0; mode >>= 3)
        text[i] = (char)('0' + (mode & 7));
    json_member_plain(j, "mode", text, sizeof text);
}

void w_fields_boottime(struct json_out *j, const char *key, struct stamp at)
{
    char text[STAMP_SIZE];
    snprintf(text, sizeof text, "%lld.%09u", (long long)at.seconds, at.nanoseconds);
    json_member_string(j, key, text);
}

void w_fields_counts(struct json_out *j, struct w_counts counts)
{
    json_key(j, "counts");
    json_object(j);
    json_member_decimal(j, "absent", counts.absent);
    json_member_decimal(j, "asked", counts.collected + counts.recorded + counts.absent);
    json_member_decimal(j, "collected", counts.collected);
    json_member_decimal(j, "recorded", counts.recorded);
    json_object_end(j);
}

void w_fields_stat_head(struct json_out *j, const struct w_stat *stat, struct stamp acquired_at, const char *method)
{
    w_fields_time(j, "acquired_at", acquired_at);
    if (stat->known) {
        w_fields_time(j, "atime", stat->atime);
        if (stat->has_btime)
            w_fields_time(j, "btime", stat->btime);
        w_fields_time(j, "ctime", stat->ctime);
        w_fields_device(j, "device", stat->device_major, stat->device_minor);
        json_member_int(j, "gid", stat->gid);
        json_member_decimal(j, "inode", stat->inode);
        json_member_int(j, "links", stat->links);
    }
    json_member_string(j, "method", method);
    if (stat->known) {
        w_fields_mode(j, stat->mode);
        w_fields_time(j, "mtime", stat->mtime);
    }
}

static int compare_xattrs(const void *a, const void *b)
{
    const struct w_xattr *const *x = a, *const *y = b;
    return w_name_raw_compare((*x)->name.data, (*x)->name.len, (*y)->name.data, (*y)->name.len);
}

static int put_xattrs(struct json_out *j, const struct w_stat *stat, struct hz_error *err)
{
    const struct w_xattr **sorted = calloc(stat->xattr_count, sizeof *sorted);
    if (sorted == NULL)
        return hz_error_set(err, HZ_E_NOMEM, "%s", _("out of memory"));
    for (size_t i = 0; i < stat->xattr_count; i++)
        sorted[i] = &stat->xattrs[i];
    qsort(sorted, stat->xattr_count, sizeof *sorted, compare_xattrs);
    json_key(j, "xattrs");
    json_array(j);
    for (size_t i = 0; i < stat->xattr_count; i++) {
        json_object(j);
        put_base64(j, "name_b64", sorted[i]->name);
        put_base64(j, "value_b64", sorted[i]->value);
        json_object_end(j);
    }
    json_array_end(j);
    free(sorted);
    return HZ_OK;
}

int w_fields_stat_tail(struct json_out *j, const struct w_stat *stat, struct hz_error *err)
{
    if (!stat->known)
        return HZ_OK;
    json_member_int(j, "uid", stat->uid);
    int rc = stat->xattr_count > 0 ? put_xattrs(j, stat, err) : HZ_OK;
    if (stat->xattrs_incomplete)
        json_member_bool(j, "xattrs_incomplete", true);
    return rc;
}

int w_fields_salt_from(struct json_out *j, struct w_random *random, struct hz_error *err)
{
    char salt[2 * SALT_BYTES + 1];
    int rc = w_random_take(random, salt, SALT_BYTES, err);
    if (rc == HZ_OK)
        json_member_string(j, "salt", salt);
    return rc;
}

int w_fields_salt(struct json_out *j, struct hz_error *err)
{
    return w_fields_salt_from(j, NULL, err);
}

int w_fields_end(struct json_out *j, int rc, struct hz_error *err)
{
    json_object_end(j);
    if (rc == HZ_OK)
        rc = json_check(j, err);
    if (rc != HZ_OK)
        return rc;
    buf_putc(j->out, '\n');
    return buf_check(j->out, err);
}
