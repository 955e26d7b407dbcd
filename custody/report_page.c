#include "custody/report_page.h"

#include <inttypes.h>
#include <string.h>

#include "base/escape.h"
#include "base/lang.h"
#include "report_style.h"

void report_page_text(const struct report_page *p, const char *text)
{
    escape_html(p->out, text, strlen(text));
}

static void element(const struct report_page *p, const char *open, const char *text, const char *close)
{
    buf_puts(p->out, open);
    report_page_text(p, text);
    buf_puts(p->out, close);
}

void report_page_begin(const struct report_page *p, const char *title, const char *about, const char *mark)
{
    buf_printf(p->out, "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n",
               lang_selected() == LANG_JA ? "ja" : "en");
    buf_puts(p->out, "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
                     "'unsafe-inline'\">\n<meta name=\"viewport\" content=\"width=device-width\">\n");
    element(p, "<title>", title, " ");
    element(p, "", about, "</title>\n<style>\n");
    buf_puts(p->out, report_style);
    buf_puts(p->out, "</style>\n</head>\n<body>\n");
    if (mark != NULL)
        element(p, "<div class=\"mark\">", mark, "</div>\n");
    element(p, "<header>\n<h1>", title, "</h1>\n");
    element(p, "<p class=\"about\">", about, "</p>\n</header>\n");
}

void report_page_end(const struct report_page *p)
{
    buf_puts(p->out, "</body>\n</html>\n");
}

void report_page_section(const struct report_page *p, const char *title)
{
    element(p, "<h2>", title, "</h2>\n");
}

void report_page_paragraph(const struct report_page *p, const char *text)
{
    element(p, "<p>", text, "</p>\n");
}

void report_page_warning(const struct report_page *p, const char *text)
{
    element(p, "<p class=\"warning\">", text, "</p>\n");
}

void report_page_marking(const struct report_page *p, const char *text)
{
    element(p, "<p class=\"privilege\">", text, "</p>\n");
}

void report_page_blank(const struct report_page *p, const char *label)
{
    element(p, "<p class=\"blank\"><span>", label, "</span></p>\n");
}

void report_page_rows(const struct report_page *p)
{
    buf_puts(p->out, "<table class=\"fields\">\n");
}

void report_page_rows_end(const struct report_page *p)
{
    buf_puts(p->out, "</table>\n");
}

static void put_entry(const struct report_page *p, uint64_t entry)
{
    buf_printf(p->out, " <span class=\"entry\">[%" PRIu64 "]</span>", entry);
}

static void put_none(const struct report_page *p)
{
    element(p, "<span class=\"none\">", _("not recorded"), "</span>");
}

struct report_row report_row_open(const struct report_page *p, const char *label)
{
    element(p, "<tr><th>", label, "</th><td>");
    return (struct report_row) { .page = p };
}

void report_row_plain(struct report_row *row, const char *value)
{
    if (row->values++ > 0)
        buf_puts(row->page->out, "<br>");
    report_page_text(row->page, value);
}

void report_row_value(struct report_row *row, const char *value, uint64_t entry)
{
    report_row_plain(row, value);
    put_entry(row->page, entry);
}

void report_row_close(struct report_row *row)
{
    if (row->values == 0)
        put_none(row->page);
    buf_puts(row->page->out, "</td></tr>\n");
}

void report_page_row(const struct report_page *p, const char *label, const char *value, const struct report_entry *from)
{
    struct report_row row = report_row_open(p, label);

    if (value != NULL && value[0] != '\0' && from != NULL)
        report_row_value(&row, value, from->sequence);
    else if (value != NULL && value[0] != '\0')
        report_row_plain(&row, value);
    report_row_close(&row);
}

void report_page_table(const struct report_page *p, const char *style, const char *const *headings)
{
    buf_printf(p->out, "<table class=\"%s\">\n<thead><tr>", style);
    for (; *headings != NULL; headings++)
        element(p, "<th>", lang_text(*headings), "</th>");
    buf_puts(p->out, "</tr></thead>\n<tbody>\n");
}

void report_page_table_end(const struct report_page *p)
{
    buf_puts(p->out, "</tbody>\n</table>\n");
}

void report_page_line(const struct report_page *p)
{
    buf_puts(p->out, "<tr>");
}

void report_page_line_end(const struct report_page *p)
{
    buf_puts(p->out, "</tr>\n");
}

void report_page_line_none(const struct report_page *p, unsigned columns)
{
    buf_printf(p->out, "<tr><td colspan=\"%u\">", columns);
    put_none(p);
    buf_puts(p->out, "</td></tr>\n");
}

void report_page_cell_begin(const struct report_page *p)
{
    buf_puts(p->out, "<td>");
}

void report_page_cell_end(const struct report_page *p)
{
    buf_puts(p->out, "</td>");
}

void report_page_cell(const struct report_page *p, const char *text)
{
    report_page_cell_begin(p);
    if (text != NULL && text[0] != '\0')
        report_page_text(p, text);
    else
        put_none(p);
    report_page_cell_end(p);
}

void report_page_code(const struct report_page *p, const char *text)
{
    element(p, "<code>", text, "</code>");
}

void report_page_cell_code(const struct report_page *p, const char *text)
{
    report_page_cell_begin(p);
    if (text != NULL && text[0] != '\0')
        report_page_code(p, text);
    else
        put_none(p);
    report_page_cell_end(p);
}

void report_page_detail(const struct report_page *p, const char *label, const char *value)
{
    if (value == NULL || value[0] == '\0')
        return;
    buf_puts(p->out, "<div>");
    if (label != NULL)
        element(p, "<span class=\"label\">", label, ": </span>");
    element(p, "", value, "</div>");
}

void report_page_detail_code(const struct report_page *p, const char *label, const char *value)
{
    if (value == NULL)
        return;
    element(p, "<div><span class=\"label\">", label, ": </span>");
    report_page_code(p, value);
    buf_puts(p->out, "</div>");
}
