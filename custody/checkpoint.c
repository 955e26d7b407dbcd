#include "custody/checkpoint.h"

#include <string.h>

#include "base/io_commit.h"
#include "base/lang.h"
#include "base/text.h"
#include "formats/read/ledger.h"
#include "formats/write/checkpoint.h"

int checkpoint_text(const struct head *head, struct buf *out, struct hz_error *err)
{
    int rc = w_checkpoint_text(head->ledger, head->size, head->root, out, err);

    if (rc == HZ_OK && buf_text(out) == NULL)
        return buf_check(out, err);
    return rc;
}

static int insert(struct store *s, const struct head *head, const struct buf *text, const struct actor *actor,
                  const struct buf *armour, struct hz_error *err)
{
    HZ_CLEANUP(query_close) struct query q;

    query_open(&q, s, "INSERT INTO checkpoint VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING");
    query_int(&q, 1, head->size);
    query_text(&q, 2, (const char *)text->data);
    query_text(&q, 3, w_key_id(actor->key));
    query_text(&q, 4, (const char *)armour->data);
    return query_run(&q, err);
}

static int refuse(struct store *s, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf names = BUF_INIT(4096);
    int rc = person_checkpoint_signers(s, &names, err);

    if (rc != HZ_OK)
        return rc;
    return hz_error_set(err, HZ_E_DENIED, _("%s: only a checkpoint signer can sign its head: %s"), s->path,
                        buf_text(&names));
}

int checkpoint_sign(struct store *s, const struct head *head, const struct actor *actor, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(W_CHECKPOINT_MAX);
    HZ_CLEANUP(buf_free) struct buf armour = BUF_INIT(8192);
    int rc;

    if (!actor->person.checkpoint_signer)
        return refuse(s, err);
    rc = checkpoint_text(head, &text, err);
    if (rc == HZ_OK)
        rc = actor_sign(actor, R_LEDGER_NAMESPACE, &text, &armour, err);
    if (rc == HZ_OK)
        rc = store_begin(s, err);
    if (rc != HZ_OK)
        return rc;
    rc = insert(s, head, &text, actor, &armour, err);
    if (rc == HZ_OK)
        rc = store_commit(s, err);
    store_rollback(s);
    return rc;
}

void checkpoint_free(struct checkpoint *c)
{
    buf_free(&c->text);
    for (size_t i = 0; i < R_ENTRY_SIGNATURES; i++)
        buf_free(&c->signatures[i]);
    memset(c, 0, sizeof *c);
}

static int take(struct buf *out, const char *text, struct hz_error *err)
{
    buf_init(out, 8192);
    buf_puts(out, text);
    buf_text(out);
    return buf_check(out, err);
}

static int take_row(const struct query *q, struct checkpoint *c, struct hz_error *err)
{
    const char *keyid = query_get_text(q, 2);
    unsigned char id[R_SHA256_SIZE];
    int rc = HZ_OK;

    if (c->count == 0)
        rc = take(&c->text, query_get_text(q, 1), err);
    if (rc == HZ_OK)
        rc = take(&c->signatures[c->count], query_get_text(q, 3), err);
    if (rc != HZ_OK)
        return rc;
    /* it becomes part of a file's name */
    if (strlen(keyid) != R_SHA256_HEX - 1 || text_unhex(id, sizeof id, keyid, R_SHA256_HEX - 1) != HZ_OK)
        return hz_error_set(err, HZ_E_FORMAT, _("a stored checkpoint cannot be read; run hozen custody audit"));
    c->size = query_get_int(q, 0);
    memcpy(c->keyid[c->count++], keyid, R_SHA256_HEX);
    return HZ_OK;
}

int checkpoint_find(struct store *s, uint64_t size, struct checkpoint *out, bool *found, struct hz_error *err)
{
    HZ_CLEANUP(checkpoint_free) struct checkpoint c = { 0 };
    HZ_CLEANUP(query_close) struct query q;
    bool row = true;
    int rc;

    query_open(&q, s,
               "SELECT size, text, keyid, signature FROM checkpoint"
               " WHERE size = (SELECT max(size) FROM checkpoint) AND size >= ?1 ORDER BY keyid");
    query_int(&q, 1, size);
    rc = query_row(&q, &row, err);
    while (rc == HZ_OK && row && c.count < R_ENTRY_SIGNATURES) {
        rc = take_row(&q, &c, err);
        if (rc == HZ_OK)
            rc = query_row(&q, &row, err);
    }
    if (rc != HZ_OK)
        return rc;
    *found = c.count > 0;
    *out = c;
    memset(&c, 0, sizeof c);
    return HZ_OK;
}

struct w_offer_head checkpoint_head(const struct checkpoint *c, const char *armour[R_ENTRY_SIGNATURES])
{
    for (size_t i = 0; i < c->count; i++)
        armour[i] = (const char *)c->signatures[i].data;
    return (struct w_offer_head) { (const char *)c->text.data, armour, c->count };
}

int checkpoint_write(const struct checkpoint *c, const char *path, struct hz_error *err)
{
    int rc = HZ_OK;

    for (size_t i = 0; rc == HZ_OK && i < c->count; i++) {
        HZ_CLEANUP(buf_free) struct buf name = BUF_INIT(32768);
        buf_printf(&name, "%s.%s.sshsig", path, c->keyid[i]);
        if (buf_text(&name) == NULL)
            return buf_check(&name, err);
        rc = io_commit_bytes((const char *)name.data, 0644, c->signatures[i].data, c->signatures[i].len, err);
    }
    return rc == HZ_OK ? io_commit_bytes(path, 0644, c->text.data, c->text.len, err) : rc;
}
