#include "custody/shelf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/lang.h"
#include "base/text.h"
#include "custody/copy.h"
#include "custody/settled.h"

#define PLACES 256 /* by the item's name */

struct shelf {
    struct shelf_item *place[PLACES];
};

static void free_copy(struct shelf_copy *c)
{
    free(c->role);
    free(c->medium);
    free(c->place);
    free(c->holder);
    free(c->due);
    memset(c, 0, sizeof *c);
}

static void free_item(struct shelf_item *item)
{
    if (item == NULL)
        return;
    item_free(&item->is);
    for (unsigned i = 0; i < item->copy_count; i++)
        free_copy(&item->copy[i]);
    free(item);
}

static void drop(void *kept)
{
    struct shelf *shelf = kept;

    for (size_t i = 0; i < PLACES; i++)
        free_item(shelf->place[i]);
    free(shelf);
}

int shelf_set(char **field, const char *value, struct hz_error *err)
{
    char *copy;

    if (value == *field)
        return HZ_OK;
    copy = text_copy(value);
    if (copy == NULL && value != NULL)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    free(*field);
    *field = copy;
    return HZ_OK;
}

#define ITEM_NAMES                                                                                                     \
    "case_id, content_id, file_sha256, moved, offer, offered_to, expires, location, verdict, integrity, entry, kind,"  \
    " exhibit, dispute, plan, decided"
#define ITEM_VALUES "?2, ?3, ?4, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19"

/* What is the same is left alone where to set it costs much: a custodian is written into its index, changed or not,
 * and for a state SQLite makes a table of the words that it may be, in memory, each time. */
static const char *row_sql(const struct shelf_item *item)
{
    bool moved = strcmp(item->custodian, item->is.chain.custodian) != 0;

    if (!item->stored)
        return "INSERT INTO item (" ITEM_COLUMNS ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13,"
               " ?14, ?15, ?16, ?17, ?18, ?19)";
    if (moved)
        return "UPDATE item SET (" ITEM_NAMES ", state, custodian) = (" ITEM_VALUES ", ?5, ?6) WHERE item = ?1";
    if (item->state != item->is.chain.state)
        return "UPDATE item SET (" ITEM_NAMES ", state) = (" ITEM_VALUES ", ?5) WHERE item = ?1";
    return "UPDATE item SET (" ITEM_NAMES ") = (" ITEM_VALUES ") WHERE item = ?1";
}

static int write_row(struct store *s, struct shelf_item *shelved, struct hz_error *err)
{
    HZ_CLEANUP(query_close) struct query q;
    const char *texts[SHELF_ITEM_TEXTS];
    int rc;

    shelf_item_texts(shelved, texts);
    query_open(&q, s, row_sql(shelved));
    for (int i = 0; i < SHELF_ITEM_TEXTS; i++)
        query_still(&q, i + 1, texts[i]);
    query_int(&q, SHELF_ITEM_ENTRY + 1, shelved->is.entry);
    query_int(&q, SHELF_ITEM_TEXTS + 1, shelved->is.chain.decided ? 1 : 0);
    rc = query_run(&q, err);
    if (rc != HZ_OK)
        return rc;
    if (s->settled != NULL && !shelved->stored)
        s->settled->apart++;
    shelved->stored = true;
    shelved->state = shelved->is.chain.state;
    memcpy(shelved->custodian, shelved->is.chain.custodian, sizeof shelved->custodian);
    return HZ_OK;
}

#define COPY_INSERT                                                                                                    \
    "INSERT INTO copy (" SHELF_COPY_COLUMNS ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)"
#define COPY_UPDATE                                                                                                    \
    "UPDATE copy SET (place, integrity, holder, due, decided, checked, entry) = (?5, ?8, ?9, ?10, ?11, ?13, ?14)"      \
    " WHERE item = ?1 AND copy = ?2"
#define COPY_CHANGE                                                                                                    \
    "UPDATE copy SET (place, integrity, holder, due, decided, checked, entry, state) = (?5, ?8, ?9, ?10, ?11, ?13,"    \
    " ?14, ?7) WHERE item = ?1 AND copy = ?2"

static const char *copy_sql(const struct shelf_copy *c)
{
    if (!c->stored)
        return COPY_INSERT;
    return c->state == c->is.state ? COPY_UPDATE : COPY_CHANGE;
}

static int write_copy(struct store *s, const struct shelf_item *item, struct shelf_copy *c, struct hz_error *err)
{
    HZ_CLEANUP(query_close) struct query q;
    const char *texts[SHELF_COPY_TEXTS];
    int rc;

    if (!c->changed)
        return HZ_OK;
    query_open(&q, s, copy_sql(c));
    shelf_copy_texts(item, c, texts);
    for (int i = 0; i < SHELF_COPY_TEXTS; i++)
        query_still(&q, i + 1, texts[i]);
    query_int(&q, 11, c->is.decided ? 1 : 0);
    query_int(&q, 12, c->made);
    if (c->was_checked)
        query_int(&q, 13, c->checked);
    query_int(&q, 14, c->entry);
    rc = query_run(&q, err);
    if (rc != HZ_OK)
        return rc;
    c->stored = true;
    c->state = c->is.state;
    c->changed = false;
    return HZ_OK;
}

static int settle(struct store *s, struct shelf_item *item, struct hz_error *err)
{
    bool same = false;
    int rc = settled_item(s->settled, item, &same, err);

    item->changed = !same;
    for (unsigned i = 0; same && i < item->copy_count; i++)
        item->copy[i].changed = false;
    return rc;
}

int shelf_write_item(struct store *s, struct shelf_item *item, struct hz_error *err)
{
    bool ours = item->stored || item->apart;
    int rc = s->settled != NULL && item->changed && !ours ? settle(s, item, err) : HZ_OK;

    if (rc == HZ_OK && item->changed)
        rc = write_row(s, item, err);
    item->changed = item->changed && rc != HZ_OK;
    for (unsigned i = 0; rc == HZ_OK && i < item->copy_count; i++)
        rc = write_copy(s, item, &item->copy[i], err);
    return rc;
}

static int count_copies(struct store *s, const char *name, struct shelf_item *out, struct hz_error *err)
{
    HZ_CLEANUP(query_close) struct query q;
    bool row;
    int rc;

    query_open(&q, s,
               "SELECT count(*), coalesce(sum(integrity = 'intact'), 0), coalesce(sum(" COPY_HOLDS(
                   "?2") "), 0),"
                         " coalesce(sum(state = 'out'), 0) FROM copy WHERE item = ?1 AND state IN ('there', 'out')");
    query_text(&q, 1, name);
    query_text(&q, 2, out->is.chain.file_sha256[0] != '\0' ? out->is.chain.file_sha256 : NULL);
    rc = query_row(&q, &row, err);
    if (rc != HZ_OK || !row)
        return rc;
    out->copies = query_get_int(&q, 0);
    out->intact = query_get_int(&q, 1);
    out->sound = query_get_int(&q, 2);
    out->out = query_get_int(&q, 3);
    return HZ_OK;
}

static int count_holds(struct store *s, const char *name, struct shelf_item *out, struct hz_error *err)
{
    HZ_CLEANUP(query_close) struct query q;
    bool row;
    int rc;

    query_open(&q, s, "SELECT count(*) FROM hold WHERE item = ?1 AND lifted IS NULL");
    query_text(&q, 1, name);
    rc = query_row(&q, &row, err);
    if (rc == HZ_OK && row)
        out->holds = query_get_int(&q, 0);
    return rc;
}

static int read_item(struct store *s, const char *name, uint64_t noted, struct shelf_item **place, struct hz_error *err)
{
    struct shelf_item *item = calloc(1, sizeof *item);
    bool found = false, ignored;
    int rc = HZ_OK;

    if (item == NULL)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    memcpy(item->name, name, strnlen(name, sizeof item->name - 1));
    if (s->settled == NULL || s->settled->apart > 0)
        rc = item_find(s, name, &item->is, &found, err);
    if (rc == HZ_OK && !found && s->settled != NULL && noted > 0)
        rc = settled_find(s->settled, name, noted, &item->is, &ignored, err);
    item->stored = found;
    item->state = item->is.chain.state;
    memcpy(item->custodian, item->is.chain.custodian, sizeof item->custodian);
    if (rc == HZ_OK && found)
        rc = count_copies(s, name, item, err);
    if (rc == HZ_OK && found)
        rc = count_holds(s, name, item, err);
    if (rc == HZ_OK)
        *place = item;
    else
        free_item(item);
    return rc;
}

static int open_shelf(struct store *s, struct shelf **out, struct hz_error *err)
{
    struct store_memory *m = &s->memory[STORE_ITEMS];

    if (m->kept == NULL)
        *m = (struct store_memory) { calloc(1, sizeof **out), drop };
    *out = m->kept;
    return *out != NULL ? HZ_OK : hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
}

/* FNV-1a */
static size_t place_of(const char *name)
{
    uint32_t hash = 2166136261U;

    for (const char *c = name; *c != '\0'; c++)
        hash = (hash ^ (unsigned char)*c) * 16777619U;
    return (hash ^ hash >> 16) % PLACES;
}

int shelf_item(struct store *s, const char *name, uint64_t noted, struct shelf_item **out, struct hz_error *err)
{
    struct shelf *shelf;
    struct shelf_item **place;
    int rc = open_shelf(s, &shelf, err);

    if (rc != HZ_OK)
        return rc;
    place = &shelf->place[place_of(name)];
    if (*place != NULL && strcmp((*place)->name, name) != 0) {
        rc = shelf_write_item(s, *place, err);
        if (rc != HZ_OK)
            return rc;
        free_item(*place);
        *place = NULL;
    }
    if (*place == NULL)
        rc = read_item(s, name, noted, place, err);
    if (rc == HZ_OK)
        *out = *place;
    return rc;
}

static int read_copy(struct store *s, const char *item, struct shelf_copy *c, struct hz_error *err)
{
    HZ_CLEANUP(query_close) struct query q;
    char **const texts[] = { &c->role, &c->medium, &c->place, &c->holder, &c->due };
    bool row;
    int rc;

    query_open(&q, s,
               "SELECT role, medium, place, holder, due, state, sha256, integrity, decided, made, checked, entry"
               " FROM copy WHERE item = ?1 AND copy = ?2");
    query_text(&q, 1, item);
    query_text(&q, 2, c->id);
    rc = query_row(&q, &row, err);
    if (rc != HZ_OK || !row)
        return rc;
    c->stored = true;
    for (int i = 0; rc == HZ_OK && i < 5; i++)
        rc = query_copy_text(&q, i, texts[i], err);
    for (unsigned i = 0; i < R_LEDGER_COPY_STATES; i++)
        if (strcmp(query_get_text(&q, 5), copy_state_word((enum r_ledger_copy_state)i)) == 0)
            c->is.state = c->state = (enum r_ledger_copy_state)i;
    snprintf(c->is.sha256, sizeof c->is.sha256, "%s", query_get_text(&q, 6));
    snprintf(c->is.integrity, sizeof c->is.integrity, "%s", query_get_text(&q, 7));
    c->is.decided = query_get_int(&q, 8) == 1;
    c->made = query_get_int(&q, 9);
    c->was_checked = sqlite3_column_type(q.statement, 10) != SQLITE_NULL;
    c->checked = query_get_int(&q, 10);
    c->entry = query_get_int(&q, 11);
    return rc;
}

int shelf_copy(struct store *s, struct shelf_item *item, const char *id, struct shelf_copy **out, struct hz_error *err)
{
    struct shelf_copy *c;
    int rc;

    for (unsigned i = 0; i < item->copy_count; i++)
        if (strcmp(item->copy[i].id, id) == 0) {
            *out = &item->copy[i];
            return HZ_OK;
        }
    if (item->copy_count < SHELF_COPIES)
        item->oldest = item->copy_count++;
    else
        item->oldest = (item->oldest + 1) % SHELF_COPIES;
    c = &item->copy[item->oldest];
    rc = write_copy(s, item, c, err);
    item->apart = item->apart || c->id[0] != '\0';
    if (rc != HZ_OK)
        return rc;
    free_copy(c);
    memcpy(c->id, id, strnlen(id, sizeof c->id - 1));
    if (item->stored || item->apart)
        rc = read_copy(s, item->name, c, err);
    if (rc != HZ_OK)
        free_copy(c);
    else
        *out = c;
    return rc;
}

static void count(struct shelf_item *item, const struct r_ledger_copy *c, uint64_t by)
{
    if (c->state != R_LEDGER_COPY_THERE && c->state != R_LEDGER_COPY_OUT)
        return;
    item->copies += by;
    item->intact += strcmp(c->integrity, "intact") == 0 ? by : 0;
    item->sound += r_ledger_copy_holds(&item->is.chain, c) ? by : 0;
    item->out += c->state == R_LEDGER_COPY_OUT ? by : 0;
}

void shelf_copy_becomes(struct shelf_item *item, struct shelf_copy *copy, const struct r_ledger_copy *is)
{
    count(item, &copy->is, (uint64_t)-1);
    copy->is = *is;
    count(item, &copy->is, 1);
}

int shelf_write(struct store *s, struct hz_error *err)
{
    struct shelf *shelf = s->memory[STORE_ITEMS].kept;
    int rc = HZ_OK;

    for (size_t i = 0; shelf != NULL && rc == HZ_OK && i < PLACES; i++)
        if (shelf->place[i] != NULL)
            rc = shelf_write_item(s, shelf->place[i], err);
    return rc;
}

int shelf_clear(struct store *s, struct hz_error *err)
{
    int rc = shelf_write(s, err);

    if (rc == HZ_OK)
        store_forget(s, STORE_ITEMS);
    return rc;
}
