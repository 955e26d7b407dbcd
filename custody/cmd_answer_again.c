#include <stdio.h>

#include "base/io_rw.h"
#include "custody/cmd_answer.h"
#include "custody/offering.h"

/* The intake that continues this offer. */
static int find_intake(struct cmd_answer *a, struct offering_entry *out, bool *found, struct hz_error *err)
{
    HZ_CLEANUP(query_close) struct query q;
    int rc;

    query_open(&q, a->store, "SELECT entry FROM statement WHERE type = 'intake' AND previous = ?1 AND actor = ?2");
    query_text(&q, 1, a->handoff.offer.statement.digest);
    query_text(&q, 2, w_key_fingerprint(a->actor.key));
    rc = query_row(&q, found, err);
    return rc == HZ_OK && *found ? offering_at(a->store, query_get_int(&q, 0), out, err) : rc;
}

int cmd_answer_find_again(struct cmd_answer *a, struct hz_error *err)
{
    HZ_CLEANUP(offering_entry_free) struct offering_entry e = { 0 };
    HZ_CLEANUP(r_offer_receipt_free) struct r_receipt r = { 0 };
    const struct buf *receipt = &e.statement.body.receipt;
    bool found;
    int rc = find_intake(a, &e, &found, err);

    if (rc == HZ_OK && found)
        rc = r_offer_receipt_parse(&r, receipt->data, receipt->len, err);
    if (rc != HZ_OK || !found)
        return rc;
    a->again = true;
    a->entry = e.sequence;
    snprintf(a->local, sizeof a->local, "%s", e.statement.item);
    a->history.verified = r.statement.body.checkpoint.verified;
    buf_init(&a->receipt, R_OFFER_MAX);
    buf_put(&a->receipt, receipt->data, receipt->len);
    rc = buf_check(&a->receipt, err);
    return rc == HZ_OK ? append_head(a->store, &a->head, err) : rc;
}

int cmd_answer_give_again(struct cmd_answer *a, struct hz_error *err)
{
    int rc = io_write(a->file.fd, a->receipt.data, a->receipt.len, err);

    if (rc != HZ_OK)
        return hz_error_context(err, "%s", cli_value(a->args, "out"));
    return io_partial_commit(&a->file, err);
}
