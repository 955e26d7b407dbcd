#include <stdio.h>
#include <string.h>

#include "base/io_open.h"
#include "base/json_out.h"
#include "base/lang.h"
#include "base/text.h"
#include "cli/out.h"
#include "verify/commands.h"
#include "verify/disclose.h"
#include "verify/report.h"
#include "verify/rows_cut.h"

#define LINE_MAX ((size_t)4 * 1024 * 1024)

static void free_work(struct work **w)
{
    work_free(*w);
}

/* d->path: as it was named, or found by its host path in a first run over the lists */
static int choose(const struct cli_args *args, struct disclose *d, struct hz_error *err)
{
    const char *bundle = cli_operand(args, 0), *wanted = cli_operand(args, 1);
    HZ_CLEANUP(io_close) int fd = -1;
    int code = disclose_check(wanted, err);

    if (code)
        return code;
    if (wanted[0] != '/') {
        memcpy(d->path, wanted, strlen(wanted) + 1);
        return HZ_OK;
    }
    if (strcmp(bundle, "-") == 0)
        return hz_error_set(err, HZ_E_USAGE,
                            _("a bundle from standard input is read once: say the name in the bundle, data/..."));
    code = r_hash_start(err);
    if (!code)
        code = io_open_input(bundle, &fd, err);
    if (!code)
        code = disclose_find(fd, wanted, d->path, err);
    return code;
}

static int put_json(const struct disclose *d, const struct account *made, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf line = BUF_INIT(LINE_MAX), to = BUF_INIT(LINE_MAX);
    char content_id[R_SHA256_HEX], file[R_SHA256_HEX], disclosed[R_SHA256_HEX];
    struct json_out json;

    text_hex(content_id, made->result.content_id, R_SHA256_SIZE);
    text_hex(file, made->result.file_sha256, R_SHA256_SIZE);
    text_hex(disclosed, made->disclosed.sha256, R_SHA256_SIZE);
    text_to_utf8(&to, d->to, strlen(d->to));
    json_init(&json, &line);
    json_object(&json);
    json_member_string(&json, "content_id", content_id);
    json_member_string(&json, "disclosure", buf_text(&to));
    json_member_string(&json, "file_sha256", file);
    json_member_string(&json, "method", made->disclosed.method);
    json_member_string(&json, "path", made->disclosed.path);
    if (account_disclosed_cut(&made->disclosed))
        json_member_decimal(&json, "real_size", made->disclosed.real_size);
    json_member_string(&json, "schema", "hozen-disclose/1");
    json_member_string(&json, "sha256", disclosed);
    json_member_decimal(&json, "size", made->disclosed.size);
    json_member_string(&json, "status", made->disclosed.status);
    json_object_end(&json);
    if (to.failed)
        return buf_check(&to, err);
    if (json_check(&json, err))
        return (int)HZ_E_NOMEM;
    cli_out_line(stdout, &line);
    return HZ_OK;
}

/* What the receiver of the file should know of it */
static void tell_lack(const struct cli_args *args, const struct account_disclosed *d)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(1024);

    if (account_disclosed_cut(d)) {
        rows_cut_text(&text, text_equal(d->status, "limited"), d->size, d->real_size);
        cli_note(args, "%s: %s", d->path, text.len ? buf_text(&text) : "");
    }
    if (account_disclosed_unlocked(d))
        cli_note(args, "%s: %s", d->path, _("copied without a lock: such a copy can be torn"));
}

static void tell(const struct cli_args *args, const struct work *w, const struct disclose *d,
                 const struct account *made)
{
    size_t i, beside = 0;

    for (i = 0; i < w->verdict.signer_count; i++)
        beside += w->verdict.signers[i].sidecar != NULL;
    cli_note(args, _("%s, %llu bytes, is in %s with the proof that it belongs to %s; hozen verify checks it"), d->path,
             (unsigned long long)made->disclosed.size, d->to, d->item);
    tell_lack(args, &made->disclosed);
    if (beside)
        cli_note(args,
                 _("signatures that lie beside the bundle are not in it: hand them along, for verify --signature"));
    if (!w->policy.use.signers)
        cli_note(args, _("nobody was named whom you trust (--signers): who signed the bundle was not checked"));
}

static int finish(const struct cli_args *args, struct work *w, struct disclose *d, struct account *made,
                  struct hz_error *err)
{
    int code;

    if (!work_may_appear(w)) {
        report_findings(stderr, &w->account);
        cli_note(args, _("%s: nothing is disclosed, since the bundle is not verified"), cli_operand(args, 0));
        return w->verdict.answer == VERDICT_FAILED ? HZ_EXIT_FINDINGS : HZ_EXIT_FAILED;
    }
    code = disclose_finish(d, &w->account, made, err);
    if (!code)
        code = disclose_commit(d, err);
    if (!code && cli_flag(args, "json"))
        code = put_json(d, made, err);
    if (code)
        return cli_fail(args, err);
    tell(args, w, d, made);
    return HZ_EXIT_OK;
}

static int run(const struct cli_args *args, struct work *w, struct disclose *d, struct hz_error *err)
{
    struct reader_listener listener = disclose_listener(d);
    struct policy_order order = cmd_order(args);
    HZ_CLEANUP(account_free) struct account made;
    int code;

    account_init(&made);
    code = work_run(w, &order, &listener, err);
    if (!code && w->account.result.disclosure)
        code = hz_error_set(err, HZ_E_UNSUPPORTED, _("%s is a disclosure of one file, not a bundle"), order.bundle);
    return code ? cli_fail(args, err) : finish(args, w, d, &made, err);
}

int cmd_disclose(const struct cli_args *args)
{
    HZ_CLEANUP(disclose_abort) struct disclose d = DISCLOSE_INIT;
    HZ_CLEANUP(free_work) struct work *w = NULL;
    struct hz_error err = { .code = HZ_OK };
    int code = choose(args, &d, &err);

    if (!code)
        code = work_new(&w, &err);
    if (!code)
        code = disclose_begin(&d, cli_value(args, "to"), &err);
    return code ? cli_fail(args, &err) : run(args, w, &d, &err);
}
