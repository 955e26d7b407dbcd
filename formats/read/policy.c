#include "formats/read/policy.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/lang.h"
#include "base/text.h"
#include "formats/read/field.h"
#include "formats/read/name.h"

#define DAYS_MOST 36500

struct scope {
    struct r_policy *policy;
    struct r_policy_rule *rule;
    struct r_policy_archive *archive;
    char range[64]; /* the number that is not in it: its key, and what it may be; empty: none */
};

/* What the rules of signing alone decide, or a person elsewhere signs. */
static bool is_exempt(enum r_statement_type type)
{
    return type == R_STATEMENT_GENESIS || type == R_STATEMENT_POLICY || type == R_STATEMENT_ROTATION ||
           type == R_STATEMENT_REVOCATION || type == R_STATEMENT_ACCEPTANCE || type == R_STATEMENT_DECLINE;
}

static bool inside_types(struct r_json *j, void *context)
{
    struct scope *scope = context;
    struct r_span span, last = { 0 };

    if (!r_json_array(j))
        return false;
    while (r_json_item(j)) {
        enum r_statement_type type;
        if (!r_json_string(j, &span))
            return false;
        if (r_statement_type_find(&type, span.at, span.len) != HZ_OK || is_exempt(type))
            return r_json_fail(j, N_("a rule is for types of statements to which a policy applies"));
        if (last.at != NULL &&
            (last.len < span.len ? memcmp(last.at, span.at, last.len) > 0 : memcmp(last.at, span.at, span.len) >= 0))
            return r_json_fail(j, N_("a list is not in ascending order"));
        last = span;
        scope->rule->types |= UINT64_C(1) << type;
    }
    return scope->rule->types != 0 || r_json_fail(j, N_("an object that says nothing"));
}

/* 1 to R_POLICY_LIST lines of text, ascending, each once. */
static bool read_list(struct r_json *j, struct r_ledger_text *text, const char **out, size_t *count)
{
    size_t n = 0;

    if (!r_json_array(j))
        return false;
    while (r_json_item(j)) {
        struct r_value v = { .present = true };
        if (n == R_POLICY_LIST)
            return r_json_fail(j, N_("a list is longer than 16"));
        if (!r_json_string(j, &v.text))
            return false;
        out[n] = r_ledger_text_line(text, &v);
        if (text->wrong != NULL)
            return false;
        if (n > 0 && strcmp(out[n - 1], out[n]) >= 0)
            return r_json_fail(j, N_("a list is not in ascending order"));
        n++;
    }
    *count = n;
    return n > 0 || r_json_fail(j, N_("an object that says nothing"));
}

static bool inside_roles(struct r_json *j, void *context)
{
    struct scope *scope = context;
    return read_list(j, &scope->policy->text, scope->rule->roles, &scope->rule->role_count);
}

static bool inside_requires(struct r_json *j, void *context)
{
    struct scope *scope = context;
    return read_list(j, &scope->policy->text, scope->rule->requires, &scope->rule->require_count);
}

static bool inside_rule_targets(struct r_json *j, void *context)
{
    struct scope *scope = context;
    return read_list(j, &scope->policy->text, scope->rule->targets, &scope->rule->target_count);
}

static bool in_range(struct r_json *j, struct scope *scope, const struct r_field *field, const struct r_value *value,
                     uint64_t low, uint64_t high, unsigned *out)
{
    if (!value->present)
        return true;
    if (value->number < low || value->number > high) {
        snprintf(scope->range, sizeof scope->range, "%s, %" PRIu64 "-%" PRIu64, field->key, low, high);
        return r_json_fail(j, N_("a number of the policy is out of its range"));
    }
    *out = (unsigned)value->number;
    return true;
}

static bool is_new(const struct r_policy *policy, const char *name)
{
    for (size_t i = 0; i < policy->count; i++)
        if (strcmp(policy->rules[i].name, name) == 0)
            return false;
    return true;
}

static bool read_rule(struct r_json *j, struct scope *scope)
{
    static const struct r_field fields[] = {
        { .key = "checkpoint_signer", .kind = R_FIELD_TRUE },
        { .key = "name", .kind = R_FIELD_TEXT, .required = true },
        { .key = "persons", .kind = R_FIELD_COUNT },
        { .key = "requires", .kind = R_FIELD_INSIDE, .inside = inside_requires },
        { .key = "roles", .kind = R_FIELD_INSIDE, .inside = inside_roles },
        { .key = "targets", .kind = R_FIELD_INSIDE, .inside = inside_rule_targets },
        { .key = "types", .kind = R_FIELD_INSIDE, .required = true, .inside = inside_types },
    };
    struct r_policy *policy = scope->policy;
    struct r_value v[7];
    const char *name;

    if (policy->count == R_POLICY_RULES)
        return r_json_fail(j, N_("a policy has more than 64 rules"));
    scope->rule = &policy->rules[policy->count];
    if (!r_field_read(j, fields, 7, v, scope) ||
        !in_range(j, scope, &fields[2], &v[2], 2, R_ENTRY_SIGNATURES, &scope->rule->persons))
        return false;
    scope->rule->checkpoint_signer = v[0].present;
    name = r_ledger_text_take(&policy->text, &v[1]);
    if (name == NULL || !r_name_is_item(name, strlen(name)) || !is_new(policy, name))
        return r_json_fail(j, N_("a rule has no name of its own"));
    scope->rule->name = name;
    policy->count++;
    return true;
}

static bool inside_rules(struct r_json *j, void *context)
{
    if (!r_json_array(j))
        return false;
    while (r_json_item(j))
        if (!read_rule(j, context))
            return false;
    return j->wrong == NULL;
}

static bool inside_targets(struct r_json *j, void *context)
{
    struct scope *scope = context;
    return read_list(j, &scope->policy->text, scope->archive->targets, &scope->archive->target_count);
}

static bool inside_hours(struct r_json *j, void *context)
{
    struct r_policy_archive *a = ((struct scope *)context)->archive;
    int64_t hours, last = 0;

    if (!r_json_array(j))
        return false;
    while (r_json_item(j)) {
        if (a->hour_count == R_POLICY_HOURS)
            return r_json_fail(j, N_("a schedule has more than 8 times"));
        if (!r_json_int(j, &hours))
            return false;
        if (hours <= last || hours > 876000)
            return r_json_fail(j, N_("a number of the policy is out of its range"));
        a->hours[a->hour_count++] = (unsigned)hours;
        last = hours;
    }
    return a->hour_count > 0 || r_json_fail(j, N_("an object that says nothing"));
}

static bool read_archive(struct r_json *j, struct scope *scope)
{
    static const struct r_field fields[] = {
        { .key = "case", .kind = R_FIELD_TEXT },
        { .key = "check_hours", .kind = R_FIELD_INSIDE, .inside = inside_hours },
        { .key = "copies", .kind = R_FIELD_COUNT },
        { .key = "media", .kind = R_FIELD_COUNT },
        { .key = "renew_before_days", .kind = R_FIELD_COUNT },
        { .key = "renew_every_days", .kind = R_FIELD_COUNT },
        { .key = "targets", .kind = R_FIELD_INSIDE, .inside = inside_targets },
    };
    struct r_policy *policy = scope->policy;
    struct r_policy_archive *a = &policy->archives[policy->archive_count];
    struct r_value v[7];

    if (policy->archive_count == R_POLICY_ARCHIVES)
        return r_json_fail(j, N_("a policy tells of more than 64 cases of the archive"));
    scope->archive = a;
    if (!r_field_read(j, fields, 7, v, scope) || !in_range(j, scope, &fields[2], &v[2], 1, 64, &a->copies) ||
        !in_range(j, scope, &fields[3], &v[3], 1, 64, &a->media) ||
        !in_range(j, scope, &fields[4], &v[4], 1, DAYS_MOST, &a->renew_before) ||
        !in_range(j, scope, &fields[5], &v[5], 1, DAYS_MOST, &a->renew_every))
        return false;
    a->case_id = r_ledger_text_line(&policy->text, &v[0]);
    for (size_t i = 0; i < policy->archive_count; i++)
        if (text_equal(policy->archives[i].case_id, a->case_id))
            return r_json_fail(j, N_("a policy tells of a case twice"));
    policy->archive_count++;
    return policy->text.wrong == NULL;
}

static bool inside_archive(struct r_json *j, void *context)
{
    if (!r_json_array(j))
        return false;
    while (r_json_item(j))
        if (!read_archive(j, context))
            return false;
    return j->wrong == NULL;
}

const struct r_policy_archive *r_policy_archive_of(const struct r_policy *policy, const char *case_id)
{
    const struct r_policy_archive *other = NULL;

    for (size_t i = 0; i < policy->archive_count; i++) {
        const struct r_policy_archive *a = &policy->archives[i];
        if (a->case_id == NULL)
            other = a;
        else if (text_equal(a->case_id, case_id))
            return a;
    }
    return other;
}

/* ", rules, types", with a rule that has its name: the keys inside which it was that the reading ended. */
static void tell_place(const struct r_json *j, const struct scope *scope, char *out, size_t size)
{
    size_t at = 0;

    out[0] = '\0';
    for (unsigned i = 0; i < j->depth && at < size; i++)
        if (j->level[i].object && j->level[i].key.at != NULL)
            at += (size_t)snprintf(out + at, size - at, ", %.*s",
                                   (int)(j->level[i].key.len < 32 ? j->level[i].key.len : 32), j->level[i].key.at);
    if (scope->range[0] != '\0' && at < size)
        snprintf(out + at, size - at, ", %s", scope->range);
}

int r_policy_parse(struct r_policy *out, const char *json, struct hz_error *err)
{
    static const struct r_field fields[] = {
        { .key = "archive", .kind = R_FIELD_INSIDE, .inside = inside_archive },
        { .key = "copies", .kind = R_FIELD_COUNT },
        { .key = "recheck_days", .kind = R_FIELD_COUNT },
        { .key = "rules", .kind = R_FIELD_INSIDE, .inside = inside_rules },
    };
    struct scope scope = { .policy = out };
    struct r_value v[4];
    struct r_json j;
    char place[160];
    int rc;

    memset(out, 0, sizeof *out);
    rc = r_ledger_text_open(&out->text, strlen(json), err);
    if (rc != HZ_OK)
        return rc;
    r_json_init(&j, json, strlen(json));
    if (r_field_read(&j, fields, 4, v, &scope) && in_range(&j, &scope, &fields[1], &v[1], 1, 64, &out->copies) &&
        in_range(&j, &scope, &fields[2], &v[2], 1, DAYS_MOST, &out->recheck_days) && j.extensions > 0)
        r_json_fail(&j, N_("an unknown key"));
    if (r_json_done(&j) && out->text.wrong == NULL)
        return HZ_OK;
    tell_place(&j, &scope, place, sizeof place);
    rc = hz_error_set(err, r_ledger_text_code(&out->text, &j), _("policy%s: %s"), place,
                      lang_text(out->text.wrong != NULL ? out->text.wrong : j.wrong));
    r_policy_free(out);
    return rc;
}

void r_policy_free(struct r_policy *policy)
{
    r_ledger_text_close(&policy->text);
    memset(policy, 0, sizeof *policy);
}
