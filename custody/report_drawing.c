#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/escape.h"
#include "base/lang.h"
#include "base/text.h"
#include "base/width.h"
#include "custody/report_parts.h"

/* A lifeline for each person, time downwards: a dot where somebody takes an item, an arrow where it goes to another. */
enum { WIDTH = 720, LEFT = 150, ROW = 26, TOP = 44, PEOPLE = 6, ROWS = 36 };

struct drawing {
    const struct report_page *page;
    const char *people[PEOPLE]; /* keys, in the order of appearance; the last place is for all others */
    size_t count;
};

struct step { /* an event as it is drawn: from == to is a dot */
    const char *from, *to, *word;
    bool moved; /* custody is with `to` afterwards */
};

static const char *const words[R_STATEMENT_TYPES] = {
    [R_STATEMENT_INTAKE] = N_("intake"),         [R_STATEMENT_OFFER] = N_("offer"),
    [R_STATEMENT_COURIER] = N_("courier"),       [R_STATEMENT_WITHDRAWAL] = N_("withdrawal"),
    [R_STATEMENT_ACCEPTANCE] = N_("acceptance"), [R_STATEMENT_DECLINE] = N_("refusal"),
    [R_STATEMENT_SETTLEMENT] = N_("settlement"), [R_STATEMENT_REASSIGN] = N_("reassignment"),
    [R_STATEMENT_DISPOSAL] = N_("disposal"),     [R_STATEMENT_OWNER_RETURN] = N_("return to the owner"),
};

static bool step_of(const struct report *r, const struct report_entry *e, struct step *out)
{
    const struct r_statement *s = &e->statement;
    const struct report_entry *offer = report_of_digest(r, s->previous);

    if (words[s->type] == NULL)
        return false;
    *out = (struct step) { s->actor.key, s->actor.key, lang_text(words[s->type]), s->type == R_STATEMENT_INTAKE };
    if (s->type == R_STATEMENT_OFFER || s->type == R_STATEMENT_REASSIGN)
        out->to = s->body.to.key;
    if (s->type == R_STATEMENT_SETTLEMENT)
        out->to = s->body.custodian;
    if (s->type == R_STATEMENT_ACCEPTANCE && offer != NULL)
        out->from = offer->statement.actor.key;
    if (s->type == R_STATEMENT_ACCEPTANCE || s->type == R_STATEMENT_SETTLEMENT || s->type == R_STATEMENT_REASSIGN)
        out->moved = true;
    return true;
}

static size_t column(struct drawing *d, const char *key)
{
    for (size_t i = 0; i < d->count; i++)
        if (strcmp(d->people[i], key) == 0)
            return i;
    if (d->count < PEOPLE)
        d->people[d->count++] = key;
    return d->count - 1;
}

static unsigned middle(const struct drawing *d, size_t at)
{
    return (unsigned)(LEFT + (WIDTH - LEFT) * (2 * at + 1) / (2 * d->count));
}

static void put_text(const struct drawing *d, unsigned x, unsigned y, const char *anchor, const char *text)
{
    buf_printf(d->page->out, "<text x=\"%u\" y=\"%u\" text-anchor=\"%s\" font-size=\"11\">", x, y, anchor);
    report_page_text(d->page, text);
    buf_puts(d->page->out, "</text>");
}

/* A name that is too wide for its column is cut: the table of persons has it in full. */
static int put_names(const struct drawing *d, size_t rows, struct hz_error *err)
{
    unsigned room = (unsigned)((WIDTH - LEFT) / d->count / 6);

    for (size_t i = 0; i < d->count; i++) {
        HZ_CLEANUP(buf_free) struct buf name = BUF_INIT(R_LEDGER_LINE_MAX + 64);
        int rc = report_name(d->page->report, d->people[i], &name, err);
        size_t end = 0, step = 0;
        if (rc != HZ_OK || buf_text(&name) == NULL)
            return rc != HZ_OK ? rc : buf_check(&name, err);
        for (unsigned used = 0; end < name.len; end += step) {
            used += width_char((const char *)name.data + end, &step);
            if (used > room)
                break;
        }
        if (end < name.len)
            snprintf((char *)name.data + end, name.len - end + 1, "%s", "");
        put_text(d, middle(d, i), 16, "middle", (const char *)name.data);
        buf_printf(d->page->out,
                   "<line x1=\"%u\" y1=\"24\" x2=\"%u\" y2=\"%zu\" stroke=\"#999\" stroke-dasharray=\"3 3\"/>",
                   middle(d, i), middle(d, i), TOP + rows * ROW);
    }
    return HZ_OK;
}

static void put_arrow(const struct drawing *d, unsigned from, unsigned to, unsigned y, bool moved)
{
    int head = to > from ? -7 : 7;

    buf_printf(d->page->out, "<line x1=\"%u\" y1=\"%u\" x2=\"%u\" y2=\"%u\" stroke=\"#345\" stroke-width=\"%s\"%s/>",
               from, y, to, y, moved ? "2" : "1", moved ? "" : " stroke-dasharray=\"5 3\"");
    buf_printf(d->page->out, "<path d=\"M%u %ul%d -4v8z\" fill=\"#345\"/>", to, y, head);
}

static void put_step(struct drawing *d, const struct report_entry *e, const struct step *step, size_t row)
{
    unsigned y = (unsigned)(TOP + row * ROW), from = middle(d, column(d, step->from)),
             to = middle(d, column(d, step->to));
    HZ_CLEANUP(buf_free) struct buf label = BUF_INIT(256);

    buf_printf(&label, "[%" PRIu64 "] %.10s %.5s", e->sequence, e->recorded_at, e->recorded_at + 11);
    put_text(d, 0, y + 4, "start", buf_text(&label) != NULL ? (const char *)label.data : "");
    if (from != to)
        put_arrow(d, from, to, y, step->moved);
    if (from == to || step->moved)
        buf_printf(d->page->out, "<circle cx=\"%u\" cy=\"%u\" r=\"5\" fill=\"%s\" stroke=\"#345\"/>", to, y,
                   step->moved ? "#345" : "#fff");
    if (from != to)
        put_text(d, (from + to) / 2, y - 4, "middle", step->word);
    else
        put_text(d, to + 9, y + 4, "start", step->word);
}

/* At most ROWS events in one drawing, so that each fits on a page. *at goes on behind the last one drawn. */
static int put_part(struct drawing *d, const char *item, size_t rows, size_t *at, struct hz_error *err)
{
    const struct report *r = d->page->report;
    struct step step;
    int rc;

    buf_printf(d->page->out, "<svg class=\"chain\" role=\"img\" viewBox=\"0 0 %d %zu\">", WIDTH, TOP + rows * ROW);
    rc = put_names(d, rows, err);
    for (size_t row = 0; rc == HZ_OK && row < rows; (*at)++)
        if (report_about(r->entries[*at], item) && step_of(r, r->entries[*at], &step))
            put_step(d, r->entries[*at], &step, row++);
    buf_puts(d->page->out, "</svg>\n");
    return rc;
}

int report_parts_drawing(const struct report_page *p, const char *item, struct hz_error *err)
{
    struct drawing d = { .page = p };
    struct step step;
    size_t total = 0, at = 0;
    int rc = HZ_OK;

    for (size_t i = 0; i < p->report->count; i++)
        if (report_about(p->report->entries[i], item) && step_of(p->report, p->report->entries[i], &step)) {
            total++;
            column(&d, step.from);
            column(&d, step.to);
        }
    buf_puts(p->out, "<h3>");
    report_page_text(p, item);
    buf_puts(p->out, "</h3>\n");
    for (size_t left = total; rc == HZ_OK && left > 0;) {
        size_t rows = left < ROWS ? left : ROWS;
        rc = put_part(&d, item, rows, &at, err);
        left -= rows;
    }
    return rc;
}
