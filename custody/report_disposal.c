#include "base/lang.h"
#include "custody/report_parts.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void put_disposal(const struct report_page *p, const char *item)
{
    static const struct report_field fields[] = {
        { N_("planned by"), R_STATEMENT_DISPOSAL_PLAN, "actor.name" },
        { N_("planned at"), R_STATEMENT_DISPOSAL_PLAN, "time" },
        { N_("planned method"), R_STATEMENT_DISPOSAL_PLAN, "method" },
        { N_("authority of the plan"), R_STATEMENT_DISPOSAL_PLAN, "authority" },
        { N_("reason of the plan"), R_STATEMENT_DISPOSAL_PLAN, "reason" },
        { N_("disposed of by"), R_STATEMENT_DISPOSAL, "actor.name" },
        { N_("disposed of at"), R_STATEMENT_DISPOSAL, "time" },
        { N_("method of disposal"), R_STATEMENT_DISPOSAL, "method" },
        { N_("authority of disposal"), R_STATEMENT_DISPOSAL, "authority" },
        { N_("witness of disposal"), R_STATEMENT_DISPOSAL, "witness" },
        { N_("returned to"), R_STATEMENT_OWNER_RETURN, "to.name" },
        { N_("organisation of the owner"), R_STATEMENT_OWNER_RETURN, "to.organisation" },
        { N_("contact of the owner"), R_STATEMENT_OWNER_RETURN, "to.contact" },
        { N_("returned at"), R_STATEMENT_OWNER_RETURN, "time" },
        { N_("returned by"), R_STATEMENT_OWNER_RETURN, "actor.name" },
        { N_("authority of return"), R_STATEMENT_OWNER_RETURN, "authority" },
        { N_("condition at return"), R_STATEMENT_OWNER_RETURN, "condition" },
    };
    report_page_section(p, _("Disposal and return to the owner"));
    report_parts_fields(p, item, fields, COUNT(fields));
}

int report_form_disposal(const struct report_page *p, const struct report_order *order, struct hz_error *err)
{
    const char *item = order->item;
    int rc;

    if (report_latest(p->report, R_STATEMENT_DISPOSAL, item) == NULL &&
        report_latest(p->report, R_STATEMENT_OWNER_RETURN, item) == NULL)
        report_page_warning(p, _("Neither a disposal nor a return to the owner is recorded: the item is still kept."));
    rc = report_parts_state(p, item, err);
    if (rc != HZ_OK)
        return rc;
    put_disposal(p, item);
    rc = report_parts_events(p, _("Legal holds"), item, REPORT_TYPE(HOLD) | REPORT_TYPE(LIFT), err);
    if (rc == HZ_OK)
        rc = report_parts_events(p, _("Signed records of the end"), item,
                                 REPORT_TYPE(DISPOSAL_PLAN) | REPORT_TYPE(DISPOSAL) | REPORT_TYPE(OWNER_RETURN) |
                                     REPORT_TYPE(DESTRUCTION),
                                 err);
    if (rc == HZ_OK)
        rc = report_parts_copies(p, item, err);
    report_parts_item(p, item);
    if (rc == HZ_OK)
        rc = report_parts_digests(p, item, err);
    return rc == HZ_OK ? report_parts_people(p, err) : rc;
}
