/* A form as one HTML page: begin, sections, rows of fields, tables. Text given here is raw: it is escaped on its way
 * (escape_html), and labels are our own. */
#ifndef HZ_CUSTODY_REPORT_PAGE_H
#define HZ_CUSTODY_REPORT_PAGE_H

#include "base/buf.h"
#include "custody/report.h"

struct report_page {
    struct buf *out;
    const struct report *report;
};

/* Title, what it is about, and the style for screen and A4. mark: in large letters over the page ("draft"); NULL: none.
 */
void report_page_begin(const struct report_page *p, const char *title, const char *about, const char *mark);
void report_page_end(const struct report_page *p);
/* A heading; everything up to the next one belongs to it. */
void report_page_section(const struct report_page *p, const char *title);
void report_page_paragraph(const struct report_page *p, const char *text);
/* The same as a warning that cannot be overlooked. */
void report_page_warning(const struct report_page *p, const char *text);
/* A marking of the case, in a frame. */
void report_page_marking(const struct report_page *p, const char *text);
/* A line for ink: label and an empty rule. */
void report_page_blank(const struct report_page *p, const char *label);

/* Rows stand between these two. */
void report_page_rows(const struct report_page *p);
void report_page_rows_end(const struct report_page *p);
/* Value NULL or empty: "not recorded". from: the entry that says it, NULL: none does (it was computed). */
void report_page_row(const struct report_page *p, const char *label, const char *value,
                     const struct report_entry *from);
/* A row in pieces: open, any number of values, close, which says "not recorded" when there were none. */
struct report_row {
    const struct report_page *page;
    size_t values;
};
struct report_row report_row_open(const struct report_page *p, const char *label);
void report_row_value(struct report_row *row, const char *value, uint64_t entry);
void report_row_plain(struct report_row *row, const char *value); /* from no entry */
void report_row_close(struct report_row *row);

/* A table: headings are a NULL-terminated list of labels; style names its columns' widths in style.css. */
#define REPORT_LIST "list"
#define REPORT_EVENTS "list events"
void report_page_table(const struct report_page *p, const char *style, const char *const *headings);
void report_page_table_end(const struct report_page *p);
void report_page_line(const struct report_page *p);
void report_page_line_end(const struct report_page *p);
/* Cells; text NULL or empty: "not recorded". */
void report_page_cell(const struct report_page *p, const char *text);
void report_page_cell_code(const struct report_page *p, const char *text);
void report_page_cell_begin(const struct report_page *p);
void report_page_cell_end(const struct report_page *p);
/* Inside a cell: "label: value" as a line of its own; label NULL: the value alone; value NULL: nothing. */
void report_page_detail(const struct report_page *p, const char *label, const char *value);
void report_page_detail_code(const struct report_page *p, const char *label, const char *value); /* a digest or key */
/* A whole line that says "not recorded", over that many columns. */
void report_page_line_none(const struct report_page *p, unsigned columns);

void report_page_text(const struct report_page *p, const char *text);
/* The words for a digest, a code or a key: may break anywhere. */
void report_page_code(const struct report_page *p, const char *text);
/* The code as a drawing beside its caption and its text. HZ_OK, or why there is none. */
int report_page_qr(const struct report_page *p, const char *caption, const char *content, struct hz_error *err);

#endif
