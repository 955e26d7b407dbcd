#include "custody/cmd_result.h"

#include "base/text.h"
#include "cli/out.h"

static void write_evidence(struct json_out *j, const struct verifier *v)
{
    if (v == NULL || v->verdict == NULL)
        return;
    json_key(j, "evidence");
    json_object(j);
    json_member_string(j, "authenticity", v->authenticity);
    json_member_string(j, "content_id", v->content_id);
    json_member_string(j, "file_sha256", v->file_sha256);
    json_key(j, "findings");
    json_array(j);
    for (size_t i = 0; i < v->finding_count; i++)
        json_string(j, v->findings[i]);
    json_array_end(j);
    json_member_string(j, "integrity", v->integrity);
    json_member_string(j, "verdict", v->verdict);
    json_object_end(j);
}

static void write_files(struct json_out *j, const struct cmd_result *r)
{
    if (r->files[0].path == NULL)
        return;
    json_key(j, "files");
    json_object(j);
    for (size_t i = 0; i < CMD_RESULT_FILES && r->files[i].path != NULL; i++)
        cmd_json_path(j, r->files[i].kind, r->files[i].path);
    json_object_end(j);
}

static void write_head(struct json_out *j, const struct head *head)
{
    HZ_CLEANUP(buf_free) struct buf root = BUF_INIT(64);

    if (head == NULL)
        return;
    text_base64(&root, head->root, sizeof head->root);
    json_key(j, "head");
    json_object(j);
    json_key(j, "root");
    json_string_n(j, root.data, root.len);
    json_member_decimal(j, "size", head->size);
    json_object_end(j);
}

static void write_offer(struct json_out *j, const struct cmd_answer *a)
{
    if (a == NULL)
        return;
    json_key(j, "offer");
    json_object(j);
    json_member_string(j, "checkpoint", a->history.verified ? "verified" : "first-seen");
    if (cmd_answer_renamed(a))
        json_member_string(j, "item", a->handoff.offer.statement.item);
    json_member_string(j, "key", a->handoff.offer.statement.actor.key);
    json_member_string(j, "ledger", a->handoff.offer.checkpoint.ledger);
    json_object_end(j);
}

static void write_witnessed(struct json_out *j, const struct cmd_result *r)
{
    HZ_CLEANUP(buf_free) struct buf root = BUF_INIT(64);
    const struct r_checkpoint *stated = r->witnessed.stated;

    if (stated == NULL)
        return;
    text_base64(&root, stated->root, sizeof stated->root);
    json_key(j, "witnessed");
    json_object(j);
    json_member_string(j, "ledger", stated->ledger);
    json_key(j, "root");
    json_string_n(j, root.data, root.len);
    json_member_decimal(j, "size", stated->size);
    json_member_string(j, "status", r->witnessed.status);
    json_object_end(j);
}

static void write_signed_by(struct json_out *j, const struct cosign *c)
{
    if (c == NULL)
        return;
    json_key(j, "signed_by");
    json_array(j);
    for (size_t i = 0; i < c->count; i++)
        json_string(j, c->by[i].key);
    json_array_end(j);
}

/* The statement's own bytes are canonical JSON and stand in it as they are. */
static void write_statement(struct json_out *j, const struct cosign *c)
{
    HZ_CLEANUP(buf_free) struct buf own = BUF_INIT(W_STATEMENT_MAX + 1);

    if (c == NULL)
        return;
    buf_put(&own, c->statement.data, c->statement.len);
    if (buf_text(&own) == NULL) {
        j->out->failed = own.failed;
        return;
    }
    json_key(j, "statement");
    json_raw(j, (const char *)own.data);
}

struct cmd_result cmd_result_answer(const struct cmd_answer *a, const char *answer)
{
    bool recorded = a->head.size > 0;

    return (struct cmd_result) { .head = recorded ? &a->head : NULL,
                                 .entered = recorded,
                                 .entry = a->again   ? a->entry
                                          : recorded ? a->head.size - 1
                                                     : 0,
                                 .item = cmd_answer_renamed(a) ? a->local : a->handoff.offer.statement.item,
                                 .key = w_key_fingerprint(a->actor.key),
                                 .answer = answer,
                                 .evidence = &a->seen,
                                 .offer = a,
                                 .files = { { "receipt", cli_value(a->args, "out") } } };
}

int cmd_result_json(const struct cli_args *args, const struct cmd_result *r, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf line = BUF_INIT(1 << 20);
    struct json_out j;
    int rc;

    json_init(&j, &line);
    json_object(&j);
    json_member_string(&j, "answer", r->answer);
    json_member_string(&j, "command", args->command->name);
    if (r->entered)
        json_member_int(&j, "entry", (int64_t)r->entry);
    write_evidence(&j, r->evidence);
    json_member_string(&j, "file_sha256", r->file_sha256);
    write_files(&j, r);
    write_head(&j, r->head);
    json_member_string(&j, "item", r->item);
    json_member_string(&j, "key", r->key);
    json_member_string(&j, "ledger", r->head != NULL ? r->head->ledger : NULL);
    write_offer(&j, r->offer);
    if (r->partial)
        json_member_bool(&j, "partial", true);
    json_member_string(&j, "schema", "hozen-custody-result/1");
    write_signed_by(&j, r->signed_as);
    write_statement(&j, r->signed_as);
    write_witnessed(&j, r);
    json_object_end(&j);
    rc = json_check(&j, err);
    if (rc == HZ_OK)
        cli_out_line(stdout, &line);
    return rc;
}
