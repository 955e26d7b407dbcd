#include <inttypes.h>
#include <string.h>

#include "base/escape.h"
#include "base/text.h"
#include "verify/rows.h"
#include "verify/rows_format.h"

#define NAMESPACE "urn:hozen:dfxml:1" /* of what DFXML has no element for */

/* <tag>text</tag>; true when the text is the bytes themselves */
static bool element(struct buf *out, const char *tag, const struct wire_bytes *bytes)
{
    bool exact = true;

    buf_printf(out, "    <%s>", tag);
    escape_xml(out, bytes->at, bytes->len, &exact);
    buf_printf(out, "</%s>\n", tag);
    return exact;
}

static void element_base64(struct buf *out, const char *tag, const struct wire_bytes *bytes)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(ROWS_LINE_MAX);

    if (text_base64(&text, bytes->at, bytes->len))
        out->failed = text.failed;
    buf_printf(out, "    <hozen:%s_base64>", tag);
    buf_put(out, text.data, text.len);
    buf_printf(out, "</hozen:%s_base64>\n", tag);
}

static int begin(FILE *stream, const char *bundle, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf out = BUF_INIT(ROWS_LINE_MAX);
    const struct wire_bytes name = { bundle, strlen(bundle) };

    buf_puts(&out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                   "<dfxml xmlns=\"http://www.forensicswiki.org/wiki/Category:Digital_Forensics_XML\"\n"
                   "       xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:hozen=\"" NAMESPACE "\"\n"
                   "       version=\"1.2.0\">\n"
                   "  <metadata>\n    <dc:type>Hash List</dc:type>\n  </metadata>\n"
                   "  <creator>\n    <program>hozen list</program>\n"
                   "    <version>" HOZEN_VERSION "</version>\n  </creator>\n"
                   "  <source>\n");
    element(&out, "image_filename", &name);
    buf_puts(&out, "  </source>\n");
    return rows_put(stream, &out, err);
}

static const char *name_type(const struct reader_row *row)
{
    static const struct {
        const char *word, *letter;
    } types[] = {
        { "file", "r" },   { "directory", "d" },        { "symlink", "l" },      { "fifo", "p" },
        { "socket", "s" }, { "character-device", "c" }, { "block-device", "b" },
    };
    struct wire_bytes type = rows_type(row);

    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (type.len == strlen(types[i].word) && memcmp(type.at, types[i].word, type.len) == 0)
            return types[i].letter;
    return "-";
}

/* xs:dateTime has the years that the formatted time has, the others are seconds */
static void put_time(struct buf *out, const struct reader_row *row)
{
    char time[STAMP_SIZE];

    if (!row->stat.known)
        return;
    stamp_format(time, row->stat.mtime);
    if (time[0] != '@')
        buf_printf(out, "    <mtime>%s</mtime>\n", time);
}

/* What the schema wants last: the elements of our own */
static void put_own(struct buf *out, const struct reader_row *row, bool name_exact, bool target_exact)
{
    const struct wire_bytes name = rows_name(row), more = row->more_raw.len ? row->more_raw : row->more;
    char time[STAMP_SIZE];

    if (!name_exact)
        element_base64(out, "filename", &name);
    if (!target_exact)
        element_base64(out, "link_target", &more);
    if (row->stat.known) {
        stamp_format(time, row->stat.mtime);
        if (time[0] == '@')
            buf_printf(out, "    <hozen:mtime>%s</hozen:mtime>\n", time);
    }
    if (row->kind == READER_FILE)
        element(out, "hozen:path", &row->path);
    element(out, "hozen:source", &row->source);
    if (row->kind != READER_OBJECT)
        element(out, "hozen:status", &row->word);
    if (row->kind == READER_ABSENT)
        element(out, "hozen:reason", &row->more);
    if (reader_row_cut(row))
        buf_printf(out, "    <hozen:real_size>%" PRIu64 "</hozen:real_size>\n", row->real_size);
    if (row->kind == READER_FILE)
        element(out, "hozen:method", &row->method);
}

static int put_row(FILE *stream, const struct reader_row *row, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf out = BUF_INIT(ROWS_LINE_MAX);
    const struct wire_bytes name = rows_name(row), more = row->more_raw.len ? row->more_raw : row->more;
    bool name_exact = true, target_exact = true;
    char hex[R_SHA256_HEX];

    buf_puts(&out, "  <fileobject>\n");
    if (row->has_origin || row->kind == READER_FILE)
        name_exact = element(&out, "filename", &name);
    buf_printf(&out, "    <name_type>%s</name_type>\n", name_type(row));
    if (row->kind == READER_FILE)
        buf_printf(&out, "    <filesize>%" PRIu64 "</filesize>\n", row->size);
    put_time(&out, row);
    if (row->kind == READER_OBJECT && more.len)
        target_exact = element(&out, "link_target", &more);
    if (row->kind == READER_FILE) {
        text_hex(hex, row->sha256, R_SHA256_SIZE);
        buf_printf(&out, "    <hashdigest type=\"sha256\">%s</hashdigest>\n", hex);
    }
    put_own(&out, row, name_exact, target_exact);
    buf_puts(&out, "  </fileobject>\n");
    return rows_put(stream, &out, err);
}

const struct rows_format rows_dfxml = { "dfxml", begin, put_row, "</dfxml>\n" };
