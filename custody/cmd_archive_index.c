#include <string.h>

#include "base/io_commit.h"
#include "base/io_rw.h"
#include "base/lang.h"
#include "base/text.h"
#include "cli/out.h"
#include "custody/cmd_archive.h"
#include "custody/cmd_result.h"
#include "formats/read/entry.h"

#define INDEX_MAX ((size_t)256 << 20)

/* All that lies there but the evidence record, which is another one after each renewal. */
static void beside(struct json_out *j, const struct archive_copy *c)
{
    bool some = false;

    for (size_t i = 0; i < c->beside_count; i++) {
        const struct archive_beside *b = &c->beside[i];
        if (b->record)
            continue;
        if (!some) {
            json_key(j, "beside");
            json_array(j);
            some = true;
        }
        json_object(j);
        json_member_string(j, "file", b->file);
        json_member_string(j, "sha256", b->sha256);
        json_member_string(j, "version", b->version);
        json_object_end(j);
    }
    if (some)
        json_array_end(j);
}

/* Where it lies and what keeps it there, as the entry says that made it. */
static void sealed(struct json_out *j, const struct archive_copy *c)
{
    char until[STAMP_SIZE];

    if (c->target == NULL)
        return;
    stamp_format(until, c->retain_until);
    json_key(j, "sealed");
    json_object(j);
    beside(j, c);
    json_member_string(j, "file", c->file);
    json_member_string(j, "legal_hold", c->hold ? "yes" : NULL);
    json_member_string(j, "parity", c->parity);
    json_member_string(j, "retain_until", c->retain_until.seconds != 0 ? until : NULL);
    if (c->size > 0)
        json_member_decimal(j, "size", c->size);
    json_member_string(j, "target", c->target);
    json_member_string(j, "version", c->version);
    json_member_string(j, "volume", c->volume);
    json_object_end(j);
}

/* The digest of the evidence record that the latest renewal put there; NULL: none. */
static const char *record(const struct archive_copy *c)
{
    for (size_t i = 0; i < c->beside_count; i++)
        if (c->beside[i].record)
            return c->beside[i].sha256;
    return NULL;
}

static int put_copy(struct buf *out, const struct archive_copy *c, struct hz_error *err)
{
    struct json_out j;

    json_init(&j, out);
    json_object(&j);
    json_member_string(&j, "case", c->case_id);
    if (c->was_checked)
        json_member_int(&j, "checked", (int64_t)c->checked);
    json_member_string(&j, "content_id", c->content_id);
    json_member_string(&j, "copy", c->copy);
    json_member_string(&j, "integrity", c->integrity);
    json_member_string(&j, "item", c->item);
    json_member_int(&j, "made", (int64_t)c->made);
    json_member_string(&j, "medium", c->medium);
    json_member_string(&j, "place", c->place);
    json_member_string(&j, "record", record(c));
    sealed(&j, c);
    json_member_string(&j, "sha256", c->sha256);
    json_object_end(&j);
    buf_putc(out, '\n');
    return json_check(&j, err);
}

static int put_head(struct buf *out, const struct cmd_archive *w, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf root = BUF_INIT(64);
    char now[STAMP_SIZE];
    struct json_out j;

    text_base64(&root, w->head.root, sizeof w->head.root);
    stamp_format(now, stamp_now());
    json_init(&j, out);
    json_object(&j);
    json_key(&j, "checkpoint");
    json_object(&j);
    json_key(&j, "root");
    json_string_n(&j, root.data, root.len);
    json_member_decimal(&j, "size", w->head.size);
    json_object_end(&j);
    json_member_string(&j, "key", w_key_fingerprint(w->actor.key));
    json_member_string(&j, "ledger", w->head.ledger);
    json_member_string(&j, "name", w->actor.person.name);
    json_member_string(&j, "schema", "hozen-archive-index/1");
    json_member_string(&j, "time", now);
    json_object_end(&j);
    buf_putc(out, '\n');
    return json_check(&j, err);
}

static int put_end(struct buf *out, size_t copies, struct hz_error *err)
{
    struct json_out j;

    json_init(&j, out);
    json_object(&j);
    json_member_decimal(&j, "copies", copies);
    json_object_end(&j);
    buf_putc(out, '\n');
    return json_check(&j, err);
}

static int build(struct cmd_archive *w, struct buf *out, size_t *count, struct hz_error *err)
{
    HZ_CLEANUP(archive_held_free) struct archive_held held = { 0 };
    int rc = store_snapshot(w->store, err);

    if (rc == HZ_OK)
        rc = append_head(w->store, &w->head, err);
    if (rc == HZ_OK)
        rc = archive_held_load(&held, w->store, NULL, err);
    store_rollback(w->store);
    if (rc == HZ_OK)
        rc = put_head(out, w, err);
    for (size_t i = 0; rc == HZ_OK && i < held.count; i++)
        rc = put_copy(out, &held.list[i], err);
    *count = held.count;
    return rc == HZ_OK ? put_end(out, held.count, err) : rc;
}

static int write_both(struct cmd_archive *w, const struct buf *text, struct buf *signature, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf armour = BUF_INIT(8192);
    HZ_CLEANUP(io_partial_abort) struct io_partial index = { -1, -1, NULL, NULL };
    HZ_CLEANUP(io_partial_abort) struct io_partial beside = { -1, -1, NULL, NULL };
    const char *file = cli_operand(w->args, 0);
    int rc = actor_sign(&w->actor, R_LEDGER_NAMESPACE, text, &armour, err);

    buf_printf(signature, "%s.%s.sshsig", file, w_key_id(w->actor.key));
    if (rc == HZ_OK && buf_text(signature) == NULL)
        rc = buf_check(signature, err);
    if (rc == HZ_OK) /* both names are free, or nothing is written */
        rc = io_partial_restart(&index, file, 0644, err);
    if (rc == HZ_OK)
        rc = io_partial_restart(&beside, (const char *)signature->data, 0644, err);
    if (rc == HZ_OK)
        rc = io_write(index.fd, text->data, text->len, err);
    if (rc == HZ_OK)
        rc = io_write(beside.fd, armour.data, armour.len, err);
    if (rc == HZ_OK)
        rc = io_partial_commit(&index, err);
    return rc == HZ_OK ? io_partial_commit(&beside, err) : rc;
}

static int print(const struct cmd_archive *w, size_t count, const struct buf *signature, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf copies = BUF_INIT(64);
    struct cmd_result result = { .head = &w->head,
                                 .key = w_key_fingerprint(w->actor.key),
                                 .files = { { "index", cli_operand(w->args, 0) },
                                            { "signature", (const char *)signature->data } } };

    if (cli_flag(w->args, "json"))
        return cmd_result_json(w->args, &result, err);
    buf_decimal(&copies, count);
    cli_out_field(stdout, CLI_OUT_LABELS, _("copies"), buf_text(&copies));
    cli_out_field(stdout, CLI_OUT_LABELS, _("index"), result.files[0].path);
    cli_out_field(stdout, CLI_OUT_LABELS, _("signature"), result.files[1].path);
    cmd_print_head(&w->head);
    return HZ_OK;
}

int cmd_archive_index(const struct cli_args *args)
{
    HZ_CLEANUP(cmd_archive_free) struct cmd_archive w = { .args = args };
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(INDEX_MAX);
    HZ_CLEANUP(buf_free) struct buf signature = BUF_INIT(16384);
    struct hz_error err = { 0 };
    size_t count = 0;
    int rc = cmd_archive_begin(&w, false, &err);

    if (rc == HZ_OK)
        rc = build(&w, &text, &count, &err);
    if (rc == HZ_OK)
        rc = write_both(&w, &text, &signature, &err);
    if (rc == HZ_OK)
        rc = print(&w, count, &signature, &err);
    return rc == HZ_OK ? HZ_EXIT_OK : cli_fail(args, &err);
}
