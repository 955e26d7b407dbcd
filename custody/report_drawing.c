#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/lang.h"
#include "base/width.h"
#include "custody/report_chain.h"
#include "custody/report_parts.h"

/* A lifeline for each person, time downwards: a dot where somebody takes an item, an arrow where it goes to another. */
enum { WIDTH = 720, LEFT = 150, ROW = 26, TOP = 56, COLUMNS = 10, ROWS = 36, LETTER = 6, LINE = 12 };

struct drawing {
    const struct report_page *page;
    const struct report_chain *chain;
    size_t *column; /* owned; of each person of the chain */
    size_t count;   /* columns */
    size_t others;  /* persons who share the last one; 0: each has one */
};

/* Who held the item has a column before who was only offered it, and who came first before who came later. */
static void choose(struct drawing *d)
{
    const struct report_chain *c = d->chain;
    size_t own = c->people_count <= COLUMNS ? c->people_count : COLUMNS - 1, left = own, at = 0;

    for (size_t i = 0; i < c->people_count; i++)
        d->column[i] = COLUMNS;
    for (int held = 1; held >= 0; held--)
        for (size_t i = 0; i < c->people_count && left > 0; i++)
            if (c->people[i].held == (held == 1)) {
                d->column[i] = 0;
                left--;
            }
    for (size_t i = 0; i < c->people_count; i++)
        d->column[i] = d->column[i] == COLUMNS ? own : at++;
    d->others = c->people_count - own;
    d->count = own + (d->others > 0);
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

/* As much of the text as the columns hold, and not half a word where that can be. */
static size_t fitting(const char *text, unsigned room)
{
    size_t end = 0, step = 0, blank = 0;

    for (unsigned used = 0; text[end] != '\0'; end += step) {
        used += width_char(text + end, &step);
        if (text[end] == ' ')
            blank = end;
        if (used > room)
            return blank > 0 ? blank : end;
    }
    return end;
}

/* In two lines at most; what is wider is cut: the table of persons has it in full. */
static void put_name(const struct drawing *d, unsigned x, const char *name)
{
    unsigned room = (unsigned)((WIDTH - LEFT) / d->count / LETTER);

    for (unsigned line = 0; line < 2 && *name != '\0'; line++) {
        char part[512];
        size_t len = fitting(name, room);
        snprintf(part, sizeof part, "%.*s", (int)len, name);
        put_text(d, x, 14 + line * LINE, "middle", part);
        name += len;
        while (*name == ' ')
            name++;
    }
}

static void put_line(const struct drawing *d, unsigned x, size_t rows)
{
    buf_printf(d->page->out,
               "<line x1=\"%u\" y1=\"34\" x2=\"%u\" y2=\"%zu\" stroke=\"#999\" stroke-dasharray=\"3 3\"/>", x, x,
               TOP + rows * ROW);
}

static void put_names(const struct drawing *d, size_t rows)
{
    char others[128];

    for (size_t i = 0; i < d->chain->people_count; i++) {
        if (d->others > 0 && d->column[i] == d->count - 1)
            continue;
        put_name(d, middle(d, d->column[i]), d->chain->people[i].name);
        put_line(d, middle(d, d->column[i]), rows);
    }
    if (d->others == 0)
        return;
    snprintf(others, sizeof others, _("others (%zu persons)"), d->others);
    put_name(d, middle(d, d->count - 1), others);
    put_line(d, middle(d, d->count - 1), rows);
}

static void put_arrow(const struct drawing *d, unsigned from, unsigned to, unsigned y, bool moved)
{
    int head = to > from ? -7 : 7;

    buf_printf(d->page->out, "<line x1=\"%u\" y1=\"%u\" x2=\"%u\" y2=\"%u\" stroke=\"#345\" stroke-width=\"%s\"%s/>",
               from, y, to, y, moved ? "2" : "1", moved ? "" : " stroke-dasharray=\"5 3\"");
    buf_printf(d->page->out, "<path d=\"M%u %ul%d -4v8z\" fill=\"#345\"/>", to, y, head);
}

/* Who of those who share a column it is about stands beside the word. */
static void put_word(const struct drawing *d, const struct report_step *step, struct buf *out)
{
    const struct report_someone *people = d->chain->people;
    bool from = d->others > 0 && d->column[step->from] == d->count - 1;
    bool to = d->others > 0 && d->column[step->to] == d->count - 1;

    buf_puts(out, step->word);
    if (from && to && step->from != step->to)
        buf_printf(out, " (%s > %s)", people[step->from].name, people[step->to].name);
    else if (from || to)
        buf_printf(out, " (%s)", people[to ? step->to : step->from].name);
}

static void put_dot(const struct drawing *d, unsigned x, unsigned y, bool moved)
{
    buf_printf(d->page->out, "<circle cx=\"%u\" cy=\"%u\" r=\"5\" fill=\"%s\" stroke=\"#345\"/>", x, y,
               moved ? "#345" : "#fff");
}

/* Beside a dot, on the side where there is room; over an arrow, and inside the drawing. */
static void put_label(const struct drawing *d, unsigned from, unsigned to, unsigned y, const char *text)
{
    unsigned width = width_text(text) * LETTER, x = (from + to) / 2;

    if (from == to && to + 9 + width <= WIDTH)
        put_text(d, to + 9, y + 4, "start", text);
    else if (from == to)
        put_text(d, to - 9, y + 4, "end", text);
    else if (x + width / 2 <= WIDTH)
        put_text(d, x, y - 4, "middle", text);
    else
        put_text(d, WIDTH, y - 4, "end", text);
}

static int put_step(const struct drawing *d, const struct report_step *step, size_t row, struct hz_error *err)
{
    const struct report_entry *e = step->entry;
    unsigned y = (unsigned)(TOP + row * ROW), from = middle(d, d->column[step->from]),
             to = middle(d, d->column[step->to]);
    HZ_CLEANUP(buf_free) struct buf label = BUF_INIT(256);
    HZ_CLEANUP(buf_free) struct buf word = BUF_INIT(2048);

    buf_printf(&label, "[%" PRIu64 "] %.10s %.5s", e->sequence, e->recorded_at, e->recorded_at + 11);
    put_word(d, step, &word);
    if (buf_text(&label) == NULL || buf_text(&word) == NULL)
        return buf_check(&label, err) != HZ_OK ? HZ_E_NOMEM : buf_check(&word, err);
    put_text(d, 0, y + 4, "start", (const char *)label.data);
    if (from != to)
        put_arrow(d, from, to, y, step->moved);
    if (from == to || step->moved)
        put_dot(d, to, y, step->moved);
    put_label(d, from, to, y, (const char *)word.data);
    return HZ_OK;
}

/* At most ROWS events in one drawing, so that each fits on a page. */
static int put_part(const struct drawing *d, const struct report_step *steps, size_t rows, struct hz_error *err)
{
    int rc = HZ_OK;

    buf_printf(d->page->out, "<svg class=\"chain\" role=\"img\" viewBox=\"0 0 %d %zu\">", WIDTH, TOP + rows * ROW);
    put_names(d, rows);
    for (size_t row = 0; rc == HZ_OK && row < rows; row++)
        rc = put_step(d, &steps[row], row, err);
    buf_puts(d->page->out, "</svg>\n");
    return rc;
}

static int put_chain(const struct report_page *p, const struct report_chain *chain, struct hz_error *err)
{
    struct drawing d = { .page = p, .chain = chain };
    int rc = HZ_OK;

    d.column = calloc(chain->people_count + 1, sizeof *d.column);
    if (d.column == NULL)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    choose(&d);
    for (size_t at = 0; rc == HZ_OK && at < chain->step_count; at += ROWS)
        rc = put_part(&d, &chain->steps[at], chain->step_count - at < ROWS ? chain->step_count - at : ROWS, err);
    free(d.column);
    return rc;
}

int report_parts_drawing(const struct report_page *p, const char *item, struct hz_error *err)
{
    HZ_CLEANUP(report_chain_free) struct report_chain chain = { 0 };
    int rc = report_chain_make(p->report, item, &chain, err);

    if (rc != HZ_OK)
        return rc;
    buf_puts(p->out, "<h3>");
    report_page_text(p, item);
    buf_puts(p->out, "</h3>\n");
    return put_chain(p, &chain, err);
}
