#include "custody/show_csv.h"

#include <string.h>

#include "base/escape.h"

#define ROW_MAX ((size_t)1 << 20)

void show_csv_header(FILE *stream)
{
    fputs("item,case,kind,exhibit,state,custodian,custodian_key,offered_to,offered_to_key,expires,location,verdict,"
          "integrity,content_id,file_sha256,disposal,entry\r\n",
          stream);
}

static void cell(struct buf *line, const char *value)
{
    if (value != NULL && value[0] != '\0')
        escape_csv(line, value, strlen(value));
    buf_putc(line, ',');
}

int show_csv_row(FILE *stream, const struct item *item, enum r_ledger_state state, const char *custodian,
                 const char *receiver, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf line = BUF_INIT(ROW_MAX);
    const struct r_ledger_item *chain = &item->chain;
    const char *const cells[] = { item->name,
                                  item->case_id,
                                  item->kind,
                                  item->exhibit,
                                  item_state_word(state),
                                  custodian,
                                  chain->custodian,
                                  receiver,
                                  receiver != NULL ? chain->offered_to : NULL,
                                  receiver != NULL ? item->expires : NULL,
                                  item->location,
                                  item->verdict,
                                  item->integrity,
                                  chain->content_id,
                                  chain->file_sha256,
                                  chain->plan[0] != '\0' ? "planned" : NULL };
    int rc;

    for (size_t i = 0; i < sizeof cells / sizeof cells[0]; i++)
        cell(&line, cells[i]);
    buf_decimal(&line, item->entry);
    buf_puts(&line, "\r\n");
    rc = buf_check(&line, err);
    if (rc == HZ_OK)
        fwrite(line.data, 1, line.len, stream);
    return rc;
}
