#include "verify/rows.h"

#include <string.h>

#include "base/escape.h"
#include "base/json_out.h"
#include "base/lang.h"
#include "base/reason.h"
#include "base/text.h"
#include "base/width.h"
#include "verify/wrap.h"

#define TYPE_COLUMNS 8
#define STATUS_COLUMNS 11

static bool is(const struct wire_bytes *b, const char *text)
{
    return b->len == strlen(text) && memcmp(b->at, text, b->len) == 0;
}

/* Our own text in a field of so many columns */
static void put_cell(FILE *stream, const char *text, unsigned columns, bool right)
{
    unsigned width = width_text(text);
    int blanks = width < columns ? (int)(columns - width) : 0;

    if (right)
        fprintf(stream, "%*s%s ", blanks, "", text);
    else
        fprintf(stream, "%s%*s ", text, blanks, "");
}

void rows_text_header(FILE *stream)
{
    put_cell(stream, _("type"), TYPE_COLUMNS, false);
    put_cell(stream, _("size"), 11, true);
    put_cell(stream, _("modified (UTC)"), 16, false);
    put_cell(stream, _("status"), STATUS_COLUMNS, false);
    fprintf(stream, "%s\n", _("name"));
}

/* What people call it, in at most TYPE_COLUMNS */
static const char *short_type(const struct reader_row *row)
{
    static const struct {
        const char *word, *shown;
    } types[] = {
        { "directory", N_("dir") }, { "symlink", N_("link") },          { "fifo", N_("fifo") },
        { "socket", N_("socket") }, { "character-device", N_("char") }, { "block-device", N_("block") },
    };
    size_t i;

    if (row->kind == READER_FILE)
        return _("file");
    if (row->kind == READER_ABSENT)
        return _("absent");
    for (i = 0; i < sizeof types / sizeof types[0]; i++)
        if (is(&row->word, types[i].word))
            return _(types[i].shown);
    return "?";
}

static void put_status(FILE *stream, const struct reader_row *row)
{
    static const char *const words[] = {
        N_("collected"), N_("changed"), N_("grew"),        N_("shrunk"),   N_("limited"),     N_("vanished"),
        N_("denied"),    N_("timeout"), N_("over-budget"), N_("excluded"), N_("unavailable"), N_("io-error"),
    };
    const char *shown = "?";
    size_t i;

    for (i = 0; i < sizeof words / sizeof words[0]; i++)
        if (is(&row->word, words[i]))
            shown = _(words[i]);
    put_cell(stream, row->kind == READER_OBJECT ? _("recorded") : shown, STATUS_COLUMNS, false);
}

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

/* Where a link leads, or why a thing is absent, which the record says in English */
static void put_more(FILE *stream, const struct reader_row *row)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(ROWS_LINE_MAX);
    const struct wire_bytes *more = row->more_raw.len ? &row->more_raw : &row->more;

    if (row->kind == READER_ABSENT && reason_put(&text, more->at, more->len) == HZ_OK)
        escape_print_n(stream, text.data, text.len);
    else
        escape_print_n(stream, more->at, more->len);
}

void rows_text(FILE *stream, const struct reader_row *row)
{
    char time[STAMP_SIZE] = "-", size[24] = "-";
    const struct wire_bytes name = rows_name(row);

    if (row->kind == READER_FILE)
        snprintf(size, sizeof size, "%llu", (unsigned long long)row->size);
    if (row->has_mtime) {
        stamp_format(time, row->mtime);
        if (strlen(time) > 16 && time[10] == 'T') {
            time[10] = ' ';
            time[16] = 0;
        }
    }
    put_cell(stream, short_type(row), TYPE_COLUMNS, false);
    put_cell(stream, size, 11, true);
    put_cell(stream, time, 16, false);
    put_status(stream, row);
    escape_print_n(stream, name.at, name.len);
    if (row->more.len || row->more_raw.len) {
        fputs(row->kind == READER_OBJECT ? " -> " : ": ", stream);
        put_more(stream, row);
    }
    fputc('\n', stream);
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

int rows_json(FILE *stream, const struct reader_row *row, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf line = BUF_INIT(ROWS_LINE_MAX);
    struct wire_bytes type = rows_type(row);
    char time[STAMP_SIZE];
    struct json_out j;

    json_init(&j, &line);
    json_object(&j);
    if (row->has_mtime) {
        stamp_format(time, row->mtime);
        json_member_string(&j, "mtime", time);
    }
    if (row->has_origin)
        member(&j, "origin", &row->origin);
    if (row->has_origin && row->origin_raw.len)
        member_raw(&j, "origin_b64", &row->origin_raw);
    if (row->kind == READER_FILE)
        member(&j, "path", &row->path);
    if (row->kind == READER_ABSENT)
        member(&j, "reason", &row->more);
    if (row->kind == READER_FILE)
        json_member_decimal(&j, "size", row->size);
    member(&j, "source", &row->source);
    if (row->kind != READER_OBJECT)
        member(&j, "status", &row->word);
    if (row->kind == READER_OBJECT && row->more.len)
        member(&j, "target", &row->more);
    if (row->kind == READER_OBJECT && row->more_raw.len)
        member_raw(&j, "target_b64", &row->more_raw);
    member(&j, "type", &type);
    json_object_end(&j);
    return put_line(stream, &j, err);
}

int rows_json_end(FILE *stream, const struct account *account, const struct verdict *verdict, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf line = BUF_INIT(R_ACQUISITION_MAX + 1024);
    const struct r_bundle_result *r = &account->result;
    char hex[R_SHA256_HEX];
    struct json_out j;

    text_hex(hex, r->content_id, R_SHA256_SIZE);
    json_init(&j, &line);
    json_object(&j);
    if (account->acquisition.known) {
        json_key(&j, "acquisition");
        json_raw(&j, (const char *)account->acquisition.record.data);
    }
    json_member_string(&j, "bundle", r->name[0] ? r->name : NULL);
    json_member_string(&j, "content_id", r->has_content_id ? hex : NULL);
    json_member_int(&j, "findings_total", (int64_t)(r->findings.count + r->findings.dropped));
    json_member_string(&j, "integrity", verdict_integrity_word(verdict->integrity));
    json_member_string(&j, "type", "end");
    json_object_end(&j);
    return put_line(stream, &j, err);
}
