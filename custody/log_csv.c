#include "custody/log_csv.h"

#include <string.h>

#include "base/escape.h"
#include "custody/describe.h"
#include "custody/describe_body.h"

#define ROW_MAX ((size_t)8 << 20)

static const char *recorded_at(const struct r_entry *e, const struct r_statement *s)
{
    (void)s;
    return e->recorded_at_text;
}

#define OF_STATEMENT(name, value)                                                                                      \
    static const char *name(const struct r_entry *e, const struct r_statement *s)                                      \
    {                                                                                                                  \
        (void)e;                                                                                                       \
        return value;                                                                                                  \
    }

OF_STATEMENT(time_of, s->time_text)
OF_STATEMENT(type_of, r_statement_type_name(s->type))
OF_STATEMENT(case_of, s->case_id)
OF_STATEMENT(item_of, s->item)
OF_STATEMENT(name_of, s->actor.name)
OF_STATEMENT(organisation_of, s->actor.organisation)
OF_STATEMENT(key_of, s->actor.key)
OF_STATEMENT(digest_of, s->digest)
OF_STATEMENT(previous_of, s->previous)
OF_STATEMENT(content_of, s->content_id)
OF_STATEMENT(file_of, s->file_sha256)
OF_STATEMENT(to_name, s->body.to.present ? s->body.to.name : NULL)
OF_STATEMENT(to_organisation, s->body.to.present ? s->body.to.organisation : NULL)
OF_STATEMENT(to_key, s->body.to.present ? s->body.to.key : NULL)
OF_STATEMENT(added_name, s->body.person.present ? s->body.person.name : NULL)
OF_STATEMENT(added_key, s->body.person.present ? s->body.person.key : s->body.key)

/* get NULL: the member of the body that has the column's name */
static const struct {
    const char *name;
    const char *(*get)(const struct r_entry *e, const struct r_statement *s);
} columns[] = {
    { "recorded_at", recorded_at },
    { "time", time_of },
    { "type", type_of },
    { "case", case_of },
    { "item", item_of },
    { "signer", name_of },
    { "signer_organisation", organisation_of },
    { "signer_key", key_of },
    { "digest", digest_of },
    { "previous", previous_of },
    { "content_id", content_of },
    { "file_sha256", file_of },
    { "to", to_name },
    { "to_organisation", to_organisation },
    { "to_key", to_key },
    { "purpose", NULL },
    { "expires", NULL },
    { "location", NULL },
    { "condition", NULL },
    { "seal", NULL },
    { "reason", NULL },
    { "authority", NULL },
    { "method", NULL },
    { "kind", NULL },
    { "text", NULL },
    { "copy", NULL },
    { "place", NULL },
    { "outcome", NULL },
    { "hold", NULL },
    { "witness", NULL },
    { "person", added_name },
    { "key", added_key },
    { "old", NULL },
};
#define COLUMN_COUNT (sizeof columns / sizeof columns[0])

void log_csv_header(FILE *stream)
{
    fputs("entry", stream);
    for (size_t i = 0; i < COLUMN_COUNT; i++)
        fprintf(stream, ",%s", columns[i].name);
    fputs(",signed_as,second_signers,second_signer_keys,description\r\n", stream);
}

static void put_cell(struct buf *line, const struct buf *value)
{
    buf_putc(line, ',');
    escape_csv(line, value->data, value->len);
}

/* Several persons in one cell: as the sentence has values, with "; " between them. */
static void put_signers(struct buf *line, const struct attribution *by)
{
    HZ_CLEANUP(buf_free) struct buf stated = BUF_INIT(ROW_MAX / 8), names = BUF_INIT(ROW_MAX / 8);
    HZ_CLEANUP(buf_free) struct buf keys = BUF_INIT(ROW_MAX / 8);

    attribution_stated(by, &stated);
    for (size_t i = 0; i < by->second_count; i++) {
        buf_puts(&names, i > 0 ? "; " : "");
        describe_value(&names, by->second[i].name != NULL ? by->second[i].name : by->second[i].key);
        buf_printf(&keys, "%s%s", i > 0 ? "; " : "", by->second[i].key);
    }
    put_cell(line, &stated);
    put_cell(line, &names);
    put_cell(line, &keys);
}

int log_csv_row(FILE *stream, const struct r_entry *e, const struct r_statement *s, const struct attribution *by,
                struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf line = BUF_INIT(ROW_MAX), sentence = BUF_INIT(ROW_MAX / 8);
    int code = describe_statement(s, by, &sentence, err);

    if (code)
        return code;
    buf_decimal(&line, e->sequence);
    for (size_t i = 0; i < COLUMN_COUNT; i++) {
        const char *value = columns[i].get ? columns[i].get(e, s) : r_statement_text(s, columns[i].name);

        buf_putc(&line, ',');
        if (value)
            escape_csv(&line, value, strlen(value));
    }
    put_signers(&line, by);
    buf_putc(&line, ',');
    escape_csv(&line, sentence.data, strlen((const char *)sentence.data));
    buf_puts(&line, "\r\n");
    code = buf_check(&line, err);
    if (!code)
        fwrite(line.data, 1, line.len, stream);
    return code;
}
