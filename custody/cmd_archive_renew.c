#include <stdlib.h>
#include <string.h>

#include "base/lang.h"
#include "base/text.h"
#include "cli/out.h"
#include "custody/cmd_archive.h"
#include "custody/cmd_archive_widen.h"
#include "custody/cmd_result.h"
#include "custody/timestamp_offline.h"

struct renewal {
    struct cmd_archive w;
    struct r_timestamp_roots *roots;
    struct archive_held held;
    struct cmd_archive_targets targets;
    struct archive_records records;
    struct w_ers_tree *tree;
    struct timestamp_target target; /* the root of the tree */
    struct buf answer;
    struct r_timestamp said;
    struct w_recorded batch[R_STATEMENT_CHECKS];
    char digests[R_STATEMENT_CHECKS][W_DIGEST_HEX], versions[R_STATEMENT_CHECKS][ARCHIVE_VERSION];
    size_t batched, written;
    uint64_t entry;
    bool *skipped; /* of each copy held: what lies beside it stays as it is; owned */
    bool left_out; /* a copy could not be reached, its record not be gone on with or written, or one is lost */
};

static void renewal_free(struct renewal *r)
{
    free(r->skipped);
    archive_record_free(&r->records);
    archive_held_free(&r->held);
    cmd_archive_targets_free(&r->targets);
    w_ers_tree_free(r->tree);
    cmd_archive_free(&r->w);
    r_timestamp_roots_free(r->roots);
    buf_free(&r->answer);
}

static void leave_out(struct renewal *r, const struct archive_copy *c, const char *why)
{
    r->left_out = true;
    cli_message(r->w.args->command->program, "%s, %s: %s", c->item, c->copy, why);
}

/* What is said of a record that is there and is not gone on with; NULL: it is one to go on with. */
static const char *fault(enum archive_record_use use, bool recorded, const struct archive_record *one)
{
    if (use == ARCHIVE_RECORD_VOID)
        return _("the evidence record beside it does not hold");
    if (use == ARCHIVE_RECORD_WIDE)
        return _("the evidence record beside it is of SHA-512; no copy that is there has the recorded bytes to hold it "
                 "against");
    if (use == ARCHIVE_RECORD_FULL)
        return _("this program cannot go on with the evidence record beside it");
    return one->named && !recorded ? _("the evidence record beside it is not the one that the ledger names") : NULL;
}

/* What lies beside a copy: a record to go on with, or none. What somebody put there on one medium is left there, and
 * does not keep the others from being renewed. */
static int look(struct renewal *r, struct archive_record *one, const struct archive_copy *c, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf bytes = BUF_INIT(W_ERS_MAX);
    struct cmd_archive_reached *reached;
    struct hz_error why = { 0 };
    enum archive_record_use use = ARCHIVE_RECORD_GOOD;
    const char *said;
    bool recorded = false, *skip = &r->skipped[c - r->held.list];
    int rc = cmd_archive_target(&r->targets, r->w.args, c, &reached, err);

    if (rc != HZ_OK)
        return rc;
    if (!reached->there) {
        r->left_out = true;
        return HZ_OK;
    }
    rc = archive_attach_read(&reached->target, c, &bytes, &why);
    if (rc == HZ_OK && archive_record_offer(one, &bytes, r->roots, &use, &recorded, err) != HZ_OK)
        return err->code;
    if (rc == HZ_OK && use == ARCHIVE_RECORD_WIDE && cmd_archive_widen(one, &r->targets, r->w.args, &why) == HZ_OK &&
        archive_record_offer(one, &bytes, r->roots, &use, &recorded, err) != HZ_OK)
        return err->code;
    *skip = rc == HZ_OK ? use == ARCHIVE_RECORD_FULL || use == ARCHIVE_RECORD_WIDE : rc != HZ_E_NOTFOUND;
    one->kept = one->kept || (*skip && recorded);
    one->reached = one->reached || !*skip;
    said = rc == HZ_OK ? fault(use, recorded, one) : rc == HZ_E_NOTFOUND ? NULL : why.text;
    if (said != NULL)
        cli_message(r->w.args->command->program, "%s, %s: %s", c->item, c->copy, said);
    r->left_out = r->left_out || *skip;
    return HZ_OK;
}

/* From where the record goes on, where that is not its end and proven. */
static int settle(struct renewal *r, struct archive_record *one, struct hz_error *err)
{
    const char *item = one->copies->item;
    size_t cut;
    int rc = archive_record_settle(one, r->roots, &cut, err);

    if (rc != HZ_OK)
        return rc;
    if (cut > 0)
        cli_note(
            r->w.args,
            _("%s: the last %zu time stamps of its evidence record are left out of the new one: without them it is "
              "proven, and from an earlier time"),
            item, cut);
    else if (one->found.len > 0 && one->said.status == R_ERS_LAPSED)
        cli_note(r->w.args, _("%s: the time stamps of its evidence record have run out; it goes on from now"), item);
    else if (one->found.len > 0 && one->said.status == R_ERS_UNPROVEN)
        cli_note(
            r->w.args,
            _("%s: its evidence record leads to none of the certificates given; it is gone on with, and proves from "
              "now on"),
            item);
    return rc;
}

static int find(struct renewal *r, struct hz_error *err)
{
    int rc = archive_record_group(&r->records, &r->held, err);

    for (size_t i = 0; rc == HZ_OK && i < r->records.count; i++) {
        struct archive_record *one = &r->records.list[i];
        for (size_t k = 0; rc == HZ_OK && k < one->copy_count; k++)
            rc = look(r, one, &one->copies[k], err);
        one->reached = one->reached && !one->kept;
        if (rc == HZ_OK && one->reached && one->named && !one->recorded) {
            r->left_out = true;
            cli_message(r->w.args->command->program,
                        _("%s: the evidence record that the ledger names lies beside no copy that can be reached; what "
                          "it proved is not gone on with"),
                        one->copies->item);
        }
        if (rc == HZ_OK && one->reached)
            rc = settle(r, one, err);
    }
    return rc;
}

/* Once one of them has SHA-512 all go on with it: there is one tree, and one digest in it. */
static int widen(struct renewal *r, struct hz_error *err)
{
    r->target.wide = cli_value(r->w.args, "digest") != NULL;
    for (size_t i = 0; i < r->records.count; i++)
        r->target.wide = r->target.wide || (r->records.list[i].reached && archive_record_is_wide(&r->records.list[i]));
    for (size_t i = 0; r->target.wide && i < r->records.count; i++) {
        struct archive_record *one = &r->records.list[i];
        struct hz_error why = { 0 };
        int rc;
        if (!one->reached || archive_record_is_wide(one))
            continue;
        rc = cmd_archive_widen(one, &r->targets, r->w.args, &why);
        one->reached = rc == HZ_OK;
        r->left_out = r->left_out || rc != HZ_OK || cmd_archive_widen_unknown(one) > 0;
        if (rc == HZ_E_NOMEM)
            return hz_error_set(err, rc, "%s", why.text);
        if (rc != HZ_OK)
            cli_message(r->w.args->command->program, "%s", why.text);
        else if (cmd_archive_widen_unknown(one) > 0)
            cli_message(r->w.args->command->program,
                        _("%s: %zu of the files beside it cannot be read as they were recorded, and are covered no "
                          "longer"),
                        one->copies->item, cmd_archive_widen_unknown(one));
    }
    return HZ_OK;
}

static int stamp(struct renewal *r, struct hz_error *err)
{
    const char *authority = cli_value(r->w.args, "authority");
    int rc = authority != NULL
                 ? timestamp_ask(&r->target, authority, r->roots, &r->answer, &r->said, err)
                 : timestamp_offline_take(&r->target, cli_value(r->w.args, "response"), cli_value(r->w.args, "query"),
                                          r->roots, &r->answer, &r->said, err);

    return rc == HZ_OK ? timestamp_clock(&r->said, err) : rc;
}

static int flush(struct renewal *r, struct hz_error *err)
{
    struct w_statement s = cmd_archive_statement(&r->w, "renewal", NULL);
    int rc;

    if (r->batched == 0)
        return HZ_OK;
    s.body.records = r->batch;
    s.body.record_count = r->batched;
    s.body.tool = CMD_TOOL;
    s.body.expires = (struct w_time) { .known = r->said.expires.seconds != 0, .at = r->said.expires };
    rc = cmd_archive_record(&r->w, &s, &r->entry, err);
    r->written += r->batched;
    r->batched = 0;
    return rc;
}

static int write_one(struct renewal *r, const struct archive_record *one, const struct archive_copy *c,
                     struct hz_error *err)
{
    struct cmd_archive_reached *reached;
    struct hz_error why = { 0 };
    char *version = r->versions[r->batched];
    bool kept;
    int rc = cmd_archive_target(&r->targets, r->w.args, c, &reached, err);

    if (rc != HZ_OK || !reached->there || r->skipped[c - r->held.list])
        return rc;
    if (archive_attach_write(&reached->target, c, &one->made, version, &kept, &why) != HZ_OK) {
        leave_out(r, c, why.text);
        return HZ_OK;
    }
    if (!kept)
        cli_message(r->w.args->command->program,
                    _("%s, %s: the retention of the copy has ended: the store keeps neither it nor the new evidence "
                      "record from being deleted"),
                    c->item, c->copy);
    rc = w_digest_hex_of(one->made.data, one->made.len, r->digests[r->batched], err);
    r->batch[r->batched] = (struct w_recorded) { .item = c->item,
                                                 .copy = c->copy,
                                                 .sha256 = r->digests[r->batched],
                                                 .version = version[0] != '\0' ? version : NULL };
    r->batched++;
    return rc == HZ_OK && r->batched == R_STATEMENT_CHECKS ? flush(r, err) : rc;
}

/* By item and copy, which is the order of the list. */
static int write_all(struct renewal *r, struct hz_error *err)
{
    int rc = HZ_OK;

    for (size_t i = 0; rc == HZ_OK && i < r->records.count; i++) {
        const struct archive_record *one = &r->records.list[i];
        for (size_t k = 0; rc == HZ_OK && one->reached && k < one->copy_count; k++)
            rc = write_one(r, one, &one->copies[k], err);
    }
    if (rc == HZ_OK)
        rc = flush(r, err);
    if (rc == HZ_OK && r->written == 0)
        return hz_error_set(err, HZ_E_IO, "%s", _("no evidence record could be written"));
    return rc;
}

static int print(const struct renewal *r, struct hz_error *err)
{
    struct cmd_result result = { .head = &r->w.head,
                                 .entered = true,
                                 .entry = r->entry,
                                 .key = w_key_fingerprint(r->w.actor.key),
                                 .partial = r->left_out };
    HZ_CLEANUP(buf_free) struct buf count = BUF_INIT(256);
    char time[STAMP_SIZE];

    if (cli_flag(r->w.args, "json"))
        return cmd_result_json(r->w.args, &result, err);
    stamp_format(time, r->said.time);
    cli_out_field(stdout, CLI_OUT_LABELS, _("stamped"), time);
    cli_out_field(stdout, CLI_OUT_LABELS, _("authority"), r->said.authority[0] != '\0' ? r->said.authority : NULL);
    stamp_format(time, r->said.expires);
    cli_out_field(stdout, CLI_OUT_LABELS, _("renew before"), time);
    buf_printf(&count, _("beside %zu copies"), r->written);
    cli_out_field(stdout, CLI_OUT_LABELS, _("records"), buf_text(&count));
    cmd_print_head(&r->w.head);
    return HZ_OK;
}

static int finish(struct renewal *r, struct hz_error *err)
{
    int rc = stamp(r, err);

    if (rc == HZ_OK)
        rc = archive_record_make(&r->records, r->tree, r->target.wide, &r->answer, r->roots, err);
    if (rc == HZ_OK)
        rc = write_all(r, err);
    return rc == HZ_OK ? print(r, err) : rc;
}

/* Only the question is asked for: what is to be stamped is the same until the archive changes. */
static int ask(const struct renewal *r, struct hz_error *err)
{
    const char *path = cli_value(r->w.args, "query");
    struct cmd_result result = { .head = &r->w.head,
                                 .key = w_key_fingerprint(r->w.actor.key),
                                 .partial = r->left_out,
                                 .files = { { "query", path } } };
    int rc = timestamp_offline_ask(&r->target, path, err);

    if (rc == HZ_OK && cli_flag(r->w.args, "json"))
        return cmd_result_json(r->w.args, &result, err);
    if (rc == HZ_OK)
        cli_out_field(stdout, CLI_OUT_LABELS, _("query"), path);
    return rc;
}

static int run(struct renewal *r, struct hz_error *err)
{
    int rc = timestamp_roots(cli_value(r->w.args, "roots"), &r->roots, err);

    r->target.base = (char *)(uintptr_t)_("what the archive holds now");
    if (rc == HZ_OK)
        rc = cmd_archive_begin(&r->w, false, err);
    if (rc == HZ_OK)
        rc = archive_held_load(&r->held, r->w.store, NULL, err);
    r->skipped = calloc(r->held.count + 1, sizeof *r->skipped);
    if (rc == HZ_OK && r->skipped == NULL)
        rc = hz_error_set(err, HZ_E_NOMEM, "%s", _("out of memory"));
    if (rc == HZ_OK)
        rc = find(r, err);
    if (rc == HZ_OK)
        rc = widen(r, err);
    if (rc == HZ_OK)
        rc = w_ers_tree_new(&r->tree, r->target.wide, err);
    if (rc == HZ_OK)
        rc = archive_record_tree(&r->records, r->tree, r->target.wide, r->target.digest, err);
    if (rc != HZ_OK)
        return rc;
    return cli_value(r->w.args, "authority") == NULL && cli_value(r->w.args, "response") == NULL ? ask(r, err)
                                                                                                 : finish(r, err);
}

int cmd_archive_renew(const struct cli_args *args)
{
    HZ_CLEANUP(renewal_free) struct renewal r = { .w.args = args, .answer = BUF_INIT(R_TIMESTAMP_MAX) };
    struct hz_error err = { 0 };

    cli_note_sandbox(args);
    if (run(&r, &err) != HZ_OK)
        return cli_fail(args, &err);
    return r.left_out ? HZ_EXIT_PARTIAL : HZ_EXIT_OK;
}
