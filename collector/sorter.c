#include "collector/sorter.h"

void sorter_store_open(struct sorter_store *s, int directory, size_t memory)
{
    *s = (struct sorter_store) { .memory = memory };
    run_store_open(&s->runs, directory, memory);
}

void sorter_store_close(struct sorter_store *s)
{
    run_store_close(&s->runs);
}

size_t sorter_store_memory(const struct sorter_store *s)
{
    return s->names + s->runs.memory;
}

void sorter_init(struct sorter *s, struct sorter_store *store)
{
    *s = (struct sorter) { .store = store, .older = store->newest };
    runs_init(&s->runs, &store->runs);
    *(s->older != NULL ? &s->older->newer : &store->oldest) = s;
    store->newest = s;
}

static void drop_names(struct sorter *s)
{
    s->store->names -= names_memory(&s->names);
    names_free(&s->names);
}

/* The file is a stack for the most part: what lies above everything in use is free again. */
static void shrink(struct sorter_store *store)
{
    uint64_t end = 0;
    for (const struct sorter *s = store->newest; s != NULL; s = s->older)
        if (s->runs.end > end)
            end = s->runs.end;
    store->runs.end = end;
}

void sorter_free(struct sorter *s)
{
    struct sorter_store *store = s->store;
    bool wrote = s->runs.end > 0;
    *(s->older != NULL ? &s->older->newer : &store->oldest) = s->newer;
    *(s->newer != NULL ? &s->newer->older : &store->newest) = s->older;
    drop_names(s);
    runs_free(&s->runs);
    if (wrote)
        shrink(store);
}

static int write_run(struct sorter *s, struct hz_error *err)
{
    struct name name;
    int rc = runs_begin(&s->runs, err);
    if (rc != HZ_OK)
        return rc;
    for (size_t i = s->next; rc == HZ_OK && i < s->names.count; i++) {
        names_get(&s->names, i, &name);
        rc = runs_put(&s->runs, &name, err);
    }
    if (rc == HZ_OK)
        rc = runs_end(&s->runs, err);
    if (rc != HZ_OK)
        runs_undo(&s->runs);
    return rc;
}

static bool can_go_out(const struct sorter *s)
{
    return s->ended && !s->pinned && (s->names.text_room > 0 || s->runs.heap != NULL);
}

/* Where there is no room for the run, the list stays where it is. */
static int go_out(struct sorter *s, struct hz_error *err)
{
    if (s->names.text_room == 0) {
        runs_rest(&s->runs);
        return HZ_OK;
    }
    int rc = s->next < s->names.count ? write_run(s, err) : HZ_OK;
    if (rc == HZ_OK) {
        drop_names(s);
        s->next = 0;
    }
    return rc;
}

/* So that `more` bytes stay within the bound. */
static int make_room(struct sorter *s, size_t more, struct hz_error *err)
{
    struct sorter_store *store = s->store;
    for (struct sorter *o = store->oldest; o != NULL; o = o->newer) {
        if (sorter_store_memory(store) + more <= store->memory)
            return HZ_OK;
        if (o == s || !can_go_out(o))
            continue;
        int rc = go_out(o, err);
        if (rc != HZ_OK)
            return rc;
    }
    return HZ_OK;
}

static int flush(struct sorter *s, struct hz_error *err)
{
    names_sort(&s->names);
    int rc = write_run(s, err);
    if (rc == HZ_OK)
        names_reset(&s->names);
    return rc;
}

/* Of one list. */
static size_t chunk(const struct sorter *s)
{
    return s->store->memory / 8 * 3;
}

int sorter_add(struct sorter *s, const struct name *name, struct hz_error *err)
{
    size_t more = names_growth(&s->names, name, chunk(s)), before = names_memory(&s->names);
    int rc = more == SIZE_MAX ? flush(s, err) : more > 0 ? make_room(s, more, err) : HZ_OK;
    if (rc == HZ_OK)
        rc = names_add(&s->names, name, chunk(s), err);
    s->store->names += names_memory(&s->names) - before;
    return rc;
}

int sorter_end(struct sorter *s, struct hz_error *err)
{
    int rc = HZ_OK;
    s->ended = true;
    if (s->runs.count == 0)
        names_sort(&s->names);
    else if (s->names.count > 0)
        rc = flush(s, err);
    if (s->runs.count > 0)
        drop_names(s);
    return rc;
}

int sorter_next(struct sorter *s, struct name *out, bool *more, struct hz_error *err)
{
    if (s->runs.count > 0)
        return runs_next(&s->runs, out, more, err);
    *more = s->next < s->names.count;
    if (*more)
        names_get(&s->names, s->next++, out);
    return HZ_OK;
}

void sorter_rewind(struct sorter *s)
{
    runs_rewind(&s->runs);
    s->next = 0;
}
