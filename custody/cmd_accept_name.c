#include "custody/cmd_accept_name.h"

#include <stdio.h>
#include <string.h>

#include "base/lang.h"
#include "custody/item.h"

/* An absent digest is the empty string in a ledger. */
static bool same(const char *here, const char *offered)
{
    return strcmp(here, offered != NULL ? offered : "") == 0;
}

/* An item of this name is here: it is the one that comes back, or there is no room for another. */
static int check_found(const struct cmd_answer *a, const struct item *item, struct hz_error *err)
{
    const struct r_statement *offer = &a->handoff.offer.statement;
    const struct r_ledger_item *here = &item->chain;

    if (strcmp(here->custodian, offer->actor.key) != 0)
        return hz_error_set(err, HZ_E_DENIED,
                            _("%s: an item of this name is in this ledger already; if this is another one, give it "
                              "another name here with --as"),
                            item->name);
    if (!same(here->file_sha256, offer->file_sha256) || !same(here->content_id, offer->content_id))
        return hz_error_set(err, HZ_E_DENIED,
                            _("%s: the item comes back with other digests than it has in this ledger; if this is "
                              "another one, give it another name here with --as"),
                            item->name);
    return HZ_OK;
}

/* Whoever offers it has it from here, under another name. */
static int check_elsewhere(const struct cmd_answer *a, struct hz_error *err)
{
    HZ_CLEANUP(query_close) struct query q;
    const struct r_statement *offer = &a->handoff.offer.statement;
    bool row = false;
    int rc;

    query_open(
        &q, a->store,
        "SELECT item FROM item WHERE file_sha256 = ?1 AND custodian = ?2 AND state NOT IN ('disposed', 'returned')"
        " ORDER BY item LIMIT 1");
    query_text(&q, 1, offer->file_sha256);
    query_text(&q, 2, offer->actor.key);
    rc = query_row(&q, &row, err);
    if (rc != HZ_OK || !row)
        return rc;
    return hz_error_set(
        err, HZ_E_DENIED,
        _("%s: this ledger has it as %s, in the hands of whoever offers it: --as %s takes it back, --as "
          "%s takes it in as another item"),
        offer->item, query_get_text(&q, 0), query_get_text(&q, 0), offer->item);
}

int cmd_accept_name(struct cmd_answer *a, struct hz_error *err)
{
    HZ_CLEANUP(item_free) struct item item = { 0 };
    const char *as = cli_value(a->args, "as");
    bool found;
    int rc;

    if (a->history.ledger != HANDOFF_OTHER)
        return as == NULL ? HZ_OK
                          : cli_usage(a->args->command, err,
                                      _("--as is a name in a ledger of your own; this is the one "
                                        "of the offer"));
    snprintf(a->local, sizeof a->local, "%s", as != NULL ? as : a->handoff.offer.statement.item);
    rc = item_find(a->store, a->local, &item, &found, err);
    if (rc == HZ_OK && found)
        return check_found(a, &item, err);
    return rc == HZ_OK && as == NULL && a->handoff.offer.statement.file_sha256 != NULL ? check_elsewhere(a, err) : rc;
}
