/* What the text columns of an item and of a copy are to hold. */
#include <string.h>

#include "custody/copy.h"
#include "custody/shelf.h"

static const char *or_null(const char *text)
{
    return text[0] != '\0' ? text : NULL;
}

void shelf_item_texts(const struct shelf_item *shelved, const char *texts[SHELF_ITEM_TEXTS])
{
    const struct item *item = &shelved->is;
    const struct r_ledger_item *chain = &item->chain;
    const char *const all[] = { item->name,
                                item->case_id,
                                or_null(chain->content_id),
                                or_null(chain->file_sha256),
                                item_state_word(chain->state),
                                chain->custodian,
                                chain->moved,
                                or_null(chain->offer),
                                or_null(chain->offered_to),
                                chain->offer[0] != '\0' ? item->expires : NULL,
                                item->location,
                                or_null(chain->verdict),
                                chain->integrity,
                                NULL,
                                item->kind,
                                item->exhibit,
                                or_null(chain->dispute),
                                or_null(chain->plan) };

    memcpy(texts, all, sizeof all);
}

void shelf_copy_texts(const struct shelf_item *item, const struct shelf_copy *c, const char *texts[SHELF_COPY_TEXTS])
{
    const char *const all[] = {
        item->name,      c->id,     c->role, c->medium, c->place, or_null(c->is.sha256), copy_state_word(c->is.state),
        c->is.integrity, c->holder, c->due
    };

    memcpy(texts, all, sizeof all);
}
