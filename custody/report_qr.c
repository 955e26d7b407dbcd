#include <errno.h>
#include <qrencode.h>
#include <string.h>

#include "base/escape.h"
#include "base/lang.h"
#include "custody/report_page.h"

static void free_code(QRcode **code)
{
    QRcode_free(*code);
}

/* Runs of dark modules, a rectangle each. */
static void draw(struct buf *out, const QRcode *code)
{
    for (int y = 0; y < code->width; y++)
        for (int x = 0, end; x < code->width; x = end + 1) {
            for (end = x; end < code->width && (code->data[y * code->width + end] & 1) != 0;)
                end++;
            if (end > x)
                buf_printf(out, "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"1\"/>", x, y, end - x);
        }
}

/* Line by line: to be read, and typed where nobody can scan. */
static void put_line(const struct report_page *p, const char *line)
{
    buf_puts(p->out, "<code>");
    escape_html(p->out, line, strcspn(line, "\n"));
    buf_puts(p->out, "</code><br>");
}

int report_page_qr(const struct report_page *p, const char *caption, const char *content, struct hz_error *err)
{
    static const int quiet = 4; /* modules of white around, ISO/IEC 18004 */
    __attribute__((cleanup(free_code))) QRcode *code =
        QRcode_encodeData((int)strlen(content), (const unsigned char *)content, 0, QR_ECLEVEL_M);

    if (code == NULL)
        return hz_error_set(err, errno == ENOMEM ? HZ_E_NOMEM : HZ_E_LIMIT, _("no QR code can be made of %s"), caption);
    buf_printf(p->out, "<figure><svg class=\"qr\" viewBox=\"%d %d %d %d\" shape-rendering=\"crispEdges\">", -quiet,
               -quiet, code->width + 2 * quiet, code->width + 2 * quiet);
    draw(p->out, code);
    buf_puts(p->out, "</svg><figcaption><b>");
    report_page_text(p, caption);
    buf_puts(p->out, "</b><br>");
    for (const char *line = content; *line != '\0'; line += strcspn(line, "\n") + (strchr(line, '\n') != NULL))
        put_line(p, line);
    buf_puts(p->out, "</figcaption></figure>\n");
    return HZ_OK;
}
