#include <string.h>

#include "base/text.h"
#include "verify/reader.h"
#include "verify/reader_rows.h"

/* --- the child's side -------------------------------------------------------------------------------------------- */

static void put_span(struct wire_out *w, const struct r_span *span)
{
    wire_bytes(w, span->at, span->len);
}

/* As text, then the bytes where the text is not all of them */
static void put_name(struct wire_out *w, const struct r_origin *name)
{
    bool raw =
        name->known && (name->raw.len != name->text.len || memcmp(name->raw.data, name->text.data, name->raw.len) != 0);

    wire_bytes(w, name->text.data, name->known ? name->text.len : 0);
    wire_bytes(w, name->raw.data, raw ? name->raw.len : 0);
}

static void put_origin(struct wire_out *w, const struct r_origin *origin)
{
    wire_u32(w, origin->known);
    put_name(w, origin);
}

static void put_stat(struct wire_out *w, const struct r_stat *stat)
{
    wire_u32(w, stat->known);
    if (!stat->known)
        return;
    wire_fixed(w, stat->mode, sizeof stat->mode);
    wire_u32(w, stat->uid);
    wire_u32(w, stat->gid);
    wire_stamp(w, stat->atime);
    wire_stamp(w, stat->mtime);
    wire_stamp(w, stat->ctime);
    wire_u32(w, stat->has_btime);
    wire_stamp(w, stat->has_btime ? stat->btime : (struct stamp) { 0 });
}

int reader_send_entry(struct wire_out *w, const struct r_entry *e, struct hz_error *err)
{
    static const struct r_origin nothing = { .known = false };
    const char *status = r_catalog_status_word(e->status);

    wire_begin(w, WIRE_ROW);
    wire_u32(w, READER_FILE);
    put_span(w, &e->path);
    put_origin(w, &e->origin);
    put_span(w, &e->source);
    wire_bytes(w, status, strlen(status));
    put_name(w, &nothing);
    put_span(w, &e->method);
    put_stat(w, &e->stat);
    wire_u64(w, e->size);
    wire_u64(w, e->real_size);
    wire_fixed(w, e->sha256, sizeof e->sha256);
    return wire_end(w, err);
}

int reader_send_record(struct wire_out *w, const struct r_record *r, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf reason = BUF_INIT(R_JSON_STRING_MAX);
    static const unsigned char no_digest[R_SHA256_SIZE];

    if (r->kind == R_RECORD_ABSENT)
        r_span_decode(&r->reason, &reason);
    wire_begin(w, WIRE_ROW);
    wire_u32(w, r->kind == R_RECORD_OBJECT ? READER_OBJECT : READER_ABSENT);
    wire_bytes(w, "", 0);
    put_origin(w, &r->origin);
    put_span(w, &r->source);
    put_span(w, &r->word);
    if (r->kind == R_RECORD_ABSENT) {
        wire_bytes(w, reason.data, reason.len);
        wire_bytes(w, "", 0);
    } else {
        put_name(w, &r->target);
    }
    wire_bytes(w, "", 0);
    put_stat(w, &r->stat);
    wire_u64(w, 0);
    wire_u64(w, 0);
    wire_fixed(w, no_digest, sizeof no_digest);
    return wire_end(w, err);
}

/* Of a database the reason is the last value of the detail (formats/spec/sources.md) */
static void put_detail(struct wire_out *w, const struct buf *detail, bool unlocked)
{
    static const char key[] = "; reason=";
    const unsigned char *at = detail->len && unlocked ? memmem(detail->data, detail->len, key, sizeof key - 1) : NULL;
    size_t before = at ? (size_t)(at - detail->data) + sizeof key - 1 : unlocked ? detail->len : 0;

    wire_bytes(w, detail->len ? detail->data + before : (const unsigned char *)"", detail->len - before);
}

int reader_send_why(struct wire_out *w, const struct r_record *r, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf target = BUF_INIT(R_JSON_STRING_MAX), detail = BUF_INIT(R_JSON_STRING_MAX);
    bool unlocked = r_records_unlocked(r);

    if (!unlocked && !r_span_is(&r->word, "read-error"))
        return HZ_OK;
    r_span_decode(&r->touched, &target);
    r_span_decode(&r->reason, &detail);
    wire_begin(w, WIRE_WHY);
    wire_u32(w, unlocked);
    put_span(w, &r->source);
    wire_bytes(w, target.data, target.len);
    put_detail(w, &detail, unlocked);
    return wire_end(w, err);
}

/* --- the parent's side ------------------------------------------------------------------------------------------- */

static bool is_utf8(const struct wire_bytes *b)
{
    return text_is_utf8(b->at, b->len);
}

/* true when it is of its form */
static bool take_stat(struct wire_in *in, struct r_stat *out)
{
    out->known = wire_get_bool(in);
    if (!out->known)
        return true;
    wire_get_fixed(in, out->mode, sizeof out->mode);
    out->uid = wire_get_u32(in);
    out->gid = wire_get_u32(in);
    out->atime = wire_get_stamp(in);
    out->mtime = wire_get_stamp(in);
    out->ctime = wire_get_stamp(in);
    out->has_btime = wire_get_bool(in);
    out->btime = wire_get_stamp(in);
    return !out->mode[R_STAT_MODE - 1] && strspn(out->mode, "01234567") == R_STAT_MODE - 1;
}

bool reader_take_row(struct wire_in *in, struct reader_row *row)
{
    uint32_t kind = wire_get_u32(in);
    size_t source_len;
    bool sound;

    *row = (struct reader_row) { .kind = READER_FILE };
    row->path = wire_get_bytes(in);
    row->has_origin = wire_get_bool(in);
    row->origin = wire_get_bytes(in);
    row->origin_raw = wire_get_bytes(in);
    row->source = wire_get_bytes(in);
    row->word = wire_get_bytes(in);
    row->more = wire_get_bytes(in);
    row->more_raw = wire_get_bytes(in);
    row->method = wire_get_bytes(in);
    sound = take_stat(in, &row->stat);
    row->size = wire_get_u64(in);
    row->real_size = wire_get_u64(in);
    wire_get_fixed(in, row->sha256, sizeof row->sha256);
    if (!wire_done(in) || !sound || kind > READER_ABSENT || row->real_size > row->size || !is_utf8(&row->method) ||
        !is_utf8(&row->path) || !is_utf8(&row->origin) || !is_utf8(&row->source) || !is_utf8(&row->word) ||
        !is_utf8(&row->more))
        return false;
    row->kind = (enum reader_row_kind)kind;
    return kind != READER_FILE || r_name_is_payload(row->path.at, row->path.len, &source_len);
}

bool reader_take_why(struct wire_in *in, struct reader_why *why)
{
    why->unlocked = wire_get_bool(in);
    why->source = wire_get_bytes(in);
    why->target = wire_get_bytes(in);
    why->reason = wire_get_bytes(in);
    return wire_done(in) && is_utf8(&why->source) && is_utf8(&why->target) && is_utf8(&why->reason);
}

static bool is_cut(const struct reader_row *row, const char *status)
{
    return row->kind == READER_FILE && row->word.len == strlen(status) &&
           memcmp(row->word.at, status, row->word.len) == 0;
}

bool reader_row_limited(const struct reader_row *row)
{
    return is_cut(row, "limited");
}

bool reader_row_cut(const struct reader_row *row)
{
    return reader_row_limited(row) || is_cut(row, "shrunk");
}

bool reader_row_unlocked(const struct reader_row *row)
{
    return row->kind == READER_FILE && row->method.len == sizeof R_RECORDS_UNLOCKED - 1 &&
           memcmp(row->method.at, R_RECORDS_UNLOCKED, row->method.len) == 0;
}
