#include "verify/diff_side.h"

#include <stdlib.h>
#include <string.h>

#include "base/json_out.h"
#include "base/lang.h"
#include "base/text.h"

static bool is(const struct wire_bytes *b, const char *text)
{
    return b->len == strlen(text) && memcmp(b->at, text, b->len) == 0;
}

static void member(struct json_out *j, const char *key, const struct wire_bytes *bytes)
{
    json_key(j, key);
    json_string_n(j, bytes->at, bytes->len);
}

static void put_stat(struct json_out *j, const struct r_stat *stat)
{
    char time[STAMP_SIZE];

    if (!stat->known)
        return;
    json_member_int(j, "gid", stat->gid);
    json_member_string(j, "mode", stat->mode);
    stamp_format(time, stat->mtime);
    json_member_string(j, "mtime", time);
}

static void put_file(struct json_out *j, const struct reader_row *row)
{
    char hex[R_SHA256_HEX];

    put_stat(j, &row->stat);
    text_hex(hex, row->sha256, R_SHA256_SIZE);
    json_member_string(j, "sha256", hex);
    json_member_decimal(j, "size", row->size);
    member(j, "source", &row->source);
    member(j, "status", &row->word);
    json_member_string(j, "type", "file");
}

static void put_object(struct json_out *j, const struct reader_row *row)
{
    HZ_CLEANUP(buf_free) struct buf raw = BUF_INIT(FACT_VALUE_MAX);

    put_stat(j, &row->stat);
    member(j, "source", &row->source);
    if (row->more.len)
        member(j, "target", &row->more);
    if (row->more_raw.len) {
        if (text_base64(&raw, row->more_raw.at, row->more_raw.len))
            j->out->failed = raw.failed;
        json_key(j, "target_b64");
        json_string_n(j, raw.data, raw.len);
    }
    member(j, "type", &row->word);
}

static void put_absent(struct json_out *j, const struct reader_row *row)
{
    member(j, "reason", &row->more);
    member(j, "source", &row->source);
    member(j, "status", &row->word);
    json_member_string(j, "type", "absent");
}

/* A canonical object; what is compared of it is said in diff.c */
static void put_value(struct buf *out, const struct reader_row *row)
{
    struct json_out j;

    json_init(&j, out);
    json_object(&j);
    if (row->kind == READER_FILE)
        put_file(&j, row);
    else if (row->kind == READER_OBJECT)
        put_object(&j, row);
    else
        put_absent(&j, row);
    if (row->kind != READER_ABSENT && row->stat.known)
        json_member_int(&j, "uid", row->stat.uid);
    json_object_end(&j);
}

/* What the kernel makes while it is read is another each time */
static bool is_compared(const struct reader_row *row)
{
    return row->has_origin && !is(&row->method, "procfs") && !is(&row->method, "sysfs");
}

static int on_row(void *context, const struct reader_row *row, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf value = BUF_INIT(FACT_VALUE_MAX);
    const struct wire_bytes *origin = row->origin_raw.len ? &row->origin_raw : &row->origin;
    struct diff_side *s = context;
    size_t listing = row->kind == READER_FILE ? fact_listing_find(row->path.at, row->path.len) : FACT_LISTINGS;

    if (listing < FACT_LISTINGS && is(&row->word, "limited"))
        s->listings[listing].limited = true;
    if (row->kind == READER_ABSENT && !row->has_origin && row->source.len <= R_NAME_SOURCE_MAX)
        r_tally_add(&s->gaps, row->source.at, row->source.len);
    if (!is_compared(row))
        return HZ_OK;
    put_value(&value, row);
    if (value.failed == HZ_E_NOMEM)
        return buf_check(&value, err);
    if (value.failed || origin->len > FACT_NAME_MAX) {
        s->left++;
        return HZ_OK;
    }
    return sorted_add(&s->rows,
                      &(struct sorted_row) { .kind = FACT_FILES,
                                             .name = (const unsigned char *)origin->at,
                                             .name_len = origin->len,
                                             .value = value.data,
                                             .value_len = value.len },
                      err);
}

static int on_fact(void *context, enum fact_kind kind, struct wire_bytes name, struct wire_bytes value,
                   struct hz_error *err)
{
    struct diff_side *s = context;

    return sorted_add(&s->rows,
                      &(struct sorted_row) { .kind = (unsigned char)kind,
                                             .name = (const unsigned char *)name.at,
                                             .name_len = name.len,
                                             .value = (const unsigned char *)value.at,
                                             .value_len = value.len },
                      err);
}

static int on_listing(void *context, size_t listing, bool whole, uint64_t left, struct hz_error *err)
{
    struct diff_listing *l = &((struct diff_side *)context)->listings[listing];

    (void)err;
    l->there = true;
    l->whole = whole;
    l->left = left;
    return HZ_OK;
}

static int no_memory(struct hz_error *err)
{
    return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
}

static int add_name(struct diff_names *names, const struct r_span *text, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf name = BUF_INIT(R_ACQUISITION_MAX);
    char **grown = realloc(names->list, (names->count + 1) * sizeof *grown);

    if (!grown)
        return no_memory(err);
    names->list = grown;
    r_span_decode(text, &name);
    names->list[names->count] = buf_text(&name) ? text_copy((const char *)name.data) : NULL;
    return names->list[names->count] && ++names->count ? HZ_OK : no_memory(err);
}

static int read_names(struct diff_names *names, const struct fact_member *member, struct hz_error *err)
{
    struct r_span text;
    struct r_json j;
    int code = HZ_OK;

    if (!member)
        return HZ_OK;
    r_json_init(&j, member->at, member->len);
    for (r_json_array(&j); !code && r_json_item(&j) && r_json_string(&j, &text);)
        code = add_name(names, &text, err);
    return code;
}

static void free_names(struct diff_names *names)
{
    for (size_t i = 0; i < names->count; i++)
        free(names->list[i]);
    free(names->list);
}

static int read_requested(struct diff_side *s, const struct fact_member *requested, struct hz_error *err)
{
    const struct fact_member *profiles;
    struct fact_row row;
    int code;

    if (!fact_row_open(&row, requested))
        return HZ_OK;
    profiles = fact_member(&row, "profiles");
    s->profiles = profiles ? strndup(profiles->at, profiles->len) : NULL;
    if (profiles && !s->profiles)
        return no_memory(err);
    code = read_names(&s->paths, fact_member(&row, "paths"), err);
    return code ? code : read_names(&s->databases, fact_member(&row, "databases"), err);
}

static void read_sources(struct diff_side *s, const struct fact_member *sources)
{
    struct r_json j;

    if (!sources)
        return;
    r_json_init(&j, sources->at, sources->len);
    for (r_json_array(&j); r_json_item(&j);) {
        const struct fact_member *name;
        struct fact_member whole = { .at = (const char *)j.text + j.at };
        struct fact_row row;
        size_t begin = j.at;

        if (!r_json_skip(&j))
            return;
        whole.len = j.at - begin;
        name = fact_row_open(&row, &whole) ? fact_member(&row, "name") : NULL;
        if (name && name->len > 2 && name->len <= R_NAME_SOURCE_MAX + 2)
            r_tally_add(&s->sources, name->at + 1, name->len - 2);
    }
}

/* What the collection was asked for stands in its record, which the reader has checked */
static int read_asked(struct diff_side *s, struct hz_error *err)
{
    const struct buf *record = &s->work->account.acquisition.record;
    struct fact_row row;

    if (!record->len || !fact_row_read(&row, record->data, record->len))
        return HZ_OK;
    read_sources(s, fact_member(&row, "sources"));
    return read_requested(s, fact_member(&row, "requested"), err);
}

int diff_side_read(struct diff_side *s, const struct policy_order *order, struct hz_error *err)
{
    const struct reader_listener listener = { .context = s, .row = on_row, .fact = on_fact, .listing = on_listing };
    int code;

    *s = (struct diff_side) { .rows = { .spool = -1 } };
    code = work_new(&s->work, err);
    if (!code)
        code = sorted_open(&s->rows, SORTED_MEMORY, err);
    if (!code)
        code = work_run(s->work, order, &listener, err);
    if (!code && s->work->account.result.disclosure)
        code = hz_error_set(err, HZ_E_UNSUPPORTED, _("%s is a disclosure of one file, not a bundle"), order->bundle);
    if (!code)
        code = sorted_finish(&s->rows, err);
    return code ? code : read_asked(s, err);
}

void diff_side_free(struct diff_side *s)
{
    free_names(&s->paths);
    free_names(&s->databases);
    free(s->profiles);
    sorted_close(&s->rows);
    work_free(s->work);
    s->work = NULL;
}

static bool is_below(const char *folder, const unsigned char *name, size_t len)
{
    size_t n = strlen(folder);

    while (n && folder[n - 1] == '/')
        n--;
    return len >= n && memcmp(folder, name, n) == 0 && (len == n || name[n] == '/');
}

static bool below_any(const struct diff_names *folders, const unsigned char *name, size_t len)
{
    for (size_t i = 0; i < folders->count; i++)
        if (is_below(folders->list[i], name, len))
            return true;
    return false;
}

/* The database, or what its own program keeps beside it and the collector takes with it */
static bool is_part_of(const char *database, const unsigned char *name, size_t len)
{
    static const char *const ends[] = { "", "-wal", "-journal" };
    size_t n = strlen(database);

    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
        if (len == n + strlen(ends[i]) && memcmp(name, database, n) == 0 && memcmp(name + n, ends[i], len - n) == 0)
            return true;
    return false;
}

static bool part_of_any(const struct diff_names *databases, const unsigned char *name, size_t len)
{
    for (size_t i = 0; i < databases->count; i++)
        if (is_part_of(databases->list[i], name, len))
            return true;
    return false;
}

/* What a name that was asked for leads to can have any name: so that all were asked for is what counts */
static bool has_all(const struct diff_names *names, const struct diff_names *others)
{
    for (size_t i = 0; i < others->count; i++) {
        size_t k = 0;

        while (k < names->count && strcmp(names->list[k], others->list[i]) != 0)
            k++;
        if (k == names->count)
            return false;
    }
    return true;
}

static bool is_source(const struct fact_member *source, const char *name)
{
    return source->len == strlen(name) + 2 && memcmp(source->at + 1, name, source->len - 2) == 0;
}

bool diff_side_looked(const struct diff_side *s, const struct diff_side *other, const struct fact_member *source,
                      const unsigned char *name, size_t len)
{
    bool alike = s->profiles && text_equal(s->profiles, other->profiles);

    if (!source || source->len <= 2 || !r_tally_has(&s->sources, source->at + 1, source->len - 2))
        return false;
    if (is_source(source, "recent-files"))
        return false;
    if (is_source(source, "databases"))
        return part_of_any(&s->databases, name, len) || (alike && has_all(&s->databases, &other->databases));
    if (is_source(source, "files"))
        return below_any(&s->paths, name, len) || (alike && !below_any(&other->paths, name, len));
    return true;
}

bool diff_side_gap(const struct diff_side *s, const struct fact_member *source)
{
    return source && source->len > 2 && r_tally_has(&s->gaps, source->at + 1, source->len - 2);
}
