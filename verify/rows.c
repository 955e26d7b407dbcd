#include "verify/rows.h"

#include <string.h>

#include "base/json_out.h"
#include "base/text.h"
#include "verify/rows_cut.h"

struct wire_bytes rows_type(const struct reader_row *row)
{
    if (row->kind == READER_FILE)
        return (struct wire_bytes) { "file", 4 };
    return row->kind == READER_OBJECT ? row->word : (struct wire_bytes) { "absent", 6 };
}

/* A path that is not UTF-8 as its bytes: as text two of them could look alike */
struct wire_bytes rows_name(const struct reader_row *row)
{
    if (!row->has_origin)
        return row->kind == READER_ABSENT ? row->source : row->path;
    return row->origin_raw.len ? row->origin_raw : row->origin;
}

int rows_put(FILE *stream, const struct buf *text, struct hz_error *err)
{
    int code = buf_check(text, err);

    if (!code)
        fwrite(text->data, 1, text->len, stream);
    return code;
}

static int put_line(FILE *stream, const struct json_out *j, struct hz_error *err)
{
    int code = json_check(j, err);

    if (code)
        return code;
    fwrite(j->out->data, 1, j->out->len, stream);
    fputc('\n', stream);
    return HZ_OK;
}

int rows_json_header(FILE *stream, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf line = BUF_INIT(256);
    struct json_out j;

    json_init(&j, &line);
    json_object(&j);
    json_member_string(&j, "schema", "hozen-list/1");
    json_object_end(&j);
    return put_line(stream, &j, err);
}

static void member(struct json_out *j, const char *key, const struct wire_bytes *bytes)
{
    json_key(j, key);
    json_string_n(j, bytes->at, bytes->len);
}

static void member_raw(struct json_out *j, const char *key, const struct wire_bytes *bytes)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(ROWS_LINE_MAX);

    if (text_base64(&text, bytes->at, bytes->len))
        j->out->failed = text.failed;
    json_key(j, key);
    json_string_n(j, text.data, text.len);
}

static void member_stamp(struct json_out *j, const char *key, bool known, struct stamp time)
{
    char text[STAMP_SIZE];

    if (!known)
        return;
    stamp_format(text, time);
    json_member_string(j, key, text);
}

/* Members whose keys begin a..m */
static void put_first_half(struct json_out *j, const struct reader_row *row)
{
    const struct r_stat *s = &row->stat;

    member_stamp(j, "atime", s->known, s->atime);
    member_stamp(j, "btime", s->known && s->has_btime, s->btime);
    member_stamp(j, "ctime", s->known, s->ctime);
    if (s->known)
        json_member_int(j, "gid", s->gid);
    if (row->kind == READER_FILE)
        member(j, "method", &row->method);
    if (s->known)
        json_member_string(j, "mode", s->mode);
    member_stamp(j, "mtime", s->known, s->mtime);
}

int rows_json(FILE *stream, const struct reader_row *row, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf line = BUF_INIT(ROWS_LINE_MAX);
    struct wire_bytes type = rows_type(row);
    char hex[R_SHA256_HEX];
    struct json_out j;

    json_init(&j, &line);
    json_object(&j);
    put_first_half(&j, row);
    if (row->has_origin)
        member(&j, "origin", &row->origin);
    if (row->has_origin && row->origin_raw.len)
        member_raw(&j, "origin_b64", &row->origin_raw);
    if (row->kind == READER_FILE)
        member(&j, "path", &row->path);
    if (row->kind == READER_ABSENT)
        member(&j, "reason", &row->more);
    if (reader_row_cut(row))
        json_member_decimal(&j, "real_size", row->real_size);
    if (row->kind == READER_FILE) {
        text_hex(hex, row->sha256, R_SHA256_SIZE);
        json_member_string(&j, "sha256", hex);
        json_member_decimal(&j, "size", row->size);
    }
    member(&j, "source", &row->source);
    if (row->kind != READER_OBJECT)
        member(&j, "status", &row->word);
    if (row->kind == READER_OBJECT && row->more.len)
        member(&j, "target", &row->more);
    if (row->kind == READER_OBJECT && row->more_raw.len)
        member_raw(&j, "target_b64", &row->more_raw);
    member(&j, "type", &type);
    if (row->stat.known)
        json_member_int(&j, "uid", row->stat.uid);
    json_object_end(&j);
    return put_line(stream, &j, err);
}

int rows_json_end(FILE *stream, const struct account *account, const struct verdict *verdict,
                  const struct rows_whys *whys, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf line = BUF_INIT(ROWS_LINE_MAX);
    const struct r_bundle_result *r = &account->result;
    char hex[R_SHA256_HEX];
    struct json_out j;
    int code;

    text_hex(hex, r->content_id, R_SHA256_SIZE);
    json_init(&j, &line);
    json_object(&j);
    if (account->acquisition.known) {
        json_key(&j, "acquisition");
        json_raw(&j, (const char *)account->acquisition.record.data);
    }
    json_member_string(&j, "bundle", r->name[0] ? r->name : NULL);
    json_member_string(&j, "content_id", r->has_content_id ? hex : NULL);
    json_member_bool(&j, "disclosure", r->disclosure);
    json_member_int(&j, "findings_total", (int64_t)(r->findings.count + r->findings.dropped));
    json_member_string(&j, "integrity", verdict_integrity_word(verdict->integrity));
    code = whys->count ? rows_whys_json(&j, whys, err) : HZ_OK;
    if (code)
        return code;
    if (whys->more)
        json_member_decimal(&j, "reasons_left", whys->more);
    json_member_string(&j, "type", "end");
    json_object_end(&j);
    return put_line(stream, &j, err);
}
