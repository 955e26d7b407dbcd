/* A line of a run of statements (tests/oracle/make_chain.py): {"recorded_at", "signers" (keys whose signatures are
 * taken as verified), "statement" (base64)}. For the programs that follow one. */
#ifndef HZ_TESTS_CHAIN_ROW_H
#define HZ_TESTS_CHAIN_ROW_H

#include <stdio.h>
#include <string.h>

#include "base/io_rw.h"
#include "base/text.h"
#include "formats/read/field.h"
#include "formats/read/ledger.h"
#include "formats/read/statement.h"

struct chain_row {
    char recorded_at[STAMP_SIZE];
    struct stamp at;
    struct r_ledger_signers signers;
    struct buf bytes; /* of the statement */
};

static inline void chain_row_free(struct chain_row *row)
{
    buf_free(&row->bytes);
}

static inline bool chain_row_signers(struct r_json *j, void *context)
{
    struct chain_row *row = context;
    struct r_span span;

    for (r_json_array(j); r_json_item(j);) {
        if (!r_json_string(j, &span) || row->signers.count == R_ENTRY_SIGNATURES)
            return r_json_fail(j, "signers");
        snprintf(row->signers.key[row->signers.count++].fingerprint, R_LEDGER_FINGERPRINT, "%.*s", (int)span.len,
                 span.at);
    }
    return j->wrong == NULL;
}

static inline int chain_row_parse(const char *text, size_t len, struct chain_row *row, struct hz_error *err)
{
    static const struct r_field fields[] = {
        { .key = "recorded_at", .kind = R_FIELD_STAMP, .required = true },
        { .key = "signers", .kind = R_FIELD_INSIDE, .required = true, .inside = chain_row_signers },
        { .key = "statement", .kind = R_FIELD_BASE64, .required = true },
    };
    struct r_value v[3];
    struct r_json j;

    buf_init(&row->bytes, R_STATEMENT_MAX);
    r_json_init(&j, text, len);
    if (!r_field_read(&j, fields, 3, v, row) || text_unbase64(&row->bytes, v[2].text.at, v[2].text.len) != HZ_OK)
        return hz_error_set(err, HZ_E_FORMAT, "a line is none: %s", j.wrong != NULL ? j.wrong : "base64");
    row->at = v[0].stamp;
    stamp_format(row->recorded_at, row->at);
    return HZ_OK;
}

/* Gives every line of the file at path to take. */
static inline int chain_row_each(const char *path,
                                 int (*take)(void *context, struct chain_row *row, struct hz_error *err), void *context,
                                 struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT((size_t)64 << 20);
    int rc = io_read_file(path, &text, err);

    for (size_t at = 0; rc == HZ_OK && at < text.len;) {
        HZ_CLEANUP(chain_row_free) struct chain_row row = { .at = { 0, 0 } };
        const char *line = (const char *)text.data + at, *end = memchr(line, '\n', text.len - at);
        if (end == NULL)
            return hz_error_set(err, HZ_E_FORMAT, "no line feed at the end");
        rc = chain_row_parse(line, (size_t)(end - line), &row, err);
        if (rc == HZ_OK)
            rc = take(context, &row, err);
        at += (size_t)(end - line) + 1;
    }
    return rc;
}

#endif
