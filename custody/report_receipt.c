#include <inttypes.h>

#include "base/lang.h"
#include "base/text.h"
#include "custody/describe.h"
#include "custody/report_parts.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct report_entry *find_answer(const struct report *r, const struct report_order *order,
                                              struct hz_error *err)
{
    const struct report_entry *found = NULL;

    for (size_t i = 0; i < r->count; i++) {
        const struct report_entry *e = r->entries[i];
        bool wanted = order->answer == NULL || e->sequence == *order->answer;
        if (e->statement.type == R_STATEMENT_ACCEPTANCE && report_about(e, order->item) && wanted)
            found = e;
    }
    if (found == NULL && order->answer != NULL)
        hz_error_set(err, HZ_E_NOTFOUND, _("entry %llu is no acceptance of %s"), (unsigned long long)*order->answer,
                     order->item);
    else if (found == NULL)
        hz_error_set(err, HZ_E_NOTFOUND, _("no acceptance of %s is recorded, so there is no receipt"), order->item);
    return found;
}

struct line {
    const char *label, *key;
};

static void put_lines(const struct report_page *p, const struct report_entry *e, const struct line *lines, size_t count)
{
    for (size_t i = 0; i < count; i++)
        report_page_row(p, lang_text(lines[i].label),
                        e != NULL ? describe_member(lines[i].key, report_text(&e->statement, lines[i].key)) : NULL, e);
}

static void put_person(const struct report_page *p, const char *title, const struct report_entry *e)
{
    static const struct line lines[] = {
        { N_("name"), "actor.name" }, { N_("title"), "actor.title" },     { N_("organisation"), "actor.organisation" },
        { N_("role"), "actor.role" }, { N_("contact"), "actor.contact" }, { N_("key"), "actor.key" },
        { N_("signed at"), "time" }
    };
    HZ_CLEANUP(buf_free) struct buf stated = BUF_INIT((size_t)6 * R_LEDGER_LINE_MAX);

    report_page_section(p, title);
    report_page_rows(p);
    put_lines(p, e, lines, COUNT(lines));
    if (e != NULL)
        attribution_stated(&e->by, &stated);
    if (stated.len > 0)
        report_page_row(p, _("signed as"), buf_text(&stated), e);
    report_page_rows_end(p);
}

static const struct report_entry *find_courier(const struct report *r, const char *offer)
{
    const struct report_entry *found = NULL;

    for (size_t i = 0; i < r->count; i++)
        if (r->entries[i]->statement.type == R_STATEMENT_COURIER &&
            text_equal(r->entries[i]->statement.previous, offer))
            found = r->entries[i];
    return found;
}

static void put_handover(const struct report_page *p, const struct report_entry *offer)
{
    static const struct line lines[] = {
        { N_("purpose"), "purpose" },     { N_("condition at handover"), "condition" }, { N_("seal"), "seal" },
        { N_("transport"), "transport" }, { N_("tracking number"), "tracking" },        { N_("until"), "expires" },
        { N_("statement"), "digest" }
    };
    static const struct line courier[] = { { N_("courier"), "name" },
                                           { N_("organisation of the courier"), "organisation" },
                                           { N_("contact of the courier"), "contact" },
                                           { N_("given to the courier"), "at" },
                                           { N_("seal at the courier"), "seal" } };
    report_page_section(p, _("Handover"));
    report_page_rows(p);
    put_lines(p, offer, lines, COUNT(lines));
    put_lines(p, offer != NULL ? find_courier(p->report, offer->statement.digest) : NULL, courier, COUNT(courier));
    report_page_rows_end(p);
}

static void put_seen(const struct report_page *p, const struct report_entry *e)
{
    const struct r_seen *seen = &e->statement.body.checkpoint;
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(256);

    if (seen->present)
        buf_printf(&text, "%" PRIu64 " %s", seen->size, seen->root);
    report_page_row(p, _("head that the receiver saw"), buf_text(&text), e);
    report_page_row(p, _("proved from one known before"),
                    !seen->present   ? NULL
                    : seen->verified ? _("yes")
                                     : _("no: first seen"),
                    e);
}

static void put_receipt(const struct report_page *p, const struct report_entry *e)
{
    static const struct line lines[] = { { N_("evidence id"), "item" },
                                         { N_("SHA-256 of the evidence, by the receiver"), "file_sha256" },
                                         { N_("content id, by the receiver"), "content_id" },
                                         { N_("verdict"), "evidence.verdict" },
                                         { N_("integrity"), "evidence.integrity" },
                                         { N_("compared with"), "compared" },
                                         { N_("condition on arrival"), "condition" },
                                         { N_("location"), "location" },
                                         { N_("statement"), "digest" } };
    report_page_section(p, _("What was received"));
    report_page_rows(p);
    report_page_row(p, _("case id"), p->report->case_id, e);
    put_lines(p, e, lines, COUNT(lines));
    put_seen(p, e);
    report_page_rows_end(p);
}

int report_form_receipt(const struct report_page *p, const struct report_order *order, struct hz_error *err)
{
    const struct report_entry *answer = find_answer(p->report, order, err), *offer;
    HZ_CLEANUP(buf_free) struct buf code = BUF_INIT(128);

    if (answer == NULL)
        return HZ_E_NOTFOUND;
    offer = report_of_digest(p->report, answer->statement.previous);
    put_person(p, _("Released by"), offer);
    put_person(p, _("Received by"), answer);
    put_receipt(p, answer);
    put_handover(p, offer);
    buf_printf(&code, "hozen-statement:%s", answer->statement.digest);
    return report_page_qr(p, _("statement of the receiver"), buf_text(&code), err);
}
