#include "verify/reader.h"

#include <stdlib.h>
#include <string.h>

#include "base/child.h"
#include "base/io_open.h"
#include "base/lang.h"
#include "base/text.h"
#include "verify/fact_take.h"
#include "verify/reader_rows.h"

/* A sandbox is there in milliseconds; what hangs before it says so is not waited for. */
#define START_SECONDS 60

/* Counts are integers of JSON in reports. */
#define COUNT_END (UINT64_C(1) << 53)

struct parent {
    const struct reader_listener *listener;
    struct account *account;
    bool in_file;
    uint64_t file_left;
    bool jailed, finished;
};

static int nonsense(struct hz_error *err)
{
    return hz_error_set(err, HZ_E_FORMAT, _("the sandboxed reader sent something that makes no sense"));
}

static int refused(const struct wire_in *in, struct hz_error *err)
{
    return in->no_memory ? hz_error_set(err, HZ_E_NOMEM, _("out of memory")) : nonsense(err);
}

static int take_file(struct parent *p, struct wire_in *in, struct hz_error *err)
{
    const char *path = wire_get_string(in);
    uint64_t size = wire_get_u64(in);
    size_t source_len;

    if (!wire_done(in) || !path || p->in_file || !r_name_is_payload(path, strlen(path), &source_len))
        return nonsense(err);
    p->in_file = true;
    p->file_left = size;
    return p->listener->file ? p->listener->file(p->listener->context, path, size, err) : HZ_OK;
}

static int take_data(struct parent *p, struct wire_in *in, struct hz_error *err)
{
    struct wire_bytes bytes = wire_get_bytes(in);

    if (!wire_done(in) || !p->in_file || bytes.len > p->file_left)
        return nonsense(err);
    p->file_left -= bytes.len;
    return p->listener->data ? p->listener->data(p->listener->context, bytes.at, bytes.len, err) : HZ_OK;
}

static int take_file_end(struct parent *p, struct wire_in *in, struct hz_error *err)
{
    if (!wire_done(in) || !p->in_file || p->file_left)
        return nonsense(err);
    p->in_file = false;
    return p->listener->file_end ? p->listener->file_end(p->listener->context, err) : HZ_OK;
}

static int take_row(struct parent *p, struct wire_in *in, struct hz_error *err)
{
    struct reader_row row;

    if (!reader_take_row(in, &row))
        return nonsense(err);
    return p->listener->row ? p->listener->row(p->listener->context, &row, err) : HZ_OK;
}

static int take_why(struct parent *p, struct wire_in *in, struct hz_error *err)
{
    struct reader_why why;

    if (!reader_take_why(in, &why) || !p->listener->why)
        return nonsense(err);
    return p->listener->why(p->listener->context, &why, err);
}

static bool take_bounds(struct wire_in *in, struct account_acquisition *a)
{
    uint32_t count = wire_get_u32(in), i;

    for (i = 0; i < count && count <= R_ACQUISITION_BOUNDS; i++) {
        struct r_bound *bound = &a->bounds[a->bound_count];
        struct wire_bytes bytes;

        bound->checkpoint = wire_get_bool(in);
        bytes = wire_get_bytes(in);
        buf_init(&bound->bytes, R_TIMESTAMP_MAX);
        a->bound_count++;
        if (in->bad || !bytes.len || bytes.len > R_TIMESTAMP_MAX)
            return false;
        in->no_memory = buf_put(&bound->bytes, bytes.at, bytes.len) != HZ_OK;
        if (in->no_memory)
            return false;
    }
    return count <= R_ACQUISITION_BOUNDS;
}

/* As hostile as all that comes from the child: it is passed on only as one value of canonical JSON. */
static bool take_record(struct wire_in *in, struct buf *out)
{
    struct wire_bytes bytes = wire_get_bytes(in);
    struct r_json j;

    buf_init(out, R_ACQUISITION_MAX);
    if (in->bad || bytes.len >= R_ACQUISITION_MAX || !r_json_file(&j, bytes.at, bytes.len) ||
        r_json_peek(&j) != R_JSON_OBJECT || !r_json_skip(&j) || !r_json_done(&j))
        return false;
    buf_put(out, bytes.at, bytes.len - 1);
    in->no_memory = buf_text(out) == NULL;
    return !in->no_memory;
}

static int take_acquisition(struct parent *p, struct wire_in *in, struct hz_error *err)
{
    struct account_acquisition *a = &p->account->acquisition;
    struct wire_bytes keys;

    if (a->known || !reader_take_text(in, &a->case_id) || !reader_take_text(in, &a->operator_name) ||
        !reader_take_text(in, &a->hostname))
        return refused(in, err);
    a->started = wire_get_stamp(in);
    a->finished = wire_get_stamp(in);
    a->complete = wire_get_bool(in);
    a->counts.asked = wire_get_u64(in);
    a->counts.collected = wire_get_u64(in);
    a->counts.recorded = wire_get_u64(in);
    a->counts.absent = wire_get_u64(in);
    keys = wire_get_bytes(in);
    if (!take_bounds(in, a) || !take_record(in, &a->record) || !wire_done(in) || keys.len % R_SHA256_SIZE ||
        keys.len > sizeof a->keys_expected)
        return refused(in, err);
    memcpy(a->keys_expected, keys.at, keys.len);
    a->key_count = keys.len / R_SHA256_SIZE;
    a->known = true;
    return HZ_OK;
}

static int take_signature(struct parent *p, struct wire_in *in, struct hz_error *err)
{
    struct account_signature *s = &p->account->signatures[p->account->signature_count];
    const char *keyid = wire_get_string(in);
    uint64_t offset = wire_get_u64(in);
    struct wire_bytes text = wire_get_bytes(in);
    unsigned char id[R_SHA256_SIZE];

    if (!wire_done(in) || !keyid || text_unhex(id, sizeof id, keyid, strlen(keyid)) ||
        p->account->signature_count == R_BUNDLE_SIGNATURES || text.len > R_BUNDLE_SIGNATURE_MAX)
        return nonsense(err);
    memcpy(s->keyid, keyid, sizeof s->keyid);
    s->offset = offset;
    buf_init(&s->text, R_BUNDLE_SIGNATURE_MAX);
    p->account->signature_count++;
    buf_put(&s->text, text.at, text.len);
    return buf_check(&s->text, err);
}

static int take_finding(struct parent *p, struct wire_in *in, struct r_findings *list, struct hz_error *err)
{
    struct r_finding f = { .code = R_PAYLOAD_ALTERED };
    uint32_t code = wire_get_u32(in), why = wire_get_u32(in);
    bool notice = list == &p->account->result.notices;

    f.offset = wire_get_u64(in);
    f.a = wire_get_u64(in);
    f.b = wire_get_u64(in);
    f.path = wire_get_string(in);
    f.original = wire_get_string(in);
    f.after = wire_get_string(in);
    f.text = wire_get_string(in);
    if (!wire_done(in) || code >= R_CODE_COUNT || why >= R_WHY_COUNT ||
        (r_finding_class((enum r_code)code) == R_CLASS_NOTICE) != notice)
        return nonsense(err);
    f.code = (enum r_code)code;
    f.why = (enum r_why)why;
    r_finding_add(list, &f);
    return list->out_of_memory ? hz_error_set(err, HZ_E_NOMEM, _("out of memory")) : HZ_OK;
}

static bool take_cut(struct wire_in *in, struct r_bundle_cut *out)
{
    out->files = wire_get_u64(in);
    out->filled = wire_get_u64(in);
    out->zeros = wire_get_u64(in);
    return out->files < COUNT_END && out->filled <= out->files;
}

static int take_result(struct parent *p, struct wire_in *in, struct hz_error *err)
{
    struct r_bundle_result *r = &p->account->result;
    const char *name = wire_get_string(in);
    uint64_t dropped;
    bool sound;
    size_t i;

    r->disclosure = wire_get_bool(in);
    r->complete = wire_get_bool(in);
    r->ended = wire_get_bool(in);
    r->has_content_id = wire_get_bool(in);
    wire_get_fixed(in, r->content_id, sizeof r->content_id);
    wire_get_fixed(in, r->signed_digest, sizeof r->signed_digest);
    wire_get_fixed(in, r->file_sha256, sizeof r->file_sha256);
    r->file_bytes = wire_get_u64(in);
    r->files = wire_get_u64(in);
    r->bytes = wire_get_u64(in);
    for (i = 0; i < R_RECORDS_ABSENCE_COUNT; i++)
        r->absences[i] = wire_get_u64(in);
    sound = take_cut(in, &r->limited);
    sound = take_cut(in, &r->shrunk) && sound;
    r->unlocked_files = wire_get_u64(in);
    r->unlocked_databases = wire_get_u64(in);
    r->left = wire_get_u64(in);
    dropped = wire_get_u64(in);
    if (!wire_done(in) || !name || (name[0] && !r_name_is_item(name, strlen(name))))
        return nonsense(err);
    if (!sound || r->files >= COUNT_END || r->unlocked_files >= COUNT_END || r->unlocked_databases >= COUNT_END ||
        dropped >= COUNT_END)
        return nonsense(err);
    r->findings.dropped += dropped;
    memcpy(r->name, name, strlen(name) + 1);
    p->finished = true;
    return HZ_OK;
}

/* Names are those of a tar: they are checked by who writes one */
static int take_part(struct parent *p, struct wire_in *in, struct hz_error *err)
{
    const char *name = wire_get_string(in);
    uint64_t mtime = wire_get_u64(in);
    struct wire_bytes bytes = wire_get_bytes(in);

    if (!wire_done(in) || !name || !p->listener->part)
        return nonsense(err);
    return p->listener->part(p->listener->context, name, mtime, bytes.at, bytes.len, err);
}

static int take_fact(struct parent *p, struct wire_in *in, struct hz_error *err)
{
    bool sound;
    int code = in->type == WIRE_FACT ? fact_take_row(in, p->listener, &sound, err)
                                     : fact_take_listing(in, p->listener, &sound, err);

    return sound ? code : nonsense(err);
}

static int take_error(struct wire_in *in, struct hz_error *err)
{
    uint32_t code = wire_get_u32(in);
    const char *text = wire_get_string(in);

    if (!wire_done(in) || !text || !code || code > -(int)HZ_E_CHANGED)
        return nonsense(err);
    return hz_error_set(err, (enum hz_code)(-(int)code), "%s", text);
}

static int take_jail(struct parent *p, struct wire_in *in, struct hz_error *err)
{
    p->account->jail = wire_get_u32(in);
    p->jailed = true;
    return wire_done(in) ? HZ_OK : nonsense(err);
}

static int take(struct parent *p, struct wire_in *in, struct hz_error *err)
{
    if (p->finished || (!p->jailed && in->type != WIRE_JAIL && in->type != WIRE_ERROR))
        return nonsense(err);
    switch (in->type) {
    case WIRE_JAIL:
        return p->jailed ? nonsense(err) : take_jail(p, in, err);
    case WIRE_FILE:
        return take_file(p, in, err);
    case WIRE_DATA:
        return take_data(p, in, err);
    case WIRE_FILE_END:
        return take_file_end(p, in, err);
    case WIRE_FACT:
    case WIRE_LISTING:
        return take_fact(p, in, err);
    case WIRE_ROW:
        return take_row(p, in, err);
    case WIRE_WHY:
        return take_why(p, in, err);
    case WIRE_ACQUISITION:
        return take_acquisition(p, in, err);
    case WIRE_SIGNATURE:
        return take_signature(p, in, err);
    case WIRE_PART:
        return take_part(p, in, err);
    case WIRE_DISCLOSED:
        return reader_take_disclosed(in, &p->account->disclosed) ? HZ_OK : refused(in, err);
    case WIRE_FINDING:
        return take_finding(p, in, &p->account->result.findings, err);
    case WIRE_NOTICE:
        return take_finding(p, in, &p->account->result.notices, err);
    case WIRE_RESULT:
        return take_result(p, in, err);
    case WIRE_ERROR:
        return take_error(in, err);
    }
    return nonsense(err);
}

static int cut_short(struct account *account, struct hz_error *err)
{
    account->cut_short = true;
    return hz_error_set(err, HZ_E_IO, _("the sandboxed reader ended before its work was done"));
}

int reader_listen(int fd, const struct reader_listener *listener, struct account *account, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf payload = BUF_INIT(WIRE_PAYLOAD_MAX);
    struct parent p = { .listener = listener, .account = account };
    struct wire_in in;
    bool ended;
    int code;

    for (;;) {
        code = wire_receive(fd, &payload, &in, &ended, err);
        if (!code && ended)
            return p.finished ? HZ_OK : cut_short(account, err);
        if (!code)
            code = take(&p, &in, err);
        if (code)
            return code;
    }
}

/* In the child: nothing stays open but the bundle and the pipe. */
static int serve(void *argument, int write_end)
{
    const struct reader_job *job = argument;

#ifndef HOZEN_SANITIZED /* a sanitizer must be able to say what it found */
    child_close_others(job->fd, write_end);
#endif
    return reader_serve(job, write_end);
}

int reader_run(int fd, const struct reader_listener *listener, struct account *account, struct hz_error *err)
{
    struct reader_job job = { .fd = fd,
                              .want_data = listener->file,
                              .want_rows = listener->row,
                              .want_facts = listener->fact,
                              .want_whys = listener->why,
                              .leave = listener->leave,
                              .leave_context = listener->context,
                              .disclose = listener->disclose,
                              .jail = true,
                              .workers = listener->leave ? 0 : r_pool_processors() };
    HZ_CLEANUP(io_close) int read_end = -1;
    int code, waited, status;
    pid_t pid;

    code = child_fork(serve, &job, &pid, &read_end, err);
    if (code)
        return code;
    code = child_await(read_end, START_SECONDS, err);
    if (code)
        hz_error_context(err, "%s", _("the sandboxed reader does not start"));
    else
        code = reader_listen(read_end, listener, account, err);
    if (code && !account->cut_short) {
        child_kill(pid);
        return code;
    }
    waited = child_wait(pid, &status, err);
    if (waited)
        return waited;
    if (status > 128)
        return hz_error_set(err, HZ_E_IO, _("the sandboxed reader was killed by signal %d; nothing can be told"),
                            status - 128);
    if (code && child_unheard_errno(status))
        return hz_error_sys(err, HZ_E_IO, child_unheard_errno(status),
                            _("the sandboxed reader ended before its work was done"));
    return code;
}
