#include <string.h>

#include "base/lang.h"
#include "base/text.h"
#include "cli/out.h"
#include "custody/cmd_archive.h"
#include "custody/cmd_result.h"
#include "custody/timestamp.h"

struct renewal {
    struct cmd_archive w;
    struct r_timestamp_roots *roots;
    struct buf text, token; /* the checkpoint, and what the authority says of it */
    struct r_timestamp said;
};

static void renewal_free(struct renewal *r)
{
    cmd_archive_free(&r->w);
    r_timestamp_roots_free(r->roots);
    buf_free(&r->text);
    buf_free(&r->token);
}

static int stamp(struct renewal *r, struct hz_error *err)
{
    struct timestamp_target target = { 0 };
    int rc = checkpoint_text(&r->w.head, &r->text, err);

    if (rc != HZ_OK)
        return rc;
    r_hash_sha256(target.digest, r->text.data, r->text.len);
    rc = timestamp_ask(&target, cli_value(r->w.args, "authority"), r->roots, &r->token, &r->said, err);
    return rc == HZ_OK ? timestamp_clock(&r->said, err) : rc;
}

static int record(struct renewal *r, uint64_t *entry, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf root = BUF_INIT(64);
    struct w_statement s = cmd_archive_statement(&r->w, "timestamp", NULL);

    text_base64(&root, r->w.head.root, sizeof r->w.head.root);
    s.body.checkpoint = (struct w_seen) { true, true, r->w.head.size, buf_text(&root) };
    s.body.token = &r->token;
    return cmd_archive_record(&r->w, &s, entry, err);
}

static int print(const struct renewal *r, uint64_t entry, struct hz_error *err)
{
    struct cmd_result result = {
        .head = &r->w.head, .entered = true, .entry = entry, .key = w_key_fingerprint(r->w.actor.key)
    };
    char time[STAMP_SIZE];

    if (cli_flag(r->w.args, "json"))
        return cmd_result_json(r->w.args, &result, err);
    stamp_format(time, r->said.time);
    cli_out_field(stdout, CLI_OUT_LABELS, _("stamped"), time);
    cli_out_field(stdout, CLI_OUT_LABELS, _("authority"), r->said.authority[0] != '\0' ? r->said.authority : NULL);
    cmd_print_head(&r->w.head);
    return HZ_OK;
}

static int run(struct renewal *r, struct hz_error *err)
{
    uint64_t entry = 0;
    int rc = timestamp_roots(cli_value(r->w.args, "roots"), &r->roots, err);

    if (rc == HZ_OK)
        rc = cmd_archive_begin(&r->w, false, err);
    if (rc == HZ_OK)
        rc = stamp(r, err);
    if (rc == HZ_OK)
        rc = record(r, &entry, err);
    return rc == HZ_OK ? print(r, entry, err) : rc;
}

int cmd_archive_renew(const struct cli_args *args)
{
    HZ_CLEANUP(renewal_free)
    struct renewal r = { .w.args = args, .text = BUF_INIT(4096), .token = BUF_INIT(R_TIMESTAMP_MAX) };
    struct hz_error err = { 0 };

    cli_note_sandbox(args);
    return run(&r, &err) == HZ_OK ? HZ_EXIT_OK : cli_fail(args, &err);
}
