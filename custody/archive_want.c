#include "custody/archive_want.h"

#include <string.h>

#include "base/text.h"

/* Of the copies from first on that are of this item. */
struct tally {
    size_t first, end;
    uint64_t copies, media;
    const char *recorded; /* the item's digest */
};

/* It is there and holds the evidence: by its digest, or by what a recheck found (ledger.md section 3, copies). */
static bool counts(const struct archive_want *w, const struct tally *t, size_t i)
{
    const struct archive_copy *c = &w->held->list[i];

    return w->there[i] && (text_equal(c->integrity, "intact") ||
                           (!text_equal(c->integrity, "altered") && strcmp(c->sha256, t->recorded) == 0));
}

static const char *text_of(const struct archive_copy *c, bool volume)
{
    return c->medium == NULL ? NULL : volume ? c->volume : c->medium;
}

/* Of the copies that say what medium they are on: none before it has the same text there. */
static bool is_new(const struct archive_want *w, const struct tally *t, size_t i, bool volume)
{
    const char *text = text_of(&w->held->list[i], volume);

    for (size_t k = t->first; k < i && text != NULL; k++)
        if (counts(w, t, k) && text_equal(text_of(&w->held->list[k], volume), text))
            return false;
    return text != NULL;
}

/* One volume is one medium, whatever its copies call it. */
static void count(const struct archive_want *w, const char *item, struct tally *t)
{
    uint64_t volumes;

    t->first = t->end;
    while (t->first < w->held->count && strcmp(w->held->list[t->first].item, item) < 0)
        t->first++;
    t->copies = t->media = 0;
    volumes = 0;
    for (t->end = t->first; t->end < w->held->count && strcmp(w->held->list[t->end].item, item) == 0; t->end++) {
        if (!counts(w, t, t->end))
            continue;
        t->media += is_new(w, t, t->end, false);
        volumes += is_new(w, t, t->end, true);
        t->copies++;
    }
    t->media = volumes < t->media ? volumes : t->media;
}

static bool is_in(const struct archive_want *w, const struct tally *t, const char *target)
{
    for (size_t i = t->first; i < t->end; i++)
        if (counts(w, t, i) && text_equal(w->held->list[i].target, target))
            return true;
    return false;
}

static int tell_item(const struct archive_want *w, const char *item, const struct r_policy_archive *p,
                     const struct tally *t, struct hz_error *err)
{
    int rc = HZ_OK;

    if (t->copies < p->copies)
        rc = w->tell(w->context, &(struct archive_lack) { item, "copies", t->copies, p->copies, NULL }, err);
    if (rc == HZ_OK && t->media < p->media)
        rc = w->tell(w->context, &(struct archive_lack) { item, "media", t->media, p->media, NULL }, err);
    for (size_t i = 0; rc == HZ_OK && i < p->target_count; i++)
        if (!is_in(w, t, p->targets[i]))
            rc = w->tell(w->context, &(struct archive_lack) { item, "target", 0, 0, p->targets[i] }, err);
    return rc;
}

int archive_want(const struct archive_want *w, struct hz_error *err)
{
    HZ_CLEANUP(query_close) struct query q;
    struct tally t = { 0 };
    bool row = true;
    int rc;

    query_open(&q, w->store,
               "SELECT item, case_id, file_sha256 FROM item WHERE state NOT IN ('disposed', 'returned') AND "
               "file_sha256 IS NOT NULL"
               " AND (?1 IS NULL OR item = ?1) ORDER BY item");
    query_text(&q, 1, w->item);
    for (rc = query_row(&q, &row, err); rc == HZ_OK && row; rc = query_row(&q, &row, err)) {
        const char *item = query_get_text(&q, 0), *case_id = query_get_text(&q, 1);
        const struct r_policy_archive *p = r_policy_archive_of(w->policy, case_id);
        t.recorded = query_get_text(&q, 2);
        count(w, item, &t);
        if (p != NULL)
            rc = tell_item(w, item, p, &t, err);
        if (rc != HZ_OK)
            return rc;
    }
    return rc;
}
