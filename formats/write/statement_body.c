#include "formats/write/statement_body.h"

#include <string.h>

#include "formats/write/envelope.h"

#define COUNT(rows) (sizeof rows / sizeof rows[0])
#define PERSON(what, member)                                                                                           \
    {                                                                                                                  \
        .key = #member, .kind = W_LEDGER_##what, .offset = offsetof(struct w_person, member)                           \
    }

static const struct w_ledger_member person_members[] = {
    PERSON(TEXT, contact),      PERSON(TEXT, key),        PERSON(TEXT, name),
    PERSON(TEXT, organisation), PERSON(TEXT, public_key), PERSON(TEXT, role),
    PERSON(TEXT, title),        PERSON(WHEN, valid_from), PERSON(WHEN, valid_until),
};
static const struct w_ledger_object person_object = { person_members, COUNT(person_members) };
static const struct w_ledger_object signer_object = { person_members, COUNT(person_members) - 2 };

void w_statement_body_person(struct json_out *j, const char *key, const struct w_person *person, bool added)
{
    if (person == NULL)
        return;
    json_key(j, key);
    json_object(j);
    if (added)
        json_member_bool(j, "checkpoint_signer", person->checkpoint_signer);
    w_ledger_member_write(j, added ? &person_object : &signer_object, person);
    json_object_end(j);
}

static void write_person(struct json_out *j, const char *key, const void *at)
{
    w_statement_body_person(j, key, *(const struct w_person *const *)at, true);
}

static void write_to(struct json_out *j, const char *key, const void *at)
{
    w_statement_body_person(j, key, *(const struct w_person *const *)at, false);
}

static void write_evidence(struct json_out *j, const char *key, const void *at)
{
    const struct w_evidence *evidence = *(const struct w_evidence *const *)at;

    if (evidence == NULL)
        return;
    json_key(j, key);
    json_object(j);
    json_member_string(j, "authenticity", evidence->authenticity);
    json_member_string(j, "bytes", evidence->bytes);
    json_member_string(j, "case", evidence->case_id);
    json_member_string(j, "files", evidence->files);
    w_envelope_texts(j, "findings", evidence->findings, evidence->finding_count);
    json_member_string(j, "finished", evidence->finished);
    json_member_string(j, "host", evidence->host);
    json_member_string(j, "integrity", evidence->integrity);
    json_member_string(j, "operator", evidence->operator_name);
    w_envelope_texts(j, "signers", evidence->signers, evidence->signer_count);
    json_member_string(j, "started", evidence->started);
    json_member_string(j, "verdict", evidence->verdict);
    json_object_end(j);
}

static void write_seen(struct json_out *j, const char *key, const void *at)
{
    const struct w_seen *seen = at;

    if (!seen->known)
        return;
    json_key(j, key);
    json_object(j);
    json_member_string(j, "root", seen->root);
    json_member_decimal(j, "size", seen->size);
    json_member_string(j, "status", seen->verified ? "verified" : "first-seen");
    json_object_end(j);
}

static void write_inspection(struct json_out *j, const char *key, const void *at)
{
    (void)key;
    w_inspection_member(j, *(const struct w_inspection *const *)at);
}

static void write_file(struct json_out *j, const char *key, const void *at)
{
    const struct buf *bytes = *(const struct buf *const *)at;

    if (bytes != NULL)
        w_envelope_base64(j, key, bytes->data, bytes->len);
}

static void write_rules(struct json_out *j, const char *key, const void *at)
{
    const char *rules = *(const char *const *)at;

    if (rules == NULL)
        return;
    json_key(j, key);
    json_raw(j, rules);
}

static void write_witnesses(struct json_out *j, const char *key, const void *at)
{
    const struct w_statement_body *body =
        (const void *)((const char *)at - offsetof(struct w_statement_body, witnesses));

    if (body->witness_count > 0)
        w_envelope_texts(j, key, body->witnesses, body->witness_count);
}

static void put_beside(struct json_out *j, const char *key, const struct w_beside *list, size_t count)
{
    if (count == 0)
        return;
    json_key(j, key);
    json_array(j);
    for (size_t i = 0; i < count; i++) {
        json_object(j);
        json_member_string(j, "file", list[i].file);
        json_member_string(j, "sha256", list[i].sha256);
        json_member_string(j, "version", list[i].version);
        json_object_end(j);
    }
    json_array_end(j);
}

static void write_checks(struct json_out *j, const char *key, const void *at)
{
    const struct w_statement_body *body = (const void *)((const char *)at - offsetof(struct w_statement_body, checks));

    if (body->check_count == 0)
        return;
    json_key(j, key);
    json_array(j);
    for (size_t i = 0; i < body->check_count; i++) {
        json_object(j);
        put_beside(j, "beside", body->checks[i].beside, body->checks[i].beside_count);
        json_member_string(j, "copy", body->checks[i].copy);
        json_member_string(j, "item", body->checks[i].item);
        json_member_string(j, "sha256", body->checks[i].sha256);
        json_object_end(j);
    }
    json_array_end(j);
}

static void write_records(struct json_out *j, const char *key, const void *at)
{
    const struct w_statement_body *body = (const void *)((const char *)at - offsetof(struct w_statement_body, records));

    if (body->record_count == 0)
        return;
    json_key(j, key);
    json_array(j);
    for (size_t i = 0; i < body->record_count; i++) {
        json_object(j);
        json_member_string(j, "copy", body->records[i].copy);
        json_member_string(j, "item", body->records[i].item);
        json_member_string(j, "sha256", body->records[i].sha256);
        json_member_string(j, "version", body->records[i].version);
        json_object_end(j);
    }
    json_array_end(j);
}

static void write_beside(struct json_out *j, const char *key, const void *at)
{
    const struct w_statement_body *body =
        (const void *)((const char *)at - offsetof(struct w_statement_body, sealed.beside));

    put_beside(j, key, body->sealed.beside, body->sealed.beside_count);
}

static void write_rest(struct json_out *j, const char *key, const void *at)
{
    const struct w_statement_body *body = (const void *)((const char *)at - offsetof(struct w_statement_body, rest));

    put_beside(j, key, body->rest, body->rest_count);
}

#define IN(member) offsetof(struct w_statement_body, member)
#define INNER(what, part, member)                                                                                      \
    {                                                                                                                  \
        .key = #member, .kind = W_LEDGER_##what, .offset = IN(part.member) - IN(part)                                  \
    }

static const struct w_ledger_member source_members[] = {
    INNER(TEXT, source, asset_tag), INNER(TEXT, source, description), INNER(TEXT, source, host),
    INNER(TEXT, source, ip),        INNER(TEXT, source, mac),         INNER(TEXT, source, machine_id),
    INNER(TEXT, source, make),      INNER(TEXT, source, model),       INNER(TEXT, source, os),
    INNER(TEXT, source, seal),      INNER(TEXT, source, serial),
};
static const struct w_ledger_member discovered_members[] = { INNER(WHEN, discovered, at), INNER(TEXT, discovered, by),
                                                             INNER(TEXT, discovered, location) };
static const struct w_ledger_member collected_members[] = {
    INNER(WHEN, collected, at),       INNER(TEXT, collected, authority),    INNER(TEXT, collected, by),
    INNER(TEXT, collected, changes),  INNER(TEXT, collected, command_line), INNER(TEXT, collected, gaps),
    INNER(TEXT, collected, location), INNER(TEXT, collected, method),       INNER(TEXT, collected, reason),
    INNER(TEXT, collected, tool),     INNER(TEXT, collected, tool_sha256),
};
static const struct w_ledger_member clock_members[] = { INNER(TEXT, clock, known_by), INNER(TEXT, clock, offset) };
static const struct w_ledger_member listing_members[] = { INNER(TEXT, listing, format), INNER(TEXT, listing, members),
                                                          INNER(TEXT, listing, sha256) };
static const struct w_ledger_member override_members[] = { INNER(TEXT, override, reason), INNER(TEXT, override, rule) };
static const struct w_ledger_member repaired_members[] = { INNER(TEXT, repaired, by), INNER(TEXT, repaired, from) };
static const struct w_ledger_member sealed_members[] = {
    { .key = "beside", .kind = W_LEDGER_OTHER, .offset = IN(sealed.beside) - IN(sealed), .other = write_beside },
    INNER(TEXT, sealed, file),
    INNER(TEXT, sealed, immutable),
    INNER(TEXT, sealed, legal_hold),
    INNER(TEXT, sealed, mode),
    INNER(TEXT, sealed, parity),
    INNER(TEXT, sealed, read_back),
    INNER(WHEN, sealed, retain_until),
    INNER(TEXT, sealed, size),
    INNER(TEXT, sealed, target),
    INNER(TEXT, sealed, verity),
    INNER(TEXT, sealed, version),
    INNER(TEXT, sealed, volume),
};

#define OBJECT(part) static const struct w_ledger_object part##_object = { part##_members, COUNT(part##_members) }
OBJECT(source);
OBJECT(discovered);
OBJECT(collected);
OBJECT(clock);
OBJECT(listing);
OBJECT(override);
OBJECT(repaired);
OBJECT(sealed);

#define TEXT(member)                                                                                                   \
    {                                                                                                                  \
        .key = #member, .kind = W_LEDGER_TEXT, .offset = IN(member)                                                    \
    }
#define WHEN(member)                                                                                                   \
    {                                                                                                                  \
        .key = #member, .kind = W_LEDGER_WHEN, .offset = IN(member)                                                    \
    }
#define PART(member)                                                                                                   \
    {                                                                                                                  \
        .key = #member, .kind = W_LEDGER_PART, .offset = IN(member), .part = &member##_object                          \
    }
#define OTHER(member, function)                                                                                        \
    {                                                                                                                  \
        .key = #member, .kind = W_LEDGER_OTHER, .offset = IN(member), .other = function                                \
    }

static const struct w_ledger_member members[] = {
    WHEN(at),
    TEXT(authority),
    TEXT(by),
    OTHER(checkpoint, write_seen),
    OTHER(checks, write_checks),
    PART(clock),
    TEXT(code_name),
    PART(collected),
    TEXT(compared),
    TEXT(condition),
    TEXT(contact),
    TEXT(copy),
    TEXT(custodian),
    TEXT(description),
    WHEN(detected),
    PART(discovered),
    WHEN(due),
    OTHER(evidence, write_evidence),
    TEXT(exhibit),
    WHEN(expires),
    TEXT(file),
    TEXT(hold),
    TEXT(impact),
    OTHER(inspection, write_inspection),
    TEXT(integrity),
    TEXT(key),
    TEXT(kind),
    PART(listing),
    TEXT(location),
    TEXT(medium),
    TEXT(method),
    TEXT(name),
    OTHER(offer, write_file),
    TEXT(offered_as),
    TEXT(old),
    TEXT(organisation),
    TEXT(origin),
    TEXT(outcome),
    PART(override),
    OTHER(person, write_person),
    TEXT(place),
    TEXT(privilege),
    OTHER(proof, write_file),
    TEXT(purpose),
    TEXT(reason),
    OTHER(receipt, write_file),
    OTHER(records, write_records),
    PART(repaired),
    TEXT(reporter),
    TEXT(responsible),
    OTHER(rest, write_rest),
    TEXT(role),
    OTHER(rules, write_rules),
    TEXT(scope),
    TEXT(seal),
    PART(sealed),
    TEXT(severity),
    TEXT(sha256),
    TEXT(sha512),
    WHEN(since),
    TEXT(size),
    PART(source),
    TEXT(symptoms),
    WHEN(taken),
    TEXT(text),
    TEXT(title),
    OTHER(to, write_to),
    OTHER(token, write_file),
    TEXT(tool),
    TEXT(tracking),
    TEXT(transport),
    TEXT(witness),
    OTHER(witnesses, write_witnesses),
};

const struct w_ledger_object w_statement_body_object = { members, COUNT(members) };

bool w_statement_place(struct w_statement_body *body, const char *key, const char ***text, struct w_time **time)
{
    return w_ledger_member_place(&w_statement_body_object, key, body, text, time);
}
