#include <inttypes.h>
#include <string.h>

#include "base/lang.h"
#include "custody/audit_ahead.h"
#include "custody/audit_beside.h"
#include "custody/audit_pages.h"
#include "custody/audit_part.h"
#include "custody/project.h"
#include "custody/settled.h"
#include "custody/shelf.h"
#include "formats/read/ledger.h"

/* What goes from one entry to the next. */
struct progress {
    struct stamp last;
    unsigned char leaf[R_SHA256_SIZE];
    struct audit_beside beside; /* while what is derived is held against the ledger */
    struct settled settled;     /* then: items */
    bool whole;                 /* then: the file's pages and the order in its indexes */
};

/* Errors that say something about the record, not about us. */
static bool is_about_record(int rc)
{
    return rc == HZ_E_FORMAT || rc == HZ_E_INVALID || rc == HZ_E_DENIED;
}

static int pass_on(int rc, const struct audit_row *r, struct hz_error *err)
{
    *err = r->err;
    return rc;
}

/* Does the row stand where it must? false: nothing after it can be derived. */
static bool check_place(struct audit *a, const struct audit_row *s)
{
    if (s->sequence != a->size) {
        audit_find(a, "record-missing", a->size, _("entry %" PRIu64 " is missing; the next one is %" PRIu64), a->size,
                   s->sequence);
        return false;
    }
    return true;
}

/* Why it is not what it shall be: *usable false, and a finding or something unknown says why it goes no further. */
static int judge(struct audit *a, const struct audit_row *r, bool *usable, struct hz_error *err)
{
    *usable = r->parsed == HZ_OK && r->entry.sequence == r->sequence;
    if (*usable)
        return HZ_OK;
    if (r->read && r->entry.sequence != r->sequence)
        audit_find(a, "record-reordered", r->sequence, _("what stands here is entry %" PRIu64), r->entry.sequence);
    else if (r->parsed == HZ_E_UNSUPPORTED)
        audit_unknown(a, _("entry %" PRIu64 ": %s"), r->sequence, r->err.text);
    else if (is_about_record(r->parsed))
        audit_find(a, "record-altered", r->sequence, "%s", r->err.text);
    else
        return pass_on(r->parsed, r, err);
    return HZ_OK;
}

static void check_ledger(struct audit *a, const struct audit_row *s)
{
    const char *stated = s->statement.ledger != NULL ? s->statement.ledger : s->statement.digest;

    if (s->sequence == 0)
        memcpy(a->ledger, s->statement.digest, sizeof a->ledger);
    if (strcmp(stated, a->ledger) != 0 || strcmp(s->entry.ledger, a->ledger) != 0)
        audit_find(a, "record-altered", s->sequence, _("it belongs to another ledger"));
}

static int check_signatures(struct audit *a, const struct audit_row *r, struct hz_error *err)
{
    if (r->verified == HZ_OK)
        return HZ_OK;
    if (!is_about_record(r->verified))
        return pass_on(r->verified, r, err);
    audit_find(a, "record-signature-invalid", r->sequence, "%s", r->err.text);
    return HZ_OK;
}

static void check_time(struct audit *a, const struct audit_row *s, const struct progress *p)
{
    if (s->sequence > 0 && stamp_compare(s->entry.recorded_at, p->last) < 0)
        audit_find(a, "time-backwards", s->sequence, _("it was recorded at %s, earlier than the entry before"),
                   s->entry.recorded_at_text);
}

static struct project_record record_of(const struct audit *a, const struct audit_row *s, const struct progress *p)
{
    return (struct project_record) { .entry = &s->entry,
                                     .statement = &s->statement,
                                     .signers = &s->signers,
                                     .leaf = s->real_leaf,
                                     .left = s->sequence > 0 ? p->leaf : NULL,
                                     .told = a->told };
}

static int apply(struct audit *a, const struct audit_row *s, const struct progress *p, struct hz_error *err)
{
    struct project_record record = record_of(a, s, p);
    HZ_CLEANUP(buf_free) struct buf otherwise = BUF_INIT(8192), receiver = BUF_INIT(8192);
    const char *code = "record-altered";
    int rc;

    /* Without valid signatures there is a finding already, and nobody for the rules to judge. */
    if (s->signers.count == 0) {
        a->broken = true;
        return HZ_OK;
    }
    rc = audit_name(a, &s->statement, &otherwise, err);
    if (rc == HZ_OK)
        rc = audit_name_receiver(a, &s->statement, &receiver, err);
    if (rc != HZ_OK)
        return rc;
    rc = a->told == a->store ? project_follow(a->scratch, &record, &code, err)
                             : project_apply(a->scratch, &record, &code, err);
    if (rc == HZ_OK)
        rc = audit_seen(a, &s->statement, s->sequence, err);
    if (rc == HZ_OK && otherwise.len > 0 && buf_text(&otherwise) != NULL)
        audit_find(a, "signer-named-otherwise", s->sequence, "%s", (const char *)otherwise.data);
    if (rc == HZ_OK && receiver.len > 0 && buf_text(&receiver) != NULL)
        audit_find(a, "receiver-named-otherwise", s->sequence, "%s", (const char *)receiver.data);
    if (rc == HZ_OK)
        return audit_time_entry(a, &s->entry, &s->statement, s->signers.count, err);
    if (rc != HZ_E_DENIED)
        return rc;
    audit_find(a, code, s->sequence, "%s", err->text);
    a->broken = true;
    return HZ_OK;
}

static int check_content(struct audit *a, const struct audit_row *s, struct progress *p, struct hz_error *err)
{
    bool usable = false;
    int rc = judge(a, s, &usable, err);

    if (rc != HZ_OK)
        return rc;
    if (!usable) {
        a->broken = true;
        return HZ_OK;
    }
    check_ledger(a, s);
    check_time(a, s, p);
    p->last = s->entry.recorded_at;
    rc = check_signatures(a, s, err);
    return rc == HZ_OK && !a->broken ? apply(a, s, p, err) : rc;
}

/* What cannot be read is not what it shall be. */
static int differs(struct audit *a, int rc, bool same)
{
    a->differs = a->differs || rc == HZ_E_FORMAT || !same;
    return rc == HZ_E_FORMAT ? HZ_OK : rc;
}

static int hold_beside(struct audit *a, const struct audit_row *s, struct progress *p,
                       unsigned char made[AUDIT_LEVELS][R_SHA256_SIZE], size_t made_count, struct hz_error *err)
{
    struct project_record record = record_of(a, s, p);
    bool same = !a->broken;
    int rc = HZ_OK;

    if (a->told != a->store)
        return HZ_OK;
    if (same)
        rc = audit_beside_entry(&p->beside, &record, made, made_count, &same, err);
    return differs(a, rc, same);
}

static int check_row(struct audit *a, const struct audit_row *s, struct progress *p, struct audit_walk *w,
                     struct hz_error *err)
{
    unsigned char made[AUDIT_LEVELS][R_SHA256_SIZE];
    size_t made_count;
    int rc;

    if (!check_place(a, s)) {
        a->broken = a->gap = true;
        a->size = s->sequence;
    }
    if (s->leaf_len != sizeof s->real_leaf || memcmp(s->leaf, s->real_leaf, sizeof s->real_leaf) != 0)
        audit_find(a, "record-altered", s->sequence, _("its leaf digest is not that of its bytes"));
    rc = check_content(a, s, p, err);
    if (rc != HZ_OK)
        return rc;
    made_count = r_merkle_grow(&w->tree, s->real_leaf, made);
    rc = hold_beside(a, s, p, made, made_count, err);
    if (rc != HZ_OK || a->differs)
        return rc;
    memcpy(p->leaf, s->real_leaf, sizeof p->leaf);
    a->size = s->sequence + 1;
    return audit_walk_at(a, w, err);
}

static void end_ahead(struct audit_ahead **h)
{
    audit_ahead_end(*h);
}

static int follow(struct audit *a, struct audit_walk *w, struct progress *p, struct audit_ahead *ahead,
                  struct hz_error *err)
{
    const struct audit_row *row = NULL;
    int rc;

    for (rc = audit_ahead_next(ahead, &row, err); rc == HZ_OK && row != NULL; rc = audit_ahead_next(ahead, &row, err)) {
        if (row->sequence > AUDIT_SEQUENCE_MAX) {
            audit_find(a, "record-missing", a->size,
                       _("entry %" PRIu64 " is missing; a row stands under a number that no entry can have"), a->size);
            a->broken = a->gap = true;
            break;
        }
        rc = check_row(a, row, p, w, err);
        if (rc != HZ_OK || a->differs)
            return rc;
    }
    if (rc == HZ_E_FORMAT) {
        audit_find(a, "record-altered", a->size, "%s", err->text);
        a->broken = a->gap = true;
        rc = HZ_OK;
    }
    return rc;
}

/* The file itself is looked at meanwhile. */
static int each_row(struct audit *a, struct audit_walk *w, struct progress *p, struct hz_error *err)
{
    HZ_CLEANUP(end_ahead) struct audit_ahead *ahead = NULL;
    HZ_CLEANUP(audit_pages_stop) struct audit_pages pages = { 0 };
    int rc = audit_ahead_begin(&ahead, a->store, err);

    if (rc == HZ_OK && a->told == a->store)
        audit_pages_begin(&pages, audit_ahead_pool(ahead), a->other, &p->beside.indexes);
    if (rc == HZ_OK)
        rc = follow(a, w, p, ahead, err);
    return rc == HZ_OK && a->told == a->store && !a->differs ? audit_pages_end(&pages, &p->whole, err) : rc;
}

static void walk_end(struct audit_walk *w)
{
    audit_walk_end(w);
}

static void progress_end(struct progress *p)
{
    audit_beside_end(&p->beside);
}

/* Behind the last entry: what the ledger has besides. */
static int hold_rest(struct audit *a, struct progress *p, struct hz_error *err)
{
    const struct audit_indexes *x = &p->beside.indexes;
    bool same = !a->broken && p->whole && audit_indexes_same(x);
    int rc = HZ_OK;

    if (same)
        rc = audit_beside_rest(&p->beside, &same, err);
    if (rc == HZ_OK && same)
        rc = settled_rest(&p->settled, a->scratch, x->found.item_rows, x->found.copy_rows, &same, err);
    return differs(a, rc, same);
}

static int read_entries(struct audit *a, struct audit_walk *w, struct hz_error *err)
{
    HZ_CLEANUP(progress_end) struct progress p = { .settled.ledger = a->store };
    int rc = a->told == a->store ? audit_beside_begin(&p.beside, a->store, err) : HZ_OK;

    rc = differs(a, rc, true);
    a->scratch->settled = a->told == a->store ? &p.settled : NULL;
    if (rc == HZ_OK && !a->differs)
        rc = each_row(a, w, &p, err);
    if (rc == HZ_OK && !a->differs)
        rc = shelf_write(a->scratch, err);
    a->scratch->settled = NULL;
    return rc == HZ_OK && a->told == a->store && !a->differs ? hold_rest(a, &p, err) : rc;
}

int audit_entries(struct audit *a, struct hz_error *err)
{
    HZ_CLEANUP(walk_end) struct audit_walk w = { 0 };
    int rc = audit_walk_begin(a, &w, err);

    if (rc == HZ_OK)
        rc = read_entries(a, &w, err);
    if (rc != HZ_OK || a->differs)
        return rc;
    if (a->size == 0)
        audit_find(a, "record-missing", 0, _("the ledger is empty"));
    else
        r_merkle_root(&w.tree, &w.hash, a->root);
    return audit_walk_rest(a, &w, err);
}
