#include "custody/actor.h"

#include <stdlib.h>
#include <string.h>

#include "base/lang.h"
#include "base/text.h"
#include "formats/read/ledger.h"
#include "formats/write/sshsig.h"

void actor_free(struct actor *a)
{
    w_key_free(a->key);
    a->key = NULL;
    person_free(&a->person);
}

int actor_identify(struct actor *a, struct store *s, struct hz_error *err)
{
    bool found;
    int rc = person_find(s, w_key_fingerprint(a->key), &a->person, &found, err);

    if (rc == HZ_OK && !found)
        return hz_error_set(err, HZ_E_DENIED,
                            _("%s: the ledger does not know the key %s; a checkpoint signer adds it with hozen custody "
                              "person add"),
                            s->path, w_key_fingerprint(a->key));
    if (rc == HZ_OK && a->person.ended)
        return hz_error_set(err, HZ_E_DENIED,
                            _("%s: the key %s was revoked, or another has taken its place; it signs nothing any more"),
                            s->path, w_key_fingerprint(a->key));
    return rc;
}

int actor_public_key(struct actor *a, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf line = BUF_INIT(4096);
    int rc = w_key_public_line(a->key, "-", &line, err);
    char *end;

    if (rc != HZ_OK)
        return rc;
    if (buf_text(&line) == NULL || (end = strstr((char *)line.data, " -\n")) == NULL)
        return hz_error_set(err, HZ_E_CRYPTO, _("the public key could not be written"));
    *end = '\0';
    free(a->person.key);
    free(a->person.public_key);
    a->person.key = text_copy(w_key_fingerprint(a->key));
    a->person.public_key = text_copy((const char *)line.data);
    if (a->person.key == NULL || a->person.public_key == NULL)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    return HZ_OK;
}

int actor_from_comment(struct actor *a, const char *key_path, struct hz_error *err)
{
    HZ_CLEANUP(person_free) struct person found = { 0 };
    HZ_CLEANUP(buf_free) struct buf path = BUF_INIT(32768);
    struct hz_error ignored = { 0 };
    int rc;

    if (w_key_comment(a->key)[0] != '\0') {
        rc = person_from_comment(&a->person, w_key_comment(a->key), err);
        return rc == HZ_OK ? actor_public_key(a, err) : rc;
    }
    buf_printf(&path, "%s.pub", key_path);
    if (buf_text(&path) == NULL)
        return buf_check(&path, err);
    rc = person_from_file(&found, (const char *)path.data, &ignored);
    if (rc != HZ_OK && rc != HZ_E_NOTFOUND && rc != HZ_E_FORMAT) { /* it may tell what nobody asks for, were it read */
        *err = ignored;
        return rc;
    }
    if (rc == HZ_OK && strcmp(found.key, w_key_fingerprint(a->key)) == 0) {
        person_free(&a->person);
        a->person = found;
        memset(&found, 0, sizeof found);
    }
    return actor_public_key(a, err);
}

struct w_time actor_now(void)
{
    struct stamp now = stamp_now();

    now.nanoseconds = 0;
    return (struct w_time) { .known = true, .at = now, .offset_minutes = stamp_local_offset(now) };
}

struct w_statement actor_statement(const struct actor *a, const char *type, const char *ledger)
{
    return (struct w_statement) {
        .type = type, .ledger = ledger, .actor = person_as_actor(&a->person), .time = actor_now()
    };
}

int actor_sign(const struct actor *a, const char *namespace, const struct buf *bytes, struct buf *armour,
               struct hz_error *err)
{
    int rc = w_sshsig_make(a->key, namespace, bytes->data, bytes->len, armour, err);

    if (rc == HZ_OK && buf_text(armour) == NULL)
        return buf_check(armour, err);
    return rc;
}

void actor_signed_free(struct actor_signed *s)
{
    buf_free(&s->statement);
    buf_free(&s->armour);
}

int actor_sign_statement(const struct actor *a, const struct w_statement *statement, struct actor_signed *out,
                         struct hz_error *err)
{
    struct actor_signed made = { BUF_INIT(W_STATEMENT_MAX), BUF_INIT(8192) };
    int rc = w_statement_build(statement, &made.statement, err);

    if (rc == HZ_OK)
        rc = actor_sign(a, R_LEDGER_NAMESPACE, &made.statement, &made.armour, err);
    if (rc == HZ_OK)
        *out = made;
    else
        actor_signed_free(&made);
    return rc;
}
