#include "formats/read/ledger_body.h"

#include <string.h>

#include "base/lang.h"
#include "base/text.h"
#include "formats/read/policy.h"

struct scope { /* what the readers of inner values work on */
    struct r_ledger_text *text;
    struct r_statement_body *body;
};

#define IN(member) offsetof(struct r_statement_body, member)
#define LINE(part, member)                                                                                             \
    {                                                                                                                  \
        .key = #member, .kind = R_LEDGER_LINE, .offset = IN(part.member) - IN(part)                                    \
    }
#define WHEN(part, member)                                                                                             \
    {                                                                                                                  \
        .key = #member, .kind = R_LEDGER_WHEN, .offset = IN(part.member) - IN(part)                                    \
    }
#define OBJECT(rows, shape)                                                                                            \
    {                                                                                                                  \
        rows, sizeof rows / sizeof rows[0], shape                                                                      \
    }

static const struct r_ledger_member source_members[] = {
    LINE(source, asset_tag), LINE(source, description), LINE(source, host),  LINE(source, ip),
    LINE(source, mac),       LINE(source, machine_id),  LINE(source, make),  LINE(source, model),
    LINE(source, os),        LINE(source, seal),        LINE(source, serial)
};
static const struct r_ledger_object source_object =
    OBJECT(source_members, "asset_tag? description? host? ip? mac? machine_id? make? model? os? seal? serial?");

static const struct r_ledger_member discovered_members[] = { WHEN(discovered, at), LINE(discovered, by),
                                                             LINE(discovered, location) };
static const struct r_ledger_object discovered_object = OBJECT(discovered_members, "at? by? location?");

static const struct r_ledger_member collected_members[] = {
    WHEN(collected, at),
    LINE(collected, authority),
    LINE(collected, by),
    LINE(collected, changes),
    LINE(collected, command_line),
    LINE(collected, gaps),
    LINE(collected, location),
    LINE(collected, method),
    LINE(collected, reason),
    LINE(collected, tool),
    { .key = "tool_sha256", .kind = R_LEDGER_DIGEST, .offset = IN(collected.tool_sha256) - IN(collected) }
};
static const struct r_ledger_object collected_object = OBJECT(
    collected_members, "at? authority? by? changes? command_line? gaps? location? method? reason? tool? tool_sha256?");

static const struct r_ledger_member clock_members[] = { LINE(clock, known_by), LINE(clock, offset) };
static const struct r_ledger_object clock_object = OBJECT(clock_members, "known_by? offset");

static const struct r_ledger_member listing_members[] = {
    LINE(listing, format),
    { .key = "members", .kind = R_LEDGER_NUMBER, .offset = IN(listing.members) - IN(listing) },
    { .key = "sha256", .kind = R_LEDGER_DIGEST, .offset = IN(listing.sha256) - IN(listing) }
};
static const struct r_ledger_object listing_object = OBJECT(listing_members, "format members sha256");

static const struct r_ledger_member override_members[] = { LINE(override, reason), LINE(override, rule) };
static const struct r_ledger_object override_object = OBJECT(override_members, "reason rule");

static const struct r_ledger_member repaired_members[] = {
    { .key = "by", .kind = R_LEDGER_CHOICE, .offset = IN(repaired.by) - IN(repaired), .form = "copy parity" },
    { .key = "from", .kind = R_LEDGER_ID, .offset = IN(repaired.from) - IN(repaired) }
};
static const struct r_ledger_object repaired_object = OBJECT(repaired_members, "by from?");

#define SEALED_CHOICE(member, words)                                                                                   \
    {                                                                                                                  \
        .key = #member, .kind = R_LEDGER_CHOICE, .offset = IN(sealed.member) - IN(sealed), .form = words               \
    }
static bool inside_beside(struct r_json *j, void *context)
{
    struct scope *scope = context;
    return r_ledger_beside_read(j, scope->text, &scope->body->sealed.beside, &scope->body->sealed.beside_count);
}

static const struct r_ledger_member sealed_members[] = {
    { .key = "beside", .kind = R_LEDGER_INSIDE, .inside = inside_beside },
    LINE(sealed, file),
    SEALED_CHOICE(immutable, "yes"),
    SEALED_CHOICE(legal_hold, "yes"),
    SEALED_CHOICE(mode, "0444"),
    { .key = "parity", .kind = R_LEDGER_NUMBER, .offset = IN(sealed.parity) - IN(sealed) },
    SEALED_CHOICE(read_back, "cached direct dropped store"),
    WHEN(sealed, retain_until),
    { .key = "size", .kind = R_LEDGER_NUMBER, .offset = IN(sealed.size) - IN(sealed) },
    LINE(sealed, target),
    { .key = "verity", .kind = R_LEDGER_DIGEST, .offset = IN(sealed.verity) - IN(sealed) },
    LINE(sealed, version),
    { .key = "volume", .kind = R_LEDGER_ID, .offset = IN(sealed.volume) - IN(sealed) }
};
static const struct r_ledger_object sealed_object = OBJECT(
    sealed_members,
    "beside? file immutable? legal_hold? mode? parity? read_back retain_until? size? target verity? version? volume?");

/* An inner object that is a table: something must stand in it. */
static bool inside_part(struct r_json *j, struct scope *scope, const struct r_ledger_object *object, void *out)
{
    if (!r_ledger_member_read(j, scope->text, object, NULL, out, scope))
        return false;
    return !r_ledger_member_empty(object, out) || r_json_fail(j, N_("an object that says nothing"));
}

#define INSIDE_PART(part)                                                                                              \
    static bool inside_##part(struct r_json *j, void *context)                                                         \
    {                                                                                                                  \
        struct scope *scope = context;                                                                                 \
        return inside_part(j, scope, &part##_object, &scope->body->part);                                              \
    }
INSIDE_PART(source)
INSIDE_PART(discovered)
INSIDE_PART(collected)
INSIDE_PART(clock)
INSIDE_PART(listing)
INSIDE_PART(override)
INSIDE_PART(repaired)
INSIDE_PART(sealed)

#define INSIDE(name, call)                                                                                             \
    static bool inside_##name(struct r_json *j, void *context)                                                         \
    {                                                                                                                  \
        struct scope *scope = context;                                                                                 \
        return call;                                                                                                   \
    }
INSIDE(person, r_ledger_person_read(j, scope->text, R_LEDGER_ADDED, &scope->body->person))
INSIDE(to, r_ledger_person_read(j, scope->text, R_LEDGER_RECEIVER, &scope->body->to))
INSIDE(party, r_ledger_person_read(j, scope->text, R_LEDGER_PARTY, &scope->body->to))
INSIDE(evidence, r_ledger_evidence_read(j, scope->text, &scope->body->evidence))
INSIDE(seen, r_ledger_evidence_seen(j, scope->text, &scope->body->checkpoint))
INSIDE(inspection, r_inspection_read(j, scope->text, &scope->body->inspection))

static bool inside_witnesses(struct r_json *j, void *context)
{
    struct scope *scope = context;
    struct r_statement_body *body = scope->body;

    if (!r_json_array(j))
        return false;
    while (r_json_item(j)) {
        struct r_value v = { .present = true };
        if (body->witness_count == R_STATEMENT_WITNESSES)
            return r_json_fail(j, N_("more than 16 witnesses"));
        if (!r_json_string(j, &v.text))
            return false;
        body->witnesses[body->witness_count++] = r_ledger_text_line(scope->text, &v);
        if (scope->text->wrong != NULL)
            return false;
    }
    return body->witness_count > 0 || r_json_fail(j, N_("an object that says nothing"));
}

INSIDE(checks, r_ledger_checks_read(j, scope->text, scope->body))
INSIDE(records, r_ledger_records_read(j, scope->text, scope->body))
INSIDE(rest, r_ledger_beside_read(j, scope->text, &scope->body->rest, &scope->body->rest_count))

/* The rules of a policy stay JSON. */
static bool inside_rules(struct r_json *j, void *context)
{
    struct scope *scope = context;
    struct r_value v = { .present = true };
    size_t begin;

    if (r_json_peek(j) != R_JSON_OBJECT)
        return r_json_fail(j, N_("an object was expected"));
    begin = j->at;
    if (!r_json_skip(j))
        return false;
    v.text = (struct r_span) { (const char *)j->text + begin, j->at - begin, false };
    scope->body->rules = r_ledger_text_take(scope->text, &v);
    return scope->text->wrong == NULL;
}

#define BODY(what, member)                                                                                             \
    {                                                                                                                  \
        .key = #member, .kind = R_LEDGER_##what, .offset = IN(member)                                                  \
    }
#define CHOICE(member, name, words)                                                                                    \
    {                                                                                                                  \
        .key = #member, .kind = R_LEDGER_CHOICE, .offset = IN(member), .form = words, .as = name                       \
    }
#define PART(member)                                                                                                   \
    {                                                                                                                  \
        .key = #member, .kind = R_LEDGER_INSIDE, .offset = IN(member), .inside = inside_##member,                      \
        .object = &member##_object                                                                                     \
    }
#define OTHER(name, function)                                                                                          \
    {                                                                                                                  \
        .key = name, .kind = R_LEDGER_INSIDE, .inside = function                                                       \
    }

static const struct r_ledger_member members[] = {
    BODY(WHEN, at),
    BODY(LINE, authority),
    BODY(LINE, by),
    OTHER("checkpoint", inside_seen),
    OTHER("checks", inside_checks),
    PART(clock),
    BODY(LINE, code_name),
    PART(collected),
    BODY(LINE, compared),
    BODY(LINE, condition),
    BODY(LINE, contact),
    BODY(ID, copy),
    BODY(KEY, custodian),
    BODY(LINE, description),
    BODY(WHEN, detected),
    PART(discovered),
    BODY(WHEN, due),
    OTHER("evidence", inside_evidence),
    BODY(LINE, exhibit),
    BODY(WHEN, expires),
    BODY(LINE, file),
    BODY(ID, hold),
    BODY(LINE, impact),
    OTHER("inspection", inside_inspection),
    CHOICE(integrity, NULL, "altered intact undetermined"),
    BODY(KEY, key),
    CHOICE(kind, "kind:intake", "archive bundle device export file image other paper screenshot"),
    CHOICE(kind, "kind:note", "access analysis containment general other"),
    PART(listing),
    BODY(LINE, location),
    BODY(LINE, medium),
    BODY(LINE, method),
    BODY(LINE, name),
    BODY(FILE, offer),
    BODY(ID, offered_as),
    BODY(KEY, old),
    BODY(LINE, organisation),
    BODY(LINE, origin),
    CHOICE(outcome, NULL, "accepted repaired replaced"),
    PART(override),
    OTHER("person", inside_person),
    BODY(LINE, place),
    BODY(LINE, privilege),
    BODY(FILE, proof),
    BODY(LINE, purpose),
    BODY(LINE, reason),
    CHOICE(reason, "reason:revocation", "compromised lost retired"),
    BODY(FILE, receipt),
    OTHER("records", inside_records),
    PART(repaired),
    BODY(LINE, reporter),
    BODY(LINE, responsible),
    OTHER("rest", inside_rest),
    CHOICE(role, NULL, "archive original working"),
    OTHER("rules", inside_rules),
    BODY(LINE, scope),
    BODY(LINE, seal),
    PART(sealed),
    BODY(LINE, severity),
    BODY(DIGEST, sha256),
    BODY(DIGEST_LONG, sha512),
    BODY(WHEN, since),
    BODY(NUMBER, size),
    PART(source),
    BODY(LINE, symptoms),
    BODY(WHEN, taken),
    BODY(LINE, text),
    BODY(LINE, title),
    OTHER("to", inside_to),
    { .key = "to", .kind = R_LEDGER_INSIDE, .as = "to:party", .inside = inside_party },
    BODY(FILE, token),
    BODY(LINE, tool),
    BODY(LINE, tracking),
    BODY(LINE, transport),
    BODY(LINE, witness),
    OTHER("witnesses", inside_witnesses),
};

const struct r_ledger_object r_ledger_body_object = { members, sizeof members / sizeof members[0], NULL };

const char *r_statement_text(const struct r_statement *s, const char *key)
{
    return r_ledger_member_text(&r_ledger_body_object, key, &s->body);
}

/* Keys that begin x- may stand in the body itself, each with a text. *count: how many. */
static bool check_extensions(const struct r_json *body, unsigned *count)
{
    struct r_json j;
    struct r_span key, span;

    r_json_init(&j, body->text, body->len);
    for (*count = 0, r_json_object(&j); r_json_key(&j, &key);) {
        HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(R_LEDGER_LINE_MAX);
        if (key.len < 2 || memcmp(key.at, "x-", 2) != 0) {
            r_json_skip(&j);
            continue;
        }
        ++*count;
        if (!r_json_string(&j, &span) || r_span_decode(&span, &text) != HZ_OK || buf_text(&text) == NULL ||
            strlen((const char *)text.data) != text.len || !text_is_line((const char *)text.data, R_LEDGER_LINE_MAX))
            return false;
    }
    return j.wrong == NULL;
}

static bool rules_hold(const char *rules)
{
    HZ_CLEANUP(r_policy_free) struct r_policy policy = { 0 };
    return r_policy_parse(&policy, rules, NULL) == HZ_OK;
}

bool r_ledger_body_read(struct r_json *j, struct r_statement *s)
{
    struct scope scope = { &s->text, &s->body };
    const struct r_json begin = *j;
    unsigned extensions = 0;

    if (!r_ledger_member_read(j, &s->text, &r_ledger_body_object, r_statement_form(s->type)->body, &s->body, &scope))
        return false;
    if (j->extensions != 0 && !check_extensions(&begin, &extensions)) /* few have any */
        return r_json_fail(j, N_("a key that begins x- holds no line of text"));
    if (j->extensions != extensions)
        return r_json_fail(j, N_("a key that begins x- stands deeper than the body"));
    if ((s->body.offer.len == 0) != (s->body.receipt.len == 0))
        return r_json_fail(j, N_("the body has one of offer and receipt without the other"));
    if (s->body.sealed.target != NULL && strcmp(s->body.role, "archive") != 0)
        return r_json_fail(j, N_("a copy that is sealed is one of the archive"));
    if (s->body.repaired.by != NULL && !s->body.evidence.present)
        return r_json_fail(j, N_("a copy that was repaired was not verified"));
    if (s->body.rest_count > 0 && s->body.sealed.target == NULL && !s->body.evidence.present)
        return r_json_fail(j, N_("what lies in a copy belongs to one that is sealed, or was verified"));
    if (s->type == R_STATEMENT_POLICY && !rules_hold(s->body.rules))
        return r_json_fail(j, N_("the rules of a policy are outside their grammar"));
    if (s->type == R_STATEMENT_CASE && r_ledger_member_empty(&r_ledger_body_object, &s->body))
        return r_json_fail(j, N_("an object that says nothing"));
    return s->text.wrong == NULL;
}
