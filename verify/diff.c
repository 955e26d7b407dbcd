#include "verify/diff.h"

#include <string.h>

#include "verify/diff_cover.h"

/* All rows of one name in one bundle */
struct group {
    struct buf bytes; /* copies of names and values: a row of a sorter is gone with the next one */
    struct sorted_row rows[DIFF_GROUP];
    size_t count;
    bool cut;
};

struct stream {
    struct sorted *from;
    struct sorted_row head;
    bool more;
    struct group group;
    struct diff_cover untaken;
};

struct walk {
    struct diff *d;
    struct stream old_stream, new_stream;
    diff_tell *tell;
    void *context;
};

const char *diff_word(enum diff_what what)
{
    static const char *const words[DIFF_WHATS] = { "appeared", "vanished", "changed", "unknown" };

    return words[what];
}

static int advance(struct stream *s, struct hz_error *err)
{
    return sorted_next(s->from, &s->head, &s->more, err);
}

/* Moves all rows of the head's name into the group, which is empty */
static int gather(struct stream *s, struct hz_error *err)
{
    struct group *g = &s->group;
    size_t at[DIFF_GROUP];
    struct sorted_row first = { .kind = 0 };
    int code = HZ_OK;

    buf_reset(&g->bytes);
    do {
        struct sorted_row *row = &g->rows[g->count];

        if (g->count == DIFF_GROUP) {
            g->cut = true;
        } else {
            *row = s->head;
            at[g->count++] = g->bytes.len;
            buf_put(&g->bytes, s->head.name, s->head.name_len);
            buf_put(&g->bytes, s->head.value, s->head.value_len);
        }
        if (buf_check(&g->bytes, err))
            return (int)g->bytes.failed;
        code = advance(s, err);
        first = g->rows[0];
        first.name = g->bytes.data;
    } while (!code && s->more && sorted_compare(&first, &s->head) == 0);
    for (size_t i = 0; i < g->count; i++) {
        g->rows[i].name = g->bytes.data + at[i];
        g->rows[i].value = g->rows[i].name + g->rows[i].name_len;
    }
    return code;
}

static bool is_absent(const struct fact_row *value)
{
    return fact_is(value, "type", "absent");
}

/* The first that was taken, else the first absence; NULL: there is none */
static const struct sorted_row *choose(const struct group *g, struct fact_row *value)
{
    for (size_t i = 0; i < g->count; i++)
        if (fact_row_read(value, g->rows[i].value, g->rows[i].value_len) && !is_absent(value))
            return &g->rows[i];
    return g->count && fact_row_read(value, g->rows[0].value, g->rows[0].value_len) ? &g->rows[0] : NULL;
}

/* Not taken, and perhaps there all the same */
static bool is_open(const struct fact_row *absence)
{
    return !fact_is(absence, "status", "vanished") && !fact_is(absence, "status", "unavailable");
}

static void note_untaken(struct stream *s)
{
    struct fact_row value;

    for (size_t i = 0; i < s->group.count; i++) {
        const struct sorted_row *row = &s->group.rows[i];

        if (row->kind == FACT_FILES && fact_row_read(&value, row->value, row->value_len) && is_absent(&value) &&
            is_open(&value))
            diff_cover_add(&s->untaken, row->name, row->name_len);
    }
}

static bool any_gap(const struct group *g, const struct diff_side *there)
{
    struct fact_row value;

    for (size_t i = 0; i < g->count; i++)
        if (fact_row_read(&value, g->rows[i].value, g->rows[i].value_len) &&
            diff_side_gap(there, fact_member(&value, "source")))
            return true;
    return false;
}

static bool any_looked(const struct group *g, const struct diff_side *there, const struct diff_side *here)
{
    for (size_t i = 0; i < g->count; i++) {
        struct fact_row value;

        if (fact_row_read(&value, g->rows[i].value, g->rows[i].value_len) &&
            diff_side_looked(there, here, fact_member(&value, "source"), g->rows[i].name, g->rows[i].name_len))
            return true;
    }
    return false;
}

static int tell(struct walk *w, struct diff_change *c, struct hz_error *err)
{
    const struct sorted_row *row = c->new_row ? c->new_row : c->old_row;

    c->name = row->name;
    c->name_len = row->name_len;
    if (w->tell)
        return w->tell(w->context, c, err);
    w->d->kinds[c->kind].counts[c->what]++;
    return HZ_OK;
}

/* One of them has the file. What the other one says of it, if anything, decides */
static int compare_one(struct walk *w, struct diff_change *c, bool is_new, struct hz_error *err)
{
    const struct diff_side *here = is_new ? &w->d->new_side : &w->d->old_side;
    const struct diff_side *there = is_new ? &w->d->old_side : &w->d->new_side;
    struct stream *have = is_new ? &w->new_stream : &w->old_stream, *lack = is_new ? &w->old_stream : &w->new_stream;
    const struct sorted_row *absence = is_new ? c->old_row : c->new_row;
    const struct fact_row *why = is_new ? &c->old_value : &c->new_value;
    struct diff_kind *kind = &w->d->kinds[FACT_FILES];

    c->what = is_new ? DIFF_APPEARED : DIFF_VANISHED;
    if (!absence && !any_looked(&have->group, there, here)) {
        kind->only_old += !is_new && !w->tell;
        kind->only_new += is_new && !w->tell;
        return HZ_OK;
    }
    if (absence ? is_open(why)
                : diff_cover_has(&lack->untaken, have->group.rows[0].name, have->group.rows[0].name_len) ||
                      any_gap(&have->group, there))
        c->what = DIFF_UNKNOWN;
    return tell(w, c, err);
}

static int compare_files(struct walk *w, struct hz_error *err)
{
    struct diff_change c = { .what = DIFF_CHANGED, .kind = FACT_FILES };
    bool old_there, new_there;

    w->d->kinds[FACT_FILES].cut |= w->old_stream.group.cut || w->new_stream.group.cut;
    c.old_row = choose(&w->old_stream.group, &c.old_value);
    c.new_row = choose(&w->new_stream.group, &c.new_value);
    old_there = c.old_row && !is_absent(&c.old_value);
    new_there = c.new_row && !is_absent(&c.new_value);
    if (old_there != new_there)
        return compare_one(w, &c, new_there, err);
    return old_there && diff_fields(&c, NULL, NULL) ? tell(w, &c, err) : HZ_OK;
}

static bool same_value(const struct sorted_row *a, const struct sorted_row *b)
{
    return a->value_len == b->value_len && memcmp(a->value, b->value, a->value_len) == 0;
}

/* Takes out of both what both have */
static void cancel(struct group *a, struct group *b)
{
    size_t kept = 0;

    for (size_t i = 0; i < a->count; i++) {
        size_t k = 0;

        while (k < b->count && !same_value(&a->rows[i], &b->rows[k]))
            k++;
        if (k == b->count)
            a->rows[kept++] = a->rows[i];
        else
            memmove(&b->rows[k], &b->rows[k + 1], (--b->count - k) * sizeof b->rows[0]);
    }
    a->count = kept;
}

/* What is left of rows of one name: in pairs they changed, the rest came or went */
static int compare_facts(struct walk *w, enum fact_kind kind, struct hz_error *err)
{
    struct group *a = &w->old_stream.group, *b = &w->new_stream.group;
    int code = HZ_OK;

    w->d->kinds[kind].cut |= a->cut || b->cut;
    cancel(a, b);
    for (size_t i = 0; (i < a->count || i < b->count) && !code; i++) {
        struct diff_change c = { .kind = kind };

        c.old_row = i < a->count ? &a->rows[i] : NULL;
        c.new_row = i < b->count ? &b->rows[i] : NULL;
        c.what = !c.old_row ? DIFF_APPEARED : !c.new_row ? DIFF_VANISHED : DIFF_CHANGED;
        if ((c.old_row && !fact_row_read(&c.old_value, c.old_row->value, c.old_row->value_len)) ||
            (c.new_row && !fact_row_read(&c.new_value, c.new_row->value, c.new_row->value_len)))
            continue; /* the parent of the reader has seen that it is an object; one with too many members is not made
                       */
        code = tell(w, &c, err);
    }
    return code;
}

static int compare(struct walk *w, enum fact_kind kind, struct hz_error *err)
{
    const struct diff_kind *k = &w->d->kinds[kind];

    if (!k->wanted || k->state != DIFF_COMPARED)
        return HZ_OK;
    return kind == FACT_FILES ? compare_files(w, err) : compare_facts(w, kind, err);
}

static int step(struct walk *w, struct hz_error *err)
{
    struct stream *a = &w->old_stream, *b = &w->new_stream;
    int order = !a->more ? 1 : !b->more ? -1 : sorted_compare(&a->head, &b->head), code = HZ_OK;
    enum fact_kind kind = (enum fact_kind)(order <= 0 ? a->head.kind : b->head.kind);

    a->group.count = b->group.count = 0;
    a->group.cut = b->group.cut = false;
    if (order <= 0)
        code = gather(a, err);
    if (!code && order >= 0)
        code = gather(b, err);
    if (code)
        return code;
    note_untaken(a);
    note_untaken(b);
    return compare(w, kind, err);
}

static enum diff_state state_of(const struct diff_listing *a, const struct diff_listing *b)
{
    if (!a->there || !b->there)
        return a->there ? DIFF_NOT_IN_NEW : b->there ? DIFF_NOT_IN_OLD : DIFF_IN_NEITHER;
    return a->whole && b->whole ? DIFF_COMPARED : DIFF_UNREADABLE;
}

static void begin(struct diff *d)
{
    for (size_t i = 0; i < FACT_KINDS; i++) {
        size_t listing = fact_listing_of((enum fact_kind)i);
        struct diff_kind *k = &d->kinds[i];

        *k = (struct diff_kind) { .wanted = k->wanted };
        if (listing == FACT_LISTINGS) {
            k->cut = d->old_side.left || d->new_side.left;
        } else {
            const struct diff_listing *a = &d->old_side.listings[listing], *b = &d->new_side.listings[listing];

            k->state = state_of(a, b);
            k->cut = a->limited || b->limited || a->left || b->left;
        }
    }
}

int diff_run(struct diff *d, diff_tell *tell_all, void *context, struct hz_error *err)
{
    struct walk w = { .d = d, .tell = tell_all, .context = context };
    int code;

    if (!tell_all)
        begin(d);
    sorted_rewind(&d->old_side.rows);
    sorted_rewind(&d->new_side.rows);
    w.old_stream = (struct stream) { .from = &d->old_side.rows };
    w.new_stream = (struct stream) { .from = &d->new_side.rows };
    buf_init(&w.old_stream.group.bytes, DIFF_GROUP * (FACT_NAME_MAX + FACT_VALUE_MAX));
    buf_init(&w.new_stream.group.bytes, DIFF_GROUP * (FACT_NAME_MAX + FACT_VALUE_MAX));
    code = advance(&w.old_stream, err);
    if (!code)
        code = advance(&w.new_stream, err);
    while (!code && (w.old_stream.more || w.new_stream.more))
        code = step(&w, err);
    d->kinds[FACT_FILES].cut |= w.old_stream.untaken.full || w.new_stream.untaken.full;
    diff_cover_free(&w.old_stream.untaken);
    diff_cover_free(&w.new_stream.untaken);
    buf_free(&w.old_stream.group.bytes);
    buf_free(&w.new_stream.group.bytes);
    return code;
}

/* What says how a file was taken, not what it is; and a folder's time moves with whatever is made in it */
static bool passes_over(const struct diff_change *c, const struct r_span *key)
{
    if (c->kind != FACT_FILES)
        return false;
    if (r_span_is(key, "mtime"))
        return fact_is(&c->old_value, "type", "directory") && fact_is(&c->new_value, "type", "directory");
    return r_span_is(key, "source") || r_span_is(key, "status");
}

static int compare_keys(const struct fact_member *a, const struct fact_member *b)
{
    size_t n = a->key.len < b->key.len ? a->key.len : b->key.len;
    int order = memcmp(a->key.at, b->key.at, n);

    return order ? order : (a->key.len > b->key.len) - (a->key.len < b->key.len);
}

size_t diff_fields(const struct diff_change *c, diff_field *field, void *context)
{
    size_t a = 0, b = 0, differ = 0;

    while (a < c->old_value.count || b < c->new_value.count) {
        const struct fact_member *x = a < c->old_value.count ? &c->old_value.list[a] : NULL;
        const struct fact_member *y = b < c->new_value.count ? &c->new_value.list[b] : NULL;
        int order = !x ? 1 : !y ? -1 : compare_keys(x, y);

        x = order <= 0 ? x : NULL;
        y = order >= 0 ? y : NULL;
        a += x != NULL;
        b += y != NULL;
        if (passes_over(c, x ? &x->key : &y->key) || (x && y && x->len == y->len && memcmp(x->at, y->at, x->len) == 0))
            continue;
        differ++;
        if (field)
            field(context, x ? &x->key : &y->key, x, y);
    }
    return differ;
}
