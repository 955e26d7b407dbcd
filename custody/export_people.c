#include "custody/export_people.h"

#include <stdlib.h>
#include <string.h>

#include "base/lang.h"
#include "base/text.h"
#include "formats/read/signers.h"
#include "formats/read/sshsig.h"
#include "formats/read/statement.h"
#include "formats/write/signers.h"

#define KEYS_MAX ((size_t)R_LEDGER_FINGERPRINT * EXPORT_PEOPLE_MAX)

void export_people_free(struct export_people *p)
{
    for (size_t i = 0; i < p->count; i++)
        free(p->list[i].line);
    free(p->list);
    buf_free(&p->keys);
    memset(p, 0, sizeof *p);
}

static bool has(const struct export_people *p, const char *key)
{
    for (size_t at = 0; key[0] != '\0' && at < p->keys.len; at += R_LEDGER_FINGERPRINT)
        if (memcmp(p->keys.data + at, key, R_LEDGER_FINGERPRINT) == 0)
            return true;
    return false;
}

int export_people_need(struct export_people *p, const char *key, struct hz_error *err)
{
    char fixed[R_LEDGER_FINGERPRINT] = "";

    if (key[0] == '\0' || strlen(key) >= sizeof fixed || has(p, key))
        return HZ_OK;
    memcpy(fixed, key, strlen(key) + 1);
    buf_put(&p->keys, fixed, sizeof fixed);
    return buf_check(&p->keys, err);
}

/* The key that made an armoured signature; empty when it cannot be read. */
static void signer(const char *armour, char out[R_LEDGER_FINGERPRINT])
{
    const char *wrong;
    struct r_sshsig sig;

    out[0] = '\0';
    if (r_sshsig_read(armour, strlen(armour), &sig, &wrong) == HZ_OK)
        memcpy(out, sig.key.fingerprint, R_LEDGER_FINGERPRINT);
}

int export_people_need_signers(struct export_people *p, const struct r_signatures *signatures, struct hz_error *err)
{
    char key[R_LEDGER_FINGERPRINT];
    int rc = HZ_OK;

    for (size_t i = 0; rc == HZ_OK && i < signatures->count; i++) {
        signer(signatures->armour[i], key);
        rc = export_people_need(p, key, err);
    }
    return rc;
}

static void set_key(char out[R_LEDGER_FINGERPRINT], const char *key)
{
    if (key != NULL)
        memcpy(out, key, R_LEDGER_FINGERPRINT);
}

/* A contact that a reader takes for a principal: one mail address, and no longer than one may be there. */
static bool is_principal(const char *contact)
{
    return contact != NULL && strlen(contact) <= R_SIGNERS_PRINCIPAL_MAX && w_signers_address(contact, strlen(contact));
}

/* "principal namespaces="..." type base64 name". The principal is the mail address, else the keyid. */
static int make_line(struct export_person *e, const struct r_person *person, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf line = BUF_INIT(65536);
    char keyid[R_SHA256_HEX];
    bool mail = is_principal(person->contact);

    r_ledger_text_keyid(keyid, person->key);
    buf_printf(&line, "%s namespaces=\"hozen-ledger-v1\" %s %s\n", mail ? person->contact : keyid, person->public_key,
               person->name);
    e->line = text_copy(buf_text(&line));
    return e->line != NULL ? HZ_OK : hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
}

static int take_statement(struct export_person *e, const struct r_statement *s, struct hz_error *err)
{
    set_key(e->about[0], s->type == R_STATEMENT_REVOCATION ? s->body.key : s->body.person.key);
    if (s->type == R_STATEMENT_ROTATION)
        set_key(e->about[1], s->body.old);
    e->taken = s->type == R_STATEMENT_GENESIS;
    return s->type == R_STATEMENT_REVOCATION ? HZ_OK : make_line(e, &s->body.person, err);
}

static int take_row(const struct query *q, struct export_person *e, struct hz_error *err)
{
    HZ_CLEANUP(r_entry_free) struct r_entry entry = { 0 };
    HZ_CLEANUP(r_statement_free) struct r_statement s = { 0 };
    size_t len;
    const void *bytes = query_get_blob(q, 1, &len);
    int rc = r_entry_parse(&entry, bytes, len, err);

    if (rc == HZ_OK)
        rc = r_statement_parse(&s, entry.statement.data, entry.statement.len, err);
    if (rc != HZ_OK)
        return rc;
    e->sequence = query_get_int(q, 0);
    for (size_t i = 0; i < entry.signatures.count; i++)
        signer(entry.signatures.armour[i], e->by[i]);
    return take_statement(e, &s, err);
}

static int grow(struct export_people *p, struct hz_error *err)
{
    struct export_person *list;

    if (p->count == EXPORT_PEOPLE_MAX)
        return hz_error_set(err, HZ_E_LIMIT, _("the ledger has more than %d statements about persons"),
                            EXPORT_PEOPLE_MAX);
    if ((p->count & (p->count - 1)) != 0) /* room was made up to the next power of two */
        return HZ_OK;
    list = realloc(p->list, (p->count > 0 ? 2 * p->count : 1) * sizeof *list);
    if (list == NULL)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    p->list = list;
    return HZ_OK;
}

int export_people_load(struct export_people *p, struct store *s, uint64_t size, struct hz_error *err)
{
    HZ_CLEANUP(query_close) struct query q;
    bool row = true;
    int rc;

    buf_init(&p->keys, KEYS_MAX);
    query_open(&q, s,
               "SELECT sequence, bytes FROM statement JOIN entry ON sequence = entry"
               " WHERE type IN ('genesis', 'person', 'rotation', 'revocation') AND sequence < ?1 ORDER BY sequence");
    query_int(&q, 1, size);
    for (rc = query_row(&q, &row, err); rc == HZ_OK && row; rc = query_row(&q, &row, err)) {
        rc = grow(p, err);
        if (rc != HZ_OK)
            return rc;
        p->list[p->count] = (struct export_person) { 0 };
        rc = take_row(&q, &p->list[p->count++], err);
        if (rc != HZ_OK)
            return hz_error_context(err, _("entry %llu cannot be read; run hozen custody audit"),
                                    (unsigned long long)query_get_int(&q, 0));
    }
    return rc;
}

static int take(struct export_people *p, struct export_person *e, struct hz_error *err)
{
    int rc = HZ_OK;

    e->taken = true;
    for (size_t i = 0; rc == HZ_OK && i < R_ENTRY_SIGNATURES; i++)
        rc = export_people_need(p, e->by[i], err);
    return rc;
}

int export_people_settle(struct export_people *p, struct hz_error *err)
{
    bool more = true;
    int rc = p->count > 0 ? take(p, &p->list[0], err) : HZ_OK;

    while (rc == HZ_OK && more) {
        more = false;
        for (size_t i = 0; rc == HZ_OK && i < p->count; i++) {
            struct export_person *e = &p->list[i];
            if (e->taken || (!has(p, e->about[0]) && !has(p, e->about[1])))
                continue;
            more = true;
            rc = take(p, e, err);
        }
    }
    return rc;
}

void export_people_take_all(struct export_people *p)
{
    for (size_t i = 0; i < p->count; i++)
        p->list[i].taken = true;
}

int export_people_signers(const struct export_people *p, struct buf *out, struct hz_error *err)
{
    for (size_t i = 0; i < p->count; i++)
        if (p->list[i].taken && p->list[i].line != NULL)
            buf_puts(out, p->list[i].line);
    return buf_check(out, err);
}
