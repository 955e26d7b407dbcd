#include "custody/cosign.h"

#include <string.h>

#include "base/io_commit.h"
#include "base/io_open.h"
#include "base/io_rw.h"
#include "base/lang.h"
#include "formats/read/ledger.h"
#include "formats/read/signing.h"
#include "formats/write/signing.h"

void cosign_free(struct cosign *c)
{
    buf_free(&c->statement);
    for (size_t i = 0; i < c->count; i++)
        buf_free(&c->by[i].armour);
    memset(c, 0, sizeof *c);
}

int cosign_begin(struct cosign *c, const struct w_statement *statement, struct r_statement *parsed,
                 struct hz_error *err)
{
    int rc;

    buf_init(&c->statement, W_STATEMENT_MAX);
    rc = w_statement_build(statement, &c->statement, err);
    return rc == HZ_OK ? r_statement_parse(parsed, c->statement.data, c->statement.len, err) : rc;
}

/* Takes the armour over. */
static int insert(struct cosign *c, const char *keyid, const char *key, struct buf *armour, struct hz_error *err)
{
    size_t at = 0;

    if (c->count == W_ENTRY_SIGNATURES)
        return hz_error_set(err, HZ_E_DENIED, _("%d persons have signed already, more than that are not recorded"),
                            W_ENTRY_SIGNATURES);
    while (at < c->count && strcmp(c->by[at].keyid, keyid) < 0)
        at++;
    if (at < c->count && strcmp(c->by[at].keyid, keyid) == 0)
        return hz_error_set(err, HZ_E_DENIED, _("the second signature must be by another person"));
    memmove(c->by + at + 1, c->by + at, (c->count - at) * sizeof c->by[0]);
    memcpy(c->by[at].keyid, keyid, sizeof c->by[at].keyid);
    memcpy(c->by[at].key, key, sizeof c->by[at].key);
    c->by[at].armour = *armour;
    c->count++;
    memset(armour, 0, sizeof *armour);
    return HZ_OK;
}

int cosign_add(struct cosign *c, const struct actor *actor, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf armour = BUF_INIT(8192);
    int rc = actor_sign(actor, R_LEDGER_NAMESPACE, &c->statement, &armour, err);

    return rc == HZ_OK ? insert(c, w_key_id(actor->key), w_key_fingerprint(actor->key), &armour, err) : rc;
}

bool cosign_has(const struct cosign *c, const char *key)
{
    for (size_t i = 0; i < c->count; i++)
        if (strcmp(c->by[i].key, key) == 0)
            return true;
    return false;
}

struct w_signed cosign_content(const struct cosign *c)
{
    struct w_signed content = { .statement = &c->statement, .signature_count = c->count };

    for (size_t i = 0; i < c->count; i++)
        content.signatures[i] = (const char *)c->by[i].armour.data;
    return content;
}

int cosign_write(const struct cosign *c, const char *path, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf bytes = BUF_INIT(R_SIGNING_MAX);
    struct w_signed content = cosign_content(c);
    int rc = w_signing_build(&content, &bytes, err);

    return rc == HZ_OK ? io_commit_bytes(path, 0644, bytes.data, bytes.len, err) : rc;
}

static int take(struct cosign *c, const struct r_signing *read, struct hz_error *err)
{
    struct r_ledger_signers signers;
    int rc = r_ledger_verify(read->statement_bytes.data, read->statement_bytes.len, &read->signatures, &signers, err);

    buf_init(&c->statement, W_STATEMENT_MAX);
    buf_put(&c->statement, read->statement_bytes.data, read->statement_bytes.len);
    for (size_t i = 0; rc == HZ_OK && i < signers.count; i++) {
        HZ_CLEANUP(buf_free) struct buf armour = BUF_INIT(65536);
        buf_puts(&armour, read->signatures.armour[i]);
        rc = buf_text(&armour) != NULL ? insert(c, signers.key[i].keyid, signers.key[i].fingerprint, &armour, err)
                                       : buf_check(&armour, err);
    }
    return rc == HZ_OK ? buf_check(&c->statement, err) : rc;
}

int cosign_read(struct cosign *c, const char *path, struct r_statement *parsed, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf bytes = BUF_INIT(R_SIGNING_MAX);
    HZ_CLEANUP(r_signing_free) struct r_signing read = { 0 };
    int rc = io_read_file(path, &bytes, err);

    if (rc != HZ_OK)
        return rc;
    rc = r_signing_parse(&read, bytes.data, bytes.len, err);
    if (rc == HZ_OK)
        rc = take(c, &read, err);
    if (rc == HZ_OK)
        rc = r_statement_parse(parsed, c->statement.data, c->statement.len, err);
    return rc == HZ_OK ? rc : hz_error_context(err, "%s", path);
}

bool cosign_is(const char *path)
{
    static const char begins[] = "{\"schema\":\"hozen-signing/";
    HZ_CLEANUP(io_close) int fd = -1;
    char first[sizeof begins] = { 0 };
    struct hz_error ignored;
    size_t got;

    return io_open_input(path, &fd, &ignored) == HZ_OK &&
           io_read(fd, first, sizeof begins - 1, &got, &ignored) == HZ_OK && strcmp(first, begins) == 0;
}
