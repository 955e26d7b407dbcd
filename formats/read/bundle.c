#include "formats/read/bundle.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/lang.h"
#include "formats/read/state.h"

void r_bundle_result_init(struct r_bundle_result *result)
{
    memset(result, 0, sizeof *result);
}

void r_bundle_result_free(struct r_bundle_result *result)
{
    r_finding_free(&result->findings);
    r_finding_free(&result->notices);
}

void r_state_add(struct r_state *s, const struct r_finding *finding)
{
    r_finding_add(&s->result->findings, finding);
    s->window.hasty = s->result->findings.dropped > 0; /* so much is wrong that long searches would be for nothing */
}

void r_state_place(struct r_state *s, enum r_code code, enum r_why why)
{
    r_state_add(s,
                &(struct r_finding) {
                    .code = code, .why = why, .path = s->member.path, .offset = s->member.offset, .after = s->after });
}

void r_state_ill(struct r_state *s)
{
    s->line_wrong = true;
    if (s->member.kind == R_KIND_TAG)
        s->ill |= UINT32_C(1) << s->member.tag;
}

void r_state_notice(struct r_state *s, enum r_code code, enum r_why why, const char *text, size_t len)
{
    struct r_findings *list = &s->result->notices;
    char copy[65];
    size_t i, n = len < sizeof copy ? len : sizeof copy - 1;

    memcpy(copy, text, n);
    copy[n] = 0;
    for (i = 0; i < list->count; i++)
        if (list->list[i].code == code && strcmp(list->list[i].text ? list->list[i].text : "", copy) == 0)
            return;
    if (list->count < R_STATE_NOTICES)
        r_finding_add(list, &(struct r_finding) { .code = code, .why = why, .text = copy });
}

/* Gives the member a name: NAME/ is taken from the first and must be the same in all. */
static bool take_name(struct r_state *s)
{
    struct r_member *m = &s->member;
    const char *slash = strchr(m->full, '/');
    size_t n = slash ? (size_t)(slash - m->full) : 0;
    char *name = s->result->name;

    m->path = m->full;
    m->path_len = strlen(m->full);
    if (!slash || !r_name_is_item(m->full, n))
        return false;
    if (!name[0])
        memcpy(name, m->full, n);
    if (strncmp(name, m->full, n) != 0 || name[n])
        return false;
    m->path = slash + 1;
    m->path_len -= n + 1;
    return true;
}

/* The blocks of a header: a pax header with its records, if any, and the header block. *len 0: the reading has ended.
 */
static int take_blocks(struct r_state *s, unsigned char head[R_TAR_HEAD_MAX], size_t *len, struct hz_error *err)
{
    size_t got, extra = 0;
    int code = r_input_take(&s->input, head, R_TAR_BLOCK, &got, err);

    *len = 0;
    if (code)
        return code;
    if (!s->member.offset && !r_ending_is_bundle(head, got)) {
        r_ending_unknown(s, head, got);
    } else if (got < R_TAR_BLOCK) {
        r_ending_truncated(s);
    } else if (r_tar_kind(head) != R_TAR_PAX) {
        *len = R_TAR_BLOCK;
    } else if (!r_tar_pax_size(head, &extra)) {
        r_ending_stop(s, R_CONTAINER_MALFORMED, R_WHY_HEADER, s->member.offset, NULL);
    } else {
        extra += R_TAR_BLOCK;
        code = r_input_take(&s->input, head + R_TAR_BLOCK, extra, &got, err);
        if (!code && got < extra)
            r_ending_truncated(s);
        *len = s->stopped ? 0 : R_TAR_BLOCK + extra;
    }
    return code;
}

/* Understands the next header. After it either the reading has stopped or `member` is set. */
static int next_member(struct r_state *s, struct hz_error *err)
{
    unsigned char head[R_TAR_HEAD_MAX];
    struct r_tar_head h;
    size_t len, differs;
    int code;

    memset(&s->member, 0, sizeof s->member);
    s->member.path = s->member.full;
    s->member.offset = s->input.offset;
    code = take_blocks(s, head, &len, err);
    if (code || !len)
        return code;
    if (r_tar_kind(head) == R_TAR_END)
        return r_ending_take(s, err);
    if (!r_tar_read(head, len, &h, &differs)) {
        const unsigned char *last = head + len - R_TAR_BLOCK;
        bool other = r_tar_kind(last) != R_TAR_FILE && r_tar_kind(last) != R_TAR_PAX && r_tar_checksum_holds(last);

        memcpy(s->member.full, h.name, sizeof h.name);
        take_name(s);
        s->stopped = true;
        r_state_add(s, &(struct r_finding) { .code = other ? R_MEMBER_FORBIDDEN : R_CONTAINER_MALFORMED,
                                             .why = other ? R_WHY_TYPE : R_WHY_HEADER,
                                             .path = other ? s->member.path : NULL,
                                             .offset = s->member.offset + (other ? 0 : differs),
                                             .after = s->after });
        return HZ_OK;
    }
    memcpy(s->member.full, h.name, sizeof h.name);
    s->member.size = h.size;
    if (!s->has_mtime)
        s->mtime = h.mtime;
    s->has_mtime = true;
    if (s->mtime != h.mtime)
        r_ending_stop(s, R_CONTAINER_MALFORMED, R_WHY_HEADER, s->member.offset, NULL);
    return HZ_OK;
}

static int take_content(struct r_state *s, struct hz_error *err)
{
    uint64_t left = s->member.size;

    while (left) {
        const unsigned char *bytes;
        size_t n, max = left < SIZE_MAX ? (size_t)left : SIZE_MAX;
        int code = r_input_some(&s->input, max, &bytes, &n, err);

        if (code)
            return code;
        if (!n) {
            r_ending_truncated(s);
            return HZ_OK;
        }
        code = r_member_data(s, bytes, n, err);
        if (code)
            return code;
        left -= n;
    }
    return HZ_OK;
}

/* What is not wanted is passed over; at the end all of it must have been there */
static int pass_content(struct r_state *s, struct hz_error *err)
{
    uint64_t got;
    int code = r_input_skip(&s->input, s->sink->seek, s->member.size, &got, err);

    if (!code && got < s->member.size)
        r_ending_truncated(s);
    return code;
}

static int take_padding(struct r_state *s, struct hz_error *err)
{
    unsigned char padding[R_TAR_BLOCK];
    size_t want = (size_t)(-s->member.size % R_TAR_BLOCK), got, i;
    uint64_t at = s->input.offset;
    int code = r_input_take(&s->input, padding, want, &got, err);

    if (code)
        return code;
    for (i = r_tar_is_zero(padding, got) ? got : 0; i < got && !padding[i];)
        i++;
    if (i < got)
        r_state_add(
            s, &(struct r_finding) {
                   .code = R_CONTAINER_MALFORMED, .why = R_WHY_PADDING, .offset = at + i, .after = s->member.full });
    if (got < want)
        r_ending_truncated(s);
    return HZ_OK;
}

static int take_member(struct r_state *s, struct hz_error *err)
{
    int code;

    if (!take_name(s)) {
        r_state_place(s, R_MEMBER_FORBIDDEN, R_WHY_NAME);
        s->member.kind = R_KIND_SKIPPED;
        s->stopped = !s->result->name[0];
    } else {
        code = r_member_begin(s, err);
        if (code)
            return code;
    }
    if (s->stopped)
        return HZ_OK;
    code = s->member.left ? pass_content(s, err) : take_content(s, err);
    if (!code && !s->stopped)
        code = take_padding(s, err);
    if (!code && !s->stopped)
        code = r_member_end(s, err);
    memcpy(s->after, s->member.full, sizeof s->after);
    return code;
}

static int read_all(struct r_state *s, struct hz_error *err)
{
    struct r_bundle_result *result = s->result;
    int code = HZ_OK;

    while (!code && !s->stopped) {
        code = next_member(s, err);
        if (!code && !s->stopped)
            code = take_member(s, err);
    }
    if (code)
        return code;
    code = r_settle_finish(s, err);
    if (!code && s->disclosed.on)
        code = r_disclosed_tell(s, err);
    if (code)
        return code;
    if (result->findings.out_of_memory || result->notices.out_of_memory)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    if (s->not_bundle) /* it may be endless, and is not read to its end */
        return HZ_OK;
    code = r_input_drain(&s->input, result->file_sha256, err);
    result->complete = !code && !result->left;
    return code;
}

static int open_state(struct r_state *s, struct r_pool *pool, r_feed_read *read, void *read_context,
                      struct hz_error *err)
{
    int code = r_input_open(&s->input, pool, read, read_context, err);

    if (!code)
        code = r_hash_open(&s->digest, R_SHA256, err);
    if (!code)
        code = r_hash_open(&s->digest512, R_SHA512, err);
    if (!code)
        code = r_hash_open(&s->scratch, R_SHA256, err);
    if (!code)
        code = r_hash_open(&s->manifest512, R_SHA256, err);
    if (!code)
        code = r_listing_open(&s->listing, err);
    return code ? code : r_window_open(&s->window, err);
}

static void close_state(struct r_state *s)
{
    r_input_close(&s->input);
    r_hash_close(&s->digest);
    r_hash_close(&s->digest512);
    r_hash_close(&s->scratch);
    r_hash_close(&s->manifest512);
    r_listing_close(&s->listing);
    r_window_close(&s->window);
    r_catalog_free(&s->entry);
    r_records_free(&s->record);
    r_acquisition_free(&s->acquisition);
    r_tags_free(&s->tags);
    r_line_free(&s->line);
    buf_free(&s->text);
    buf_free(&s->info_text);
    buf_free(&s->disclosed.line);
    buf_free(&s->disclosing.line);
    free(s);
}

int r_bundle_read(struct r_pool *pool, r_feed_read *read, void *read_context, const struct r_bundle_sink *sink,
                  struct r_bundle_result *result, struct hz_error *err)
{
    struct r_state *s = calloc(1, sizeof *s);
    int code;

    if (!s)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    s->sink = sink;
    s->result = result;
    s->segment = 1;
    s->catalog_whole = true;
    r_catalog_init(&s->entry);
    r_records_init(&s->record);
    r_acquisition_init(&s->acquisition);
    r_merkle_begin(&s->merkle);
    buf_init(&s->info_text, R_BAG_INFO_MAX);
    buf_init(&s->disclosed.line, R_CATALOG_LINE_MAX + 1);
    buf_init(&s->disclosing.line, R_CATALOG_LINE_MAX + 2);
    code = open_state(s, pool, read, read_context, err);
    if (!code)
        code = read_all(s, err);
    result->file_bytes = code ? 0 : r_input_file_bytes(&s->input);
    close_state(s);
    return code;
}
