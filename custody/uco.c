#include "custody/uco.h"

#include <string.h>

#include "base/lang.h"
#include "base/text.h"
#include "custody/describe_body.h"
#include "custody/uco_actions.h"
#include "custody/uco_things.h"

static const struct report_entry *first_intake(const struct uco *g)
{
    for (size_t i = 0; i < g->report->count; i++)
        if (g->report->entries[i]->statement.type == R_STATEMENT_INTAKE && report_about(g->report->entries[i], g->item))
            return g->report->entries[i];
    return NULL;
}

/* What is known of the case: each member as it was stated last. */
static const char *fact(const struct uco *g, const char *key)
{
    const char *value = NULL;

    for (size_t i = 0; i < g->report->count; i++) {
        const struct r_statement *s = &g->report->entries[i]->statement;
        if (s->type == R_STATEMENT_CASE && r_statement_text(s, key) != NULL)
            value = r_statement_text(s, key);
    }
    return value;
}

static void put_facts(struct uco *g)
{
    static const char *const keys[] = {
        "detected", "reporter", "method", "symptoms", "impact", "severity", "privilege"
    };
    struct uco_line lines[sizeof keys / sizeof keys[0]];

    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        lines[i] = (struct uco_line) { describe_body_named(keys[i]), fact(g, keys[i]) };
    uco_lines(g, lines, sizeof keys / sizeof keys[0]);
}

static void put_permissions(struct uco *g)
{
    bool open = false;

    for (size_t i = 0; i < g->report->count; i++) {
        const struct r_statement *s = &g->report->entries[i]->statement;
        const char *const texts[] = { s->body.collected.authority, s->body.authority };
        for (size_t n = 0; n < sizeof texts / sizeof texts[0]; n++) {
            if (texts[n] == NULL || !report_about(g->report->entries[i], g->item))
                continue;
            if (!open) {
                json_key(&g->j, "case-investigation:relevantAuthorization");
                json_array(&g->j);
            }
            open = true;
            uco_element(g, "authority", texts[n]);
        }
    }
    if (open)
        json_array_end(&g->j);
}

/* Whatever the graph holds of the case. */
static void put_objects(struct uco *g, const struct report_entry *intake)
{
    HZ_CLEANUP(buf_free) struct buf key = BUF_INIT(128);

    json_key(&g->j, "uco-core:object");
    json_array(&g->j);
    uco_element(g, "item", g->item);
    buf_printf(&key, "acquisition:%s", intake->statement.digest);
    if (uco_has_acquisition(intake) && buf_text(&key) != NULL) {
        uco_element(g, "action", (const char *)key.data);
        uco_element(g, "provenance", (const char *)key.data);
    }
    for (size_t i = 0; i < g->report->count; i++) {
        const struct report_entry *e = g->report->entries[i];
        if (!report_about(e, g->item))
            continue;
        uco_element(g, "action", e->statement.digest);
        if (uco_has_provenance(e))
            uco_element(g, "provenance", e->statement.digest);
    }
    json_array_end(&g->j);
}

static void put_case(struct uco *g, const struct report_entry *intake)
{
    const char *id = g->report->case_id;

    if (id == NULL || !uco_node(g, "case", id, "case-investigation:Investigation"))
        return;
    json_member_string(&g->j, "case-investigation:investigationForm", "incident");
    put_permissions(g);
    put_facts(g);
    uco_reference(g, id, "case id", id);
    json_member_string(&g->j, "uco-core:name", fact(g, "title") != NULL ? fact(g, "title") : id);
    put_objects(g, intake);
    json_object_end(&g->j);
}

static int fill(struct uco *g, struct hz_error *err)
{
    const struct report_entry *intake = first_intake(g);
    int rc = HZ_OK;

    if (intake == NULL)
        return hz_error_set(err, HZ_E_NOTFOUND, _("%s: no such item in this ledger; hozen custody show lists them"),
                            g->item);
    uco_item(g, intake);
    uco_acquisition(g, intake);
    for (size_t i = 0; rc == HZ_OK && i < g->report->count; i++)
        if (report_about(g->report->entries[i], g->item))
            rc = uco_action(g, g->report->entries[i], err);
    put_case(g, intake);
    return rc;
}

int uco_make(const struct report_order *order, struct buf *out, struct hz_error *err)
{
    HZ_CLEANUP(report_free) struct report report = { 0 };
    HZ_CLEANUP(uco_graph_free) struct uco g = { 0 };
    int rc = report_load(&report, order, err);

    if (rc == HZ_OK)
        rc = uco_graph_begin(&g, &report, out, err);
    if (rc == HZ_OK)
        rc = fill(&g, err);
    return rc == HZ_OK ? uco_graph_end(&g, err) : rc;
}
