#include "custody/report.h"

#include <string.h>

#include "base/lang.h"
#include "custody/report_parts.h"

struct form {
    const char *name, *title, *mark;
    bool item, case_id; /* of which it can be */
    int (*make)(const struct report_page *p, const struct report_order *order, struct hz_error *err);
};

static const struct form forms[] = {
    { "custody", N_("Chain of custody form"), NULL, true, false, report_form_custody },
    { "acquisition", N_("Acquisition report"), NULL, true, false, report_form_acquisition },
    { "receipt", N_("Receipt"), NULL, true, false, report_form_receipt },
    { "certificate", N_("Certification of digital identification"), N_("DRAFT: a person certifies"), true, false,
      report_form_certificate },
    { "disposal", N_("Record of disposal or return"), NULL, true, false, report_form_disposal },
    { "case", N_("Case overview"), NULL, false, true, report_form_case },
};

int report_form_custody(const struct report_page *p, const struct report_order *order, struct hz_error *err)
{
    const char *item = order->item;
    int rc = report_parts_state(p, item, err);

    if (rc != HZ_OK)
        return rc;
    report_parts_case(p);
    report_parts_item(p, item);
    report_parts_taking(p, item);
    rc = report_parts_digests(p, item, err);
    report_parts_inside(p, item);
    if (rc == HZ_OK)
        rc = report_parts_chain(p, item, err);
    if (rc == HZ_OK)
        rc = report_parts_copies(p, item, err);
    if (rc == HZ_OK)
        rc = report_parts_events(p, _("Storage and access"), item,
                                 REPORT_TYPE(COPY) | REPORT_TYPE(CHECKOUT) | REPORT_TYPE(RETURN) | REPORT_TYPE(MOVE) |
                                     REPORT_TYPE(DESTRUCTION),
                                 err);
    if (rc == HZ_OK)
        rc =
            report_parts_events(p, _("Integrity rechecked"), item, REPORT_TYPE(RECHECK) | REPORT_TYPE(RESOLUTION), err);
    if (rc == HZ_OK)
        rc = report_parts_events(p, _("Legal holds"), item, REPORT_TYPE(HOLD) | REPORT_TYPE(LIFT), err);
    if (rc == HZ_OK)
        rc = report_parts_events(p, _("Notes"), item, REPORT_TYPE(NOTE), err);
    if (rc == HZ_OK)
        rc = report_parts_events(p, _("Photographs"), item, REPORT_TYPE(PHOTOGRAPH), err);
    if (rc == HZ_OK)
        rc = report_parts_events(p, _("Disposal and return to the owner"), item,
                                 REPORT_TYPE(DISPOSAL_PLAN) | REPORT_TYPE(DISPOSAL) | REPORT_TYPE(OWNER_RETURN), err);
    if (rc == HZ_OK)
        rc = report_parts_people(p, err);
    return rc == HZ_OK ? report_parts_policy(p, err) : rc;
}

static const struct form *find(const struct report_order *order, struct hz_error *err)
{
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        const struct form *f = &forms[i];
        if (strcmp(f->name, order->form) != 0)
            continue;
        if (order->item != NULL ? f->item : f->case_id)
            return f;
        hz_error_set(err, HZ_E_USAGE,
                     f->item ? _("the form %s is about an item; name one")
                             : _("the form %s is about a case; give --case"),
                     f->name);
        return NULL;
    }
    hz_error_set(err, HZ_E_USAGE, _("there is no form %s"), order->form);
    return NULL;
}

/* The marking of the case stands where nobody overlooks it. */
static void put_privilege(const struct report_page *p)
{
    for (size_t i = p->report->count; i > 0; i--) {
        const struct r_statement *s = &p->report->entries[i - 1]->statement;
        if (s->type != R_STATEMENT_CASE || s->body.privilege == NULL)
            continue;
        report_page_marking(p, s->body.privilege);
        return;
    }
}

static int fill(const struct report_page *p, const struct form *form, const struct report_order *order,
                struct hz_error *err)
{
    int rc;

    report_page_begin(p, lang_text(form->title), order->item != NULL ? order->item : order->case_id,
                      form->mark != NULL ? lang_text(form->mark) : NULL);
    put_privilege(p);
    if (audit_verdict(&p->report->audit) != AUDIT_CONSISTENT)
        report_page_warning(p, _("The audit of the ledger could not judge everything: hozen custody audit says what."));
    rc = form->make(p, order, err);
    if (rc == HZ_OK)
        rc = report_parts_record(p, err);
    report_page_end(p);
    return rc;
}

int report_make(const struct report_order *order, struct buf *out, struct hz_error *err)
{
    HZ_CLEANUP(report_free) struct report report = { 0 };
    struct report_page page = { .out = out, .report = &report };
    const struct form *form = find(order, err);
    int rc;

    if (form == NULL)
        return HZ_E_USAGE;
    rc = report_load(&report, order, err);
    if (rc == HZ_OK)
        rc = fill(&page, form, order, err);
    return rc == HZ_OK ? buf_check(out, err) : rc;
}
