#include <stdlib.h>
#include <string.h>

#include "base/io_rw.h"
#include "base/lang.h"
#include "base/text.h"
#include "cli/out.h"
#include "custody/cmd_result.h"
#include "custody/project_node.h"
#include "custody/timestamp.h"
#include "formats/read/checkpoint.h"

struct work {
    struct store *store; /* owned, and the next ones */
    struct actor actor;
    struct r_timestamp_roots *roots;
    struct buf text, token;
    struct r_checkpoint stated;
    struct r_timestamp said;
    struct head head;
};

static void release(struct work *w)
{
    actor_free(&w->actor);
    store_close(w->store);
    r_timestamp_roots_free(w->roots);
    buf_free(&w->text);
    buf_free(&w->token);
}

/* The checkpoint must be the log's own, as the audit will ask. */
static int check_checkpoint(struct work *w, const char *path, struct hz_error *err)
{
    unsigned char root[W_DIGEST_SIZE];
    struct w_proof_tree tree = project_tree(w->store);
    int rc = r_checkpoint_parse(&w->stated, w->text.data, w->text.len, err);

    if (rc == HZ_OK && strcmp(w->stated.ledger, w->head.ledger) != 0)
        return hz_error_set(err, HZ_E_INVALID, _("%s: is a checkpoint of another ledger"), path);
    if (rc == HZ_OK && w->stated.size > w->head.size)
        return hz_error_set(err, HZ_E_INVALID, _("%s: is of a larger log; run hozen custody audit --checkpoint %s"),
                            path, path);
    if (rc == HZ_OK)
        rc = w_proof_root(&tree, w->stated.size, root, err);
    if (rc == HZ_OK && memcmp(root, w->stated.root, sizeof root) != 0)
        return hz_error_set(err, HZ_E_INVALID, _("%s: is not of this log; run hozen custody audit --checkpoint %s"),
                            path, path);
    return rc == HZ_OK ? rc : hz_error_context(err, "%s", path);
}

static int read_files(const struct cli_args *args, struct work *w, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf beside = BUF_INIT(32768);
    HZ_CLEANUP(timestamp_free) struct timestamp_targets target = { 0 };
    const char *path = cli_operand(args, 0), *token = cli_value(args, "token");
    int rc = io_read_file(path, &w->text, err);

    if (rc == HZ_OK)
        rc = timestamp_find(&target, path, err);
    if (rc == HZ_OK)
        rc = check_checkpoint(w, path, err);
    buf_printf(&beside, "%s.tsr", path);
    if (rc == HZ_OK && token == NULL && (token = buf_text(&beside)) == NULL)
        rc = buf_check(&beside, err);
    if (rc == HZ_OK)
        rc = io_read_file(token, &w->token, err);
    if (rc != HZ_OK)
        return rc;
    rc = timestamp_judge(&target.list[0], &w->token, NULL, w->roots, &w->said, err);
    if (rc == HZ_OK)
        rc = timestamp_clock(&w->said, err);
    return rc == HZ_OK ? rc : hz_error_context(err, "%s", token);
}

static int record(struct work *w, struct hz_error *err)
{
    HZ_CLEANUP(actor_signed_free) struct actor_signed made = { 0 };
    HZ_CLEANUP(buf_free) struct buf root = BUF_INIT(64);
    struct w_statement s = actor_statement(&w->actor, "timestamp", w->head.ledger);
    struct w_signed content = { .statement = &made.statement, .signature_count = 1 };
    int rc;

    text_base64(&root, w->stated.root, sizeof w->stated.root);
    s.body.checkpoint = (struct w_seen) { true, true, w->stated.size, buf_text(&root) };
    s.body.token = &w->token;
    rc = actor_sign_statement(&w->actor, &s, &made, err);
    if (rc != HZ_OK)
        return rc;
    content.signatures[0] = (const char *)made.armour.data;
    return append_one(w->store, &content, &w->head, err);
}

static int print(const struct cli_args *args, const struct work *w, struct hz_error *err)
{
    struct cmd_result result = {
        .head = &w->head, .entered = true, .entry = w->head.size - 1, .key = w_key_fingerprint(w->actor.key)
    };
    char time[STAMP_SIZE];

    if (cli_flag(args, "json"))
        return cmd_result_json(args, &result, err);
    stamp_format(time, w->said.time);
    cli_out_field(stdout, CLI_OUT_LABELS, _("stamped"), time);
    cli_out_field(stdout, CLI_OUT_LABELS, _("authority"), w->said.authority[0] != '\0' ? w->said.authority : NULL);
    cmd_print_head(&w->head);
    return HZ_OK;
}

static int run(const struct cli_args *args, struct hz_error *err)
{
    HZ_CLEANUP(release) struct work w = { .text = BUF_INIT(R_CHECKPOINT_MAX), .token = BUF_INIT(R_TIMESTAMP_MAX) };
    int rc = timestamp_roots(cli_value(args, "roots"), &w.roots, err);

    if (rc == HZ_OK)
        rc = cmd_open(args, &w.store, &w.actor, err);
    if (rc == HZ_OK)
        rc = append_head(w.store, &w.head, err);
    if (rc == HZ_OK)
        rc = read_files(args, &w, err);
    if (rc == HZ_OK)
        rc = record(&w, err);
    if (rc == HZ_OK)
        rc = cmd_seal(args, w.store, &w.head, &w.actor, err);
    return rc == HZ_OK ? print(args, &w, err) : rc;
}

int cmd_custody_timestamp(const struct cli_args *args)
{
    struct hz_error err = { 0 };

    cli_note_sandbox(args);
    return run(args, &err) == HZ_OK ? HZ_EXIT_OK : cli_fail(args, &err);
}
