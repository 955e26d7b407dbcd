#include "formats/read/statement.h"

#include <stdlib.h>
#include <string.h>

#include "base/lang.h"
#include "base/text.h"
#include "formats/read/ledger_body.h"
#include "formats/read/name.h"

void r_statement_free(struct r_statement *s)
{
    r_ledger_text_close(&s->text);
    free(s->body.inspection);
    buf_free(&s->body.offer);
    buf_free(&s->body.proof);
    buf_free(&s->body.token);
    buf_free(&s->body.receipt);
    for (size_t i = 0; s->body.checks != NULL && i < R_STATEMENT_CHECKS; i++)
        free(s->body.checks[i].beside);
    free(s->body.checks);
    free(s->body.records);
    free(s->body.sealed.beside);
    free(s->body.rest);
    memset(s, 0, sizeof *s);
}

enum field {
    S_ACTOR,
    S_BODY,
    S_CASE,
    S_CONTENT_ID,
    S_FILE_SHA256,
    S_ITEM,
    S_LEDGER,
    S_NONCE,
    S_PREVIOUS,
    S_SCHEMA,
    S_TIME,
    S_TYPE,
    S_COUNT
};

struct outer { /* what reading the outer object leaves for later: the body needs the type, which stands behind it */
    struct r_statement *statement;
    const unsigned char *bytes;
    struct r_span body;
};

static bool inside_actor(struct r_json *j, void *context)
{
    struct outer *outer = context;
    return r_ledger_person_read(j, &outer->statement->text, R_LEDGER_ACTOR, &outer->statement->actor);
}

static bool inside_body(struct r_json *j, void *context)
{
    struct outer *outer = context;
    size_t begin;

    if (r_json_peek(j) != R_JSON_OBJECT)
        return r_json_fail(j, N_("an object was expected"));
    begin = j->at;
    if (!r_json_skip(j))
        return false;
    outer->body.at = (const char *)outer->bytes + begin;
    outer->body.len = j->at - begin;
    return true;
}

static const struct r_field fields[S_COUNT] = {
    { .key = "actor", .kind = R_FIELD_INSIDE, .required = true, .inside = inside_actor },
    { .key = "body", .kind = R_FIELD_INSIDE, .required = true, .inside = inside_body },
    { .key = "case", .kind = R_FIELD_TEXT },
    { .key = "content_id", .kind = R_FIELD_HEX32 },
    { .key = "file_sha256", .kind = R_FIELD_HEX32 },
    { .key = "item", .kind = R_FIELD_TEXT },
    { .key = "ledger", .kind = R_FIELD_HEX32 },
    { .key = "nonce", .kind = R_FIELD_HEX16, .required = true },
    { .key = "previous", .kind = R_FIELD_HEX32 },
    { .key = "schema", .kind = R_FIELD_TEXT, .required = true },
    { .key = "time", .kind = R_FIELD_TEXT, .required = true },
    { .key = "type", .kind = R_FIELD_WORD, .required = true },
};

static bool fits(char rule, const char *value)
{
    return rule == '*' || rule == 'O' || (rule == 'R') == (value != NULL);
}

/* An intake of things in which nothing digital need have been hashed. */
static bool is_thing(const char *kind)
{
    return kind != NULL && (strcmp(kind, "device") == 0 || strcmp(kind, "paper") == 0 || strcmp(kind, "other") == 0);
}

static bool intake_fits(const struct r_statement *s)
{
    const struct r_statement_body *body = &s->body;

    if (body->kind == NULL || strcmp(body->kind, "bundle") == 0)
        return s->file_sha256 != NULL && body->evidence.present;
    if (s->file_sha256 != NULL)
        return true;
    return is_thing(body->kind) && !body->evidence.present && body->sha512 == NULL && body->size == NULL;
}

/* Digests of a copy at hand stand where one was looked at. */
static bool digests_fit(const struct r_statement *s)
{
    if (s->content_id != NULL && s->file_sha256 == NULL)
        return false;
    if (s->type == R_STATEMENT_ACCEPTANCE || s->type == R_STATEMENT_DECLINE || s->type == R_STATEMENT_RECHECK)
        return (s->file_sha256 != NULL) == s->body.evidence.present;
    return s->type != R_STATEMENT_INTAKE || intake_fits(s);
}

/* Which of the outer keys a type asks for. NULL: as it must be. */
static const char *check_outer(const struct r_statement *s)
{
    const struct r_statement_form *form = r_statement_form(s->type);

    if ((s->type == R_STATEMENT_GENESIS) != (s->ledger == NULL))
        return N_("the ledger's id is missing, or stands in a genesis");
    if (!fits(form->item, s->item) || !fits(form->case_id, s->case_id) ||
        (form->item == 'O' && s->item == NULL && s->case_id == NULL))
        return N_("an item or a case is missing, or named where the type has none");
    if (!fits(form->digests, s->file_sha256) || !digests_fit(s))
        return N_("digests or evidence are missing, or given where no copy was looked at");
    if (!fits(form->previous, s->previous) ||
        (form->previous == '*' && (s->previous == NULL) != (s->body.offer.len == 0)))
        return N_("previous is missing, or given where nothing comes before");
    if (s->body.offered_as != NULL && (s->body.offer.len == 0 || strcmp(s->body.offered_as, s->item) == 0))
        return N_("offered_as is the item's own name, or stands where nothing was offered");
    return NULL;
}

static bool take_outer(struct r_statement *s, const struct r_value *v)
{
    struct r_ledger_text *text = &s->text;
    int offset;

    s->case_id = r_ledger_text_line(text, &v[S_CASE]);
    s->content_id = r_ledger_text_take(text, &v[S_CONTENT_ID]);
    s->file_sha256 = r_ledger_text_take(text, &v[S_FILE_SHA256]);
    s->item = r_ledger_text_take(text, &v[S_ITEM]);
    s->ledger = r_ledger_text_take(text, &v[S_LEDGER]);
    s->nonce = r_ledger_text_take(text, &v[S_NONCE]);
    s->previous = r_ledger_text_take(text, &v[S_PREVIOUS]);
    s->time_text = r_ledger_text_line(text, &v[S_TIME]);
    if (text->wrong != NULL)
        return false;
    if (s->item != NULL && !r_name_is_item(s->item, strlen(s->item)))
        r_ledger_text_fail(text, N_("an item's name is not one"));
    if (stamp_parse_offset(&s->time, &offset, s->time_text, strlen(s->time_text)) != HZ_OK)
        r_ledger_text_fail(text, N_("a time with its numeric offset was expected"));
    return text->wrong == NULL;
}

static int refuse(const struct r_statement *s, const struct r_json *j, const char *wrong, struct hz_error *err)
{
    return hz_error_set(err, r_ledger_text_code(&s->text, j), _("statement: %s"), lang_text(wrong));
}

/* Schema and type, before anything that only this version's grammar can judge. */
static int know_type(struct r_statement *s, const struct r_value *v, struct hz_error *err)
{
    if (!r_span_is(&v[S_SCHEMA].text, "hozen-statement/1"))
        return hz_error_set(err, HZ_E_UNSUPPORTED, _("statement: its schema is not hozen-statement/1"));
    if (r_statement_type_find(&s->type, v[S_TYPE].text.at, v[S_TYPE].text.len) != HZ_OK)
        return hz_error_set(err, HZ_E_UNSUPPORTED, _("statement: the type \"%.*s\" is not known to this version"),
                            (int)v[S_TYPE].text.len, v[S_TYPE].text.at);
    return HZ_OK;
}

static int parse(struct r_statement *s, const void *bytes, size_t len, struct hz_error *err)
{
    struct outer outer = { .statement = s, .bytes = bytes };
    struct r_value v[S_COUNT];
    struct r_json j;
    const char *wrong;
    int rc = r_ledger_text_open(&s->text, len, err);

    if (rc != HZ_OK)
        return rc;
    r_json_init(&j, bytes, len);
    if (!r_field_read(&j, fields, S_COUNT, v, &outer) || !r_json_done(&j) || j.extensions != 0)
        return refuse(s, &j,
                      j.wrong != NULL         ? j.wrong
                      : s->text.wrong != NULL ? s->text.wrong
                                              : N_("a key that begins x- stands outside the body"),
                      err);
    rc = know_type(s, v, err);
    if (rc != HZ_OK)
        return rc;
    r_json_init(&j, outer.body.at, outer.body.len);
    if (!r_ledger_body_read(&j, s) || !r_json_done(&j) || !take_outer(s, v))
        return refuse(s, &j, s->text.wrong != NULL ? s->text.wrong : j.wrong, err);
    wrong = check_outer(s);
    return wrong == NULL ? HZ_OK : refuse(s, &j, wrong, err);
}

int r_statement_parse(struct r_statement *out, const void *bytes, size_t len, struct hz_error *err)
{
    struct r_statement s = { 0 };
    unsigned char digest[R_SHA256_SIZE];
    int rc;

    if (len > R_STATEMENT_MAX)
        return hz_error_set(err, HZ_E_FORMAT, _("statement: longer than 256 KiB"));
    rc = parse(&s, bytes, len, err);
    if (rc != HZ_OK) {
        r_statement_free(&s);
        return rc;
    }
    r_hash_sha256(digest, bytes, len);
    text_hex(s.digest, digest, sizeof digest);
    *out = s;
    return HZ_OK;
}

void r_statement_aim(struct r_statement *copy, size_t i)
{
    const struct r_checked *check = &copy->body.checks[i];

    copy->item = check->item;
    copy->body.copy = check->copy;
    copy->body.sha256 = check->sha256;
}
