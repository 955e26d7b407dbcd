#include <stdlib.h>
#include <string.h>

#include "base/lang.h"
#include "formats/read/ledger_body.h"

#define BESIDE(member) offsetof(struct r_beside, member)

static const struct r_ledger_member beside_members[] = {
    { .key = "file", .kind = R_LEDGER_LINE, .offset = BESIDE(file) },
    { .key = "sha256", .kind = R_LEDGER_DIGEST, .offset = BESIDE(sha256) },
    { .key = "version", .kind = R_LEDGER_LINE, .offset = BESIDE(version) },
};
static const struct r_ledger_object beside_object = { beside_members, sizeof beside_members / sizeof beside_members[0],
                                                      "file sha256 version?" };

#define AT(member) offsetof(struct r_checked, member)

static bool inside_beside(struct r_json *j, void *context);

static const struct r_ledger_member members[] = {
    { .key = "beside", .kind = R_LEDGER_INSIDE, .inside = inside_beside },
    { .key = "copy", .kind = R_LEDGER_ID, .offset = AT(copy) },
    { .key = "item", .kind = R_LEDGER_ID, .offset = AT(item) },
    { .key = "sha256", .kind = R_LEDGER_DIGEST, .offset = AT(sha256) },
};
static const struct r_ledger_object object = { members, sizeof members / sizeof members[0],
                                               "beside? copy item sha256" };

/* Of a fixity. */
struct scope {
    struct r_ledger_text *text;
    struct r_checked *check;
    size_t beside; /* of all checks so far */
};

/* 1 to R_STATEMENT_BESIDE, ascending by name. The list is the caller's to free, whatever comes back. */
static bool read_list(struct r_json *j, struct r_ledger_text *text, const char *shape, struct r_beside **out,
                      size_t *count)
{
    struct r_beside *list = calloc(R_STATEMENT_BESIDE, sizeof *list);
    size_t n = 0;

    if (list == NULL)
        return r_json_took(j, HZ_E_NOMEM);
    *out = list;
    if (!r_json_array(j))
        return false;
    while (r_json_item(j)) {
        if (n == R_STATEMENT_BESIDE)
            return r_json_fail(j, N_("more than 128 files lie beside a copy"));
        if (!r_ledger_member_read(j, text, &beside_object, shape, &list[n], NULL))
            return false;
        if (n > 0 && strcmp(list[n - 1].file, list[n].file) >= 0)
            return r_json_fail(j, N_("a list is not in ascending order"));
        n++;
    }
    *count = n;
    return n > 0 || r_json_fail(j, N_("an object that says nothing"));
}

static bool inside_beside(struct r_json *j, void *context)
{
    struct scope *scope = context;

    if (!read_list(j, scope->text, "file sha256?", &scope->check->beside, &scope->check->beside_count))
        return false;
    scope->beside += scope->check->beside_count;
    return scope->beside <= R_STATEMENT_BESIDE || r_json_fail(j, N_("more than 128 files lie beside a copy"));
}

static bool is_behind(const struct r_checked *before, const struct r_checked *c)
{
    int order = strcmp(before->item, c->item);

    return order < 0 || (order == 0 && strcmp(before->copy, c->copy) < 0);
}

bool r_ledger_checks_read(struct r_json *j, struct r_ledger_text *text, struct r_statement_body *out)
{
    struct scope scope = { .text = text };
    size_t n = 0;

    out->checks = calloc(R_STATEMENT_CHECKS, sizeof *out->checks);
    if (out->checks == NULL)
        return r_json_took(j, HZ_E_NOMEM);
    if (!r_json_array(j))
        return false;
    while (r_json_item(j)) {
        if (n == R_STATEMENT_CHECKS)
            return r_json_fail(j, N_("a fixity is about more than 256 copies"));
        scope.check = &out->checks[n];
        if (!r_ledger_member_read(j, text, &object, NULL, &out->checks[n], &scope))
            return false;
        if (n > 0 && !is_behind(&out->checks[n - 1], &out->checks[n]))
            return r_json_fail(j, N_("a list is not in ascending order"));
        n++;
    }
    out->check_count = n;
    return n > 0 || r_json_fail(j, N_("an object that says nothing"));
}

bool r_ledger_beside_read(struct r_json *j, struct r_ledger_text *text, struct r_beside **out, size_t *count)
{
    return read_list(j, text, NULL, out, count);
}
