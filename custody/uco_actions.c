#include "custody/uco_actions.h"

#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "custody/describe.h"
#include "custody/uco_things.h"
#include "formats/read/ledger_item.h"

#define ACTION "case-investigation:InvestigativeAction"
#define DATE "xsd:dateTime"

bool uco_has_provenance(const struct report_entry *e)
{
    enum r_statement_type type = e->statement.type;

    return type == R_STATEMENT_INTAKE || type == R_STATEMENT_OFFER || type == R_STATEMENT_ACCEPTANCE;
}

static const char *exhibit(const struct uco *g)
{
    for (size_t i = 0; i < g->report->count; i++) {
        const struct r_statement *s = &g->report->entries[i]->statement;
        if (s->type == R_STATEMENT_INTAKE && s->body.exhibit != NULL && text_equal(s->item, g->item))
            return s->body.exhibit;
    }
    return g->item;
}

static void put_provenance(struct uco *g, const char *key, const char *name, const char *time)
{
    if (!uco_node(g, "provenance", key, "case-investigation:ProvenanceRecord"))
        return;
    json_member_string(&g->j, "case-investigation:exhibitNumber", exhibit(g));
    json_member_string(&g->j, "case-investigation:rootExhibitNumber", exhibit(g));
    json_member_string(&g->j, "uco-core:name", name);
    uco_ref(g, "uco-core:object", "item", g->item);
    uco_typed(g, "uco-core:objectCreatedTime", DATE, time);
    json_object_end(&g->j);
}

/* --- the acquisition --- */

static const char *who_collected(const struct r_statement *s)
{
    return s->body.collected.by != NULL ? s->body.collected.by : s->body.evidence.operator_name;
}

static const char *begun(const struct r_statement *s)
{
    return s->body.collected.at.text != NULL ? s->body.collected.at.text : s->body.evidence.started;
}

static const char *ended(const struct r_statement *s)
{
    return s->body.collected.at.text != NULL ? s->body.collected.at.text : s->body.evidence.finished;
}

bool uco_has_acquisition(const struct report_entry *intake)
{
    return who_collected(&intake->statement) != NULL || begun(&intake->statement) != NULL;
}

static void put_lines(struct uco *g, const struct r_statement *s)
{
    static const char *const keys[] = { "collected.reason",  "collected.method", "collected.gaps",
                                        "collected.changes", "clock.offset",     "clock.known_by" };

    uco_told(g, s, keys, sizeof keys / sizeof keys[0]);
}

static void put_command_line(struct uco *g, const struct r_statement *s)
{
    if (s->body.collected.command_line == NULL)
        return;
    json_key(&g->j, "uco-core:hasFacet");
    json_array(&g->j);
    uco_inner(g, "argument", s->digest, "uco-action:ActionArgumentFacet");
    json_member_string(&g->j, "uco-action:argumentName", "command line");
    json_member_string(&g->j, "uco-action:value", s->body.collected.command_line);
    json_object_end(&g->j);
    json_array_end(&g->j);
}

static void put_results(struct uco *g, const char *provenance, const char *kind, const char *key)
{
    if (provenance == NULL && key == NULL)
        return;
    json_key(&g->j, "uco-action:result");
    json_array(&g->j);
    if (key != NULL)
        uco_element(g, kind, key);
    if (provenance != NULL)
        uco_element(g, "provenance", provenance);
    json_array_end(&g->j);
}

void uco_acquisition(struct uco *g, const struct report_entry *intake)
{
    const struct r_statement *s = &intake->statement;
    HZ_CLEANUP(buf_free) struct buf key = BUF_INIT(128);
    const char *name;

    buf_printf(&key, "acquisition:%s", s->digest);
    if (!uco_has_acquisition(intake) || (name = buf_text(&key)) == NULL)
        return;
    uco_named_person(g, who_collected(s));
    uco_place(g, s->body.collected.location);
    uco_permission(g, s->body.collected.authority);
    uco_tool(g, s->body.collected.tool, s->body.collected.tool_sha256);
    put_provenance(g, name, "acquisition", ended(s));
    if (!uco_node(g, "action", name, ACTION))
        return;
    uco_typed(g, "uco-action:endTime", DATE, ended(s));
    uco_ref(g, "uco-action:instrument", "tool", s->body.collected.tool);
    uco_ref(g, "uco-action:location", "place", s->body.collected.location);
    uco_ref(g, "uco-action:object", uco_has_source(intake) ? "source" : "item", g->item);
    uco_ref(g, "uco-action:performer", "person", who_collected(s));
    put_results(g, name, "item", g->item);
    uco_typed(g, "uco-action:startTime", DATE, begun(s));
    put_lines(g, s);
    put_command_line(g, s);
    json_member_string(&g->j, "uco-core:name", "acquisition");
    json_object_end(&g->j);
}

/* --- the entries --- */

static const char *name_of(const struct r_statement *s)
{
    if (s->type == R_STATEMENT_OFFER)
        return "release";
    return s->type == R_STATEMENT_ACCEPTANCE ? "receive" : r_statement_type_name(s->type);
}

/* Persons, places and tools that it names, and what came of it, before the action itself. */
static void put_things(struct uco *g, const struct report_entry *e)
{
    const struct r_statement *s = &e->statement;

    uco_person(g, &s->actor);
    uco_person(g, &s->body.to);
    if (s->type == R_STATEMENT_COURIER)
        uco_named_person(g, s->body.name);
    uco_named_person(g, s->body.witness);
    for (size_t i = 0; i < s->body.witness_count; i++)
        uco_named_person(g, s->body.witnesses[i]);
    uco_place(g, s->body.location);
    uco_place(g, s->body.place);
    uco_permission(g, s->body.authority);
    uco_tool(g, s->body.tool, NULL);
    if (s->type == R_STATEMENT_COPY)
        uco_file(
            g, &(struct uco_file) { "copy", s->body.copy, "uco-observable:File", s->body.copy, s->body.sha256, true });
    if (s->type == R_STATEMENT_PHOTOGRAPH)
        uco_file(g, &(struct uco_file) { "photograph", s->digest, "uco-observable:Image", s->body.file, s->body.sha256,
                                         false });
    if (uco_has_provenance(e))
        put_provenance(g, s->digest, name_of(s), s->time_text);
}

static void put_participants(struct uco *g, const struct r_statement *s)
{
    const char *courier = s->type == R_STATEMENT_COURIER ? s->body.name : NULL;

    if (!s->body.to.present && courier == NULL && s->body.witness == NULL && s->body.witness_count == 0)
        return;
    json_key(&g->j, "uco-action:participant");
    json_array(&g->j);
    if (s->body.to.present)
        uco_element(g, "person", uco_person_key(&s->body.to));
    if (courier != NULL)
        uco_element(g, "person", courier);
    if (s->body.witness != NULL)
        uco_element(g, "person", s->body.witness);
    for (size_t i = 0; i < s->body.witness_count; i++)
        uco_element(g, "person", s->body.witnesses[i]);
    json_array_end(&g->j);
}

static bool is_copy(const struct r_statement *s)
{
    const char *copy = r_ledger_item_copy(s);

    return copy != NULL && strcmp(copy, R_LEDGER_ORIGINAL) != 0 && s->type != R_STATEMENT_COPY;
}

static void put_result(struct uco *g, const struct report_entry *e)
{
    const struct r_statement *s = &e->statement;
    const char *provenance = uco_has_provenance(e) ? s->digest : NULL;

    if (s->type == R_STATEMENT_COPY)
        put_results(g, NULL, "copy", s->body.copy);
    else if (s->type == R_STATEMENT_PHOTOGRAPH)
        put_results(g, NULL, "photograph", s->digest);
    else
        put_results(g, provenance, NULL, NULL);
}

static void put_traced(struct uco *g, const struct report_entry *e)
{
    HZ_CLEANUP(buf_free) struct buf number = BUF_INIT(256);

    buf_printf(&number, "entry %" PRIu64 ", statement %s", e->sequence, e->statement.digest);
    uco_reference(g, e->statement.digest, "hozen custody ledger", buf_text(&number));
}

static const char *time_of(const struct r_statement *s)
{
    const char *const told[] = { s->body.at.text, s->body.taken.text };

    for (size_t i = 0; i < sizeof told / sizeof told[0]; i++)
        if (told[i] != NULL)
            return told[i];
    return s->time_text;
}

int uco_action(struct uco *g, const struct report_entry *e, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf sentence = BUF_INIT(R_STATEMENT_MAX);
    const struct r_statement *s = &e->statement;
    int rc = describe_statement(s, &e->by, &sentence, err);

    if (rc != HZ_OK)
        return rc;
    put_things(g, e);
    if (!uco_node(g, "action", s->digest, ACTION))
        return HZ_OK;
    uco_ref(g, "case-investigation:wasInformedBy", "action",
            report_of_digest(g->report, s->previous) != NULL ? s->previous : NULL);
    uco_typed(g, "uco-action:endTime", DATE, time_of(s));
    uco_ref(g, "uco-action:instrument", "tool", s->body.tool);
    uco_ref(g, "uco-action:location", "place", s->body.location != NULL ? s->body.location : s->body.place);
    uco_ref(g, "uco-action:object", is_copy(s) ? "copy" : "item", is_copy(s) ? s->body.copy : g->item);
    put_participants(g, s);
    uco_ref(g, "uco-action:performer", "person", uco_person_key(&s->actor));
    put_result(g, e);
    uco_typed(g, "uco-action:startTime", DATE, time_of(s));
    json_member_string(&g->j, "uco-core:description", (const char *)sentence.data);
    put_traced(g, e);
    json_member_string(&g->j, "uco-core:name", name_of(s));
    json_object_end(&g->j);
    return HZ_OK;
}
