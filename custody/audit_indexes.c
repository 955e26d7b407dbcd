#include "custody/audit_indexes.h"

#include <string.h>

#include "base/text.h"
#include "formats/write/random.h"

#define PRIME ((UINT64_C(1) << 61) - 1)

/* Two columns each, as they stand in the index; unique: the first alone orders it. */
static const struct {
    const char *sql;
    bool unique;
} indexes[AUDIT_INDEXES] = {
    { "SELECT digest, entry FROM statement INDEXED BY sqlite_autoindex_statement_1 ORDER BY digest", true },
    { "SELECT item, entry FROM statement INDEXED BY statement_by_item ORDER BY item, entry", false },
    { "SELECT actor, entry FROM statement INDEXED BY statement_by_actor ORDER BY actor, entry", false },
    { "SELECT case_id, entry FROM statement INDEXED BY statement_by_case ORDER BY case_id, entry", false },
    { "SELECT key, entry FROM cosigner INDEXED BY cosigner_by_key ORDER BY key, entry", false },
    { "SELECT custodian, item FROM item INDEXED BY item_by_custodian ORDER BY custodian, item", false },
};
enum { BY_DIGEST, BY_ITEM, BY_ACTOR, BY_CASE, BY_KEY, BY_CUSTODIAN };

/* What stands in a column. */
struct value {
    enum { NOTHING, NUMBER, TEXT, OTHER } kind; /* in SQLite's order */
    const void *bytes;
    size_t len;
    uint64_t number;
};

static uint64_t add(uint64_t a, uint64_t b)
{
    uint64_t sum = a + b;

    return sum >= PRIME ? sum - PRIME : sum;
}

static uint64_t multiply(uint64_t a, uint64_t b)
{
    unsigned __int128 product = (unsigned __int128)a * b;

    return add((uint64_t)product & PRIME, (uint64_t)(product >> 61));
}

/* A row as a polynomial whose coefficients, from the lowest on, are what its values say, and what kind they are: no row
 * begins as another one ends. Products of 117 bits are summed up before they are reduced. */
struct sum {
    unsigned __int128 sum;
    unsigned count;
};
_Static_assert(AUDIT_WORDS < 1024, "the sum stays below 2^127");

static uint64_t reduce(unsigned __int128 sum)
{
    sum = (sum & PRIME) + (sum >> 61);
    return add((uint64_t)sum & PRIME, (uint64_t)(sum >> 61));
}

static void put(struct sum *s, const struct audit_indexes *x, uint64_t word)
{
    s->sum += (unsigned __int128)x->power[s->count++] * word;
}

static void put_value(struct sum *s, const struct audit_indexes *x, const struct value *v)
{
    const unsigned char *at = v->bytes;
    size_t left = v->len;
    uint64_t word = 0;

    put(s, x, v->kind);
    if (v->kind == NUMBER) {
        put(s, x, v->number >> 32);
        put(s, x, (uint32_t)v->number);
    }
    if (v->kind == NOTHING || v->kind == NUMBER)
        return;
    put(s, x, v->len);
    for (; left >= sizeof word; left -= 7, at += 7) { /* seven bytes at a time: below the prime */
        memcpy(&word, at, sizeof word);
        put(s, x, word & UINT64_C(0xffffffffffffff));
    }
    word = 0;
    for (size_t i = 0; i < left; i++)
        word = word << 8 | at[i];
    put(s, x, word);
}

static uint64_t factor(const struct audit_indexes *x, const struct value *first, const struct value *second)
{
    struct sum s = { 0, 0 };

    put_value(&s, x, first);
    put_value(&s, x, second);
    return add(x->point, reduce(s.sum));
}

static void take(struct audit_indexes *x, int which, const char *text, uint64_t entry)
{
    const struct value first = { text != NULL ? TEXT : NOTHING, text, text != NULL ? strlen(text) : 0, 0 };
    const struct value second = { NUMBER, NULL, 0, entry };

    x->product[which] = multiply(x->product[which], factor(x, &first, &second));
}

int audit_indexes_begin(struct audit_indexes *x, struct hz_error *err)
{
    unsigned char bytes[16];
    char hex[2 * sizeof bytes + 1];
    uint64_t base;
    int rc = w_random_hex(hex, sizeof bytes, err);

    if (rc == HZ_OK)
        rc = text_unhex(bytes, sizeof bytes, hex, sizeof hex - 1);
    if (rc != HZ_OK)
        return rc;
    memcpy(&x->point, bytes, 8);
    memcpy(&base, bytes + 8, 8);
    x->point %= PRIME;
    x->power[0] = 1;
    for (int i = 1; i < AUDIT_WORDS; i++)
        x->power[i] = multiply(x->power[i - 1], base % PRIME);
    for (int i = 0; i < AUDIT_INDEXES; i++)
        x->product[i] = 1;
    return HZ_OK;
}

void audit_indexes_statement(struct audit_indexes *x, const struct r_statement *st, uint64_t entry)
{
    take(x, BY_DIGEST, st->digest, entry);
    take(x, BY_ITEM, st->item, entry);
    take(x, BY_ACTOR, st->actor.key, entry);
    take(x, BY_CASE, st->case_id, entry);
}

void audit_indexes_cosigner(struct audit_indexes *x, const char *key, uint64_t entry)
{
    take(x, BY_KEY, key, entry);
}

static struct value column(const struct query *q, int i)
{
    sqlite3_value *value = sqlite3_column_value(q->statement, i);
    struct value v = { NOTHING, NULL, 0, 0 };
    int type = sqlite3_value_type(value);

    if (type == SQLITE_NULL)
        return v;
    v.kind = type == SQLITE_INTEGER ? NUMBER : type == SQLITE_TEXT ? TEXT : OTHER;
    if (v.kind == NUMBER) {
        v.number = (uint64_t)sqlite3_value_int64(value);
        return v;
    }
    v.len = (size_t)sqlite3_value_bytes(value);
    v.bytes = sqlite3_value_blob(value);
    return v;
}

static int compare(const struct value *a, const struct value *b)
{
    size_t len = a->len < b->len ? a->len : b->len;
    int order = len > 0 ? memcmp(a->bytes, b->bytes, len) : 0;

    if (a->kind != b->kind)
        return a->kind < b->kind ? -1 : 1;
    if (a->kind == NUMBER)
        return a->number < b->number ? -1 : a->number > b->number;
    return order != 0 ? order : a->len < b->len ? -1 : a->len > b->len;
}

/* The row before. What is longer than any value that an entry can state is none of them. */
struct last {
    struct value value[2];
    unsigned char text[2][R_LEDGER_LINE_MAX];
    bool any;
};

static bool ascends(struct last *l, const struct value now[2], bool unique)
{
    int order = l->any ? compare(&l->value[0], &now[0]) : -1;

    if (l->any && order == 0 && !unique)
        order = compare(&l->value[1], &now[1]);
    for (int i = 0; i < 2; i++) {
        if (now[i].len > sizeof l->text[i])
            return false;
        l->value[i] = now[i];
        l->value[i].bytes = l->text[i];
        if (now[i].len > 0)
            memcpy(l->text[i], now[i].bytes, now[i].len);
    }
    l->any = true;
    return order < 0;
}

static int scan(struct audit_indexes *x, struct store *s, int which, struct hz_error *err)
{
    HZ_CLEANUP(query_close) struct query q;
    struct last last = { .any = false };
    uint64_t product = 1;
    bool row = true;
    int rc;

    query_open(&q, s, indexes[which].sql);
    for (rc = query_row(&q, &row, err); rc == HZ_OK && row && x->found.whole; rc = query_row(&q, &row, err)) {
        const struct value now[2] = { column(&q, 0), column(&q, 1) };
        x->found.whole = ascends(&last, now, indexes[which].unique);
        if (x->found.whole)
            product = multiply(product, factor(x, &now[0], &now[1]));
    }
    x->found.product[which] = product;
    return rc;
}

/* With a column that the index has not, so that SQLite cannot answer from it. */
static int read_items(struct audit_indexes *x, struct store *s, struct hz_error *err)
{
    HZ_CLEANUP(query_close) struct query q;
    struct last last = { .any = false };
    bool row = true;
    int rc;

    x->found.items = 1;
    query_open(&q, s, "SELECT item, custodian, kind FROM item ORDER BY item");
    for (rc = query_row(&q, &row, err); rc == HZ_OK && row && x->found.whole; rc = query_row(&q, &row, err)) {
        const struct value now[2] = { column(&q, 0), column(&q, 1) };
        x->found.whole = ascends(&last, now, true);
        if (x->found.whole)
            x->found.items = multiply(x->found.items, factor(x, &now[1], &now[0]));
        x->found.item_rows++;
    }
    return rc;
}

static int read_copies(struct audit_indexes *x, struct store *s, struct hz_error *err)
{
    HZ_CLEANUP(query_close) struct query q;
    struct last last = { .any = false };
    bool row = true;
    int rc;

    query_open(&q, s, "SELECT item, copy FROM copy ORDER BY item, copy");
    for (rc = query_row(&q, &row, err); rc == HZ_OK && row && x->found.whole; rc = query_row(&q, &row, err)) {
        const struct value name[2] = { column(&q, 0), column(&q, 1) };
        x->found.whole = ascends(&last, name, false);
        x->found.copy_rows++;
    }
    return rc;
}

int audit_indexes_read(struct audit_indexes *x, struct store *s, struct hz_error *err)
{
    HZ_CLEANUP(query_close) struct query q;
    bool row;
    int rc;

    query_open(&q, s, "SELECT count(*) FROM sqlite_schema WHERE type = 'index'");
    rc = query_row(&q, &row, err);
    x->found.whole = rc == HZ_OK && query_get_int(&q, 0) == AUDIT_INDEXES;
    if (rc == HZ_OK && x->found.whole)
        rc = read_items(x, s, err);
    if (rc == HZ_OK && x->found.whole)
        rc = read_copies(x, s, err);
    for (int i = 0; rc == HZ_OK && x->found.whole && i < AUDIT_INDEXES; i++)
        rc = scan(x, s, i, err);
    return rc;
}

bool audit_indexes_same(const struct audit_indexes *x)
{
    bool same = x->found.whole && x->found.product[BY_CUSTODIAN] == x->found.items;

    for (int i = 0; i < BY_CUSTODIAN; i++)
        same = same && x->found.product[i] == x->product[i];
    return same;
}
